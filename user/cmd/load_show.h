/* SPDX-License-Identifier: GPL-2.0-only */
/* What `load` has to say: what changes, and what runs now. */
#ifndef ROLEGATE_USER_LOAD_SHOW_H
#define ROLEGATE_USER_LOAD_SHOW_H

#include <jansson.h>

#include "user/cmd/command.h"
#include "user/kernel/state.h"

/*
 * Shows the changes (user/cmd/changes.h) in a state and the generation that
 * they led to, NULL after a dry run; confirm is how many seconds it is on
 * trial, or 0.
 */
void load_show(const struct options *options, const struct state *state,
	       const struct generation *generation, const json_t *changes,
	       __u32 confirm);

#endif
