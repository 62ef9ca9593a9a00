/* SPDX-License-Identifier: GPL-2.0-only */
/* Generations on trial: in effect until a deadline, unless confirmed. */
#ifndef ROLEGATE_USER_TRIAL_H
#define ROLEGATE_USER_TRIAL_H

#include "user/kernel/generation.h"
#include "user/kernel/instance.h"

enum trial_state {
	TRIAL_NONE,	 /* no generation is on trial */
	TRIAL_RUNNING,	 /* in effect, to be confirmed */
	TRIAL_OVER,	 /* was in effect until its deadline */
	TRIAL_WITHDRAWN, /* never was in effect, or rolled back */
	TRIAL_CONFIRMED, /* but its trial program is still on the interfaces */
};

/*
 * Returns enum trial_state, or negative errno if it cannot be told, which
 * trial_ask() reports.
 */
int trial_state(const struct generation *generation);
int trial_ask(const struct generation *generation);

/* Whole seconds, rounded up, until a running trial is over; 0 if it is. */
__u32 trial_seconds(const struct generation *generation);

/*
 * Puts a pinned generation of is_trial on the interfaces, and in effect on all
 * of them in one instant. previous, NULL if there is none, goes on deciding
 * after seconds from now. Reports its errors; then nothing has changed.
 */
int trial_begin(const struct instance *instance,
		const struct generation *generation,
		const struct generation *previous, __u32 seconds);

/*
 * Keeps it from now on, whatever becomes of this process; what remains is
 * trial_confirm_rest(), which can be done again.
 */
int trial_confirm(const struct generation *generation);
int trial_confirm_rest(const struct instance *instance,
		       struct generation *generation);

/* Takes it out of effect, likewise; what remains is trial_withdraw_rest(). */
int trial_withdraw(const struct generation *generation);
int trial_withdraw_rest(const struct instance *instance,
			const struct generation *generation,
			const struct generation *previous);

#endif
