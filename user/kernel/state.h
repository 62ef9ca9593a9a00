/* SPDX-License-Identifier: GPL-2.0-only */
/* What is loaded: an instance opened together with its newest generation. */
#ifndef ROLEGATE_USER_STATE_H
#define ROLEGATE_USER_STATE_H

#include "user/kernel/generation.h"
#include "user/kernel/instance.h"

struct state {
	struct instance instance;
	struct generation generation; /* only if instance.is_loaded */
	struct generation previous;   /* of one on trial, if has_previous */
	bool has_previous;
};

/*
 * Opens and locks an instance and completes or takes back what a command that
 * was killed left half-way. With create an instance that is not loaded is
 * fine, otherwise it is reported as -ENOENT; -EXDEV: it is loaded in another
 * network namespace, with create: one that is not gone. Reports its errors.
 */
int state_open(struct state *state, const char *name, bool create);
void state_close(struct state *state);

/*
 * Builds the next generation from the running config with other members
 * (sorted; their marks of run time are kept). Nothing is pinned yet. Reports
 * its errors; returns 0 or negative errno.
 */
int state_build(const struct state *state, struct generation *next,
		struct member *members, __u32 count);

/*
 * Puts a built and checked generation in the place of the state's, if there is
 * one: pins, switches, carries the counters over, and removes the old one. On
 * failure the old one goes on as it was. Reports its errors.
 */
int state_replace(struct state *state, struct generation *next);

/* The same for one of state_build(): no interface is attached or detached. */
int state_switch(struct state *state, struct generation *next);

/* Reports a generation on trial as -EBUSY: it must not be changed. */
int state_check_trial(const struct state *state);

/*
 * Puts a generation of is_trial in effect for so many seconds. Then what is
 * there now decides again by itself, unless it was confirmed: see trial.h.
 */
int state_try(struct state *state, struct generation *next, __u32 seconds);

/* Ends a trial; state is then what is kept, is_loaded false if that is none. */
int state_confirm(struct state *state);
int state_rollback(struct state *state);

/* Detaches everything and removes every pin, of whatever version. */
int state_remove(const struct instance *instance);

#endif
