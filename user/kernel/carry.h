/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts go from one generation to another, by name. */
#ifndef ROLEGATE_USER_CARRY_H
#define ROLEGATE_USER_CARRY_H

#include "user/kernel/generation.h"

/*
 * Lets a generation carry what another one, no longer attached, counted and
 * carried: interfaces, rules and pairs are the same if their names are, and an
 * interface that got another name is still itself. Doing it again changes
 * nothing. Returns 0 or negative errno.
 */
int carry_on(const struct generation *to, const struct generation *from);

/*
 * Gives back to a generation that had been replaced for a while what its
 * replacement counted itself. Doing it again changes nothing: what to carried
 * before is first pinned beside from. Returns 0 or negative errno.
 */
int carry_back(const struct instance *instance, const struct generation *to,
	       const struct generation *from);

/*
 * What a generation carried before carry_back() from the one of that number:
 * descriptors for the caller. Returns 0, -ENOENT if it has not begun, or
 * negative errno.
 */
int carry_bases(const struct instance *instance, __u32 from,
		int bases[COUNTER_COUNT]);
bool carry_has_bases(const struct instance *instance, __u32 from);

#endif
