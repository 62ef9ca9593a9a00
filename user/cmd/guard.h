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

/*
 * Judges settings.keep alone, in the state that the judge knows; model
 * describes it. What would be dropped goes to diag as errors at the tuples'
 * places. Returns 0, also if there are such, -ENOMEM or the judge's error.
 */
int guard_check_keep(const struct model *model, const struct judge *judge,
		     struct diag *diag);

#endif
