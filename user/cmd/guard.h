/* SPDX-License-Identifier: GPL-2.0-only */
/* Nobody locks himself out: what a change would cut off is refused. */
#ifndef ROLEGATE_USER_GUARD_H
#define ROLEGATE_USER_GUARD_H

#include "user/policy/members.h"
#include "user/policy/probe.h"

/* Is there a session or anything in settings.keep to be judged? */
bool guard_is_needed(const struct model *model);

/*
 * Judges the session that typed the command, and settings.keep, in the state
 * that the judge knows and that is not at work yet; model and members describe
 * it. What would be dropped is reported with what the config lacks.
 * Returns 0, -EPERM if that is refused, or another error (reported). With force
 * it only warns.
 */
int guard_check(const struct model *model, const struct members *members,
		const struct judge *judge, bool force);

#endif
