/* SPDX-License-Identifier: GPL-2.0-only */
/* Two generations pinned at once: what their commands left is completed. */
#ifndef ROLEGATE_USER_SETTLE_H
#define ROLEGATE_USER_SETTLE_H

#include "user/kernel/state.h"

/*
 * Completes or takes back what stands beside the newest generation: a switch
 * whose command was killed, or a trial that has ended, of which it tells the
 * operator. A running trial keeps its previous generation. Afterwards state
 * has what decides packets; is_loaded is false if nothing does. Reports its
 * errors; returns 0 or negative errno.
 */
int settle(struct state *state);

/* Lets the previous generation of a state take the newest one's place there. */
void settle_take_previous(struct state *state);

/*
 * Lets next carry what old, no longer asked, counted; settle_retire() then
 * removes old. Both return 0 or negative errno, and can be done again: next
 * decides in any case, so that who has put it in place only warns.
 */
int settle_carry(const struct generation *next, const struct generation *old);
int settle_retire(const struct instance *instance,
		  const struct generation *next, const struct generation *old);

void settle_warn(const struct generation *old, int err);

#endif
