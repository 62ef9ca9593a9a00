/* SPDX-License-Identifier: GPL-2.0-only */
/* What is loaded and what it counted, read without the instance's lock. */
#include "user/kernel/peek.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "user/kernel/attach.h"
#include "user/kernel/carry.h"
#include "user/kernel/namespace.h"
#include "user/kernel/trial.h"
#include "user/output/report.h"

#define GENERATION "generation-"
/* What is being written is whole sooner; what stays unreadable is another's. */
#define TRIES	   20
#define TRY_MS	   10

/* Looks for the highest number below another. */
struct search {
	__u32 below;
	__u32 found; /* 0: none; generations count from 1 */
};

static int compare(const struct instance *instance, const char *name,
		   void *context)
{
	struct search *search = context;
	unsigned long number;

	(void)instance;
	if (strncmp(name, GENERATION, strlen(GENERATION)))
		return 0;
	number = strtoul(name + strlen(GENERATION), NULL, 10);
	if (number < search->below && number > search->found)
		search->found = number;
	return 0;
}

/*
 * Opens the highest generation below a number that is complete: one that is
 * being pinned or removed is not. Returns 0, -ENOENT or negative errno.
 */
static int open_below(struct generation *generation,
		      const struct instance *instance, __u32 below)
{
	struct search search = {.below = below};
	int err;

	do {
		search.found = 0;
		instance_each(instance, "", compare, &search);
		if (!search.found)
			return -ENOENT;
		err = generation_open(generation, instance, search.found);
		if (err)
			generation_release(generation);
		search.below = search.found;
	} while (err == -ENOENT);
	return err;
}

static int open_both(struct state *state)
{
	int err = open_below(&state->generation, &state->instance, ~0U);

	if (err)
		return err;
	err = open_below(&state->previous, &state->instance,
			 state->generation.number);
	state->has_previous = !err;
	return err == -ENOENT ? 0 : err;
}

/*
 * While an older generation takes back what a newer one counted, what it
 * carried before is kept beside the newer one. -ENOENT: it has not begun to.
 */
static int take_bases(struct generation *older, const struct instance *instance,
		      __u32 newer)
{
	int bases[COUNTER_COUNT], err = carry_bases(instance, newer, bases), i;

	for (i = 0; i < COUNTER_COUNT && !err; i++) {
		close(older->carried[i]);
		older->carried[i] = bases[i];
	}
	return err;
}

/*
 * The older generation with what it carries, the newer one without: whether
 * or not the newer one carries that already, it is counted once.
 */
static int read_both(struct peek *peek)
{
	const struct instance *instance = &peek->state.instance;
	struct generation *newer = &peek->state.generation;
	struct generation *older = &peek->state.previous;
	int err = take_bases(older, instance, newer->number);
	bool has_begun = !err;

	if (err && err != -ENOENT)
		return err;
	err = counters_read(&peek->others, older);
	if (!err)
		err = counters_read_own(&peek->counters, newer);
	if (!err && !has_begun && carry_has_bases(instance, newer->number))
		err = -EAGAIN;
	return err;
}

/* Returns 1, 0, or negative errno. */
static int newer_decides(const struct state *state)
{
	int trial = trial_state(&state->generation);

	if (trial < 0)
		return trial;
	if (trial == TRIAL_NONE)
		return state->has_previous ? is_attached(&state->instance,
							 &state->generation)
					   : 1;
	return trial == TRIAL_RUNNING || trial == TRIAL_CONFIRMED;
}

static void exchange(struct peek *peek)
{
	struct generation generation = peek->state.generation;
	struct counters counters = peek->counters;

	peek->state.generation = peek->state.previous;
	peek->state.previous = generation;
	peek->counters = peek->others;
	peek->others = counters;
}

static int peek_once(struct peek *peek)
{
	struct state *state = &peek->state;
	int err = open_both(state), newer;

	if (err)
		return err;
	newer = newer_decides(state);
	if (newer < 0)
		return newer;
	if (!newer && !state->has_previous)
		return -ENOENT;
	if (state->has_previous)
		err = read_both(peek);
	else
		err = counters_read(&peek->counters, &state->generation);
	if (!err && !newer)
		exchange(peek);
	return err;
}

static void peek_init(struct peek *peek, const char *name)
{
	instance_init(&peek->state.instance, name);
	generation_init(&peek->state.generation);
	generation_init(&peek->state.previous);
	peek->state.has_previous = false;
	counters_init(&peek->counters);
	counters_init(&peek->others);
}

int peek_open(struct peek *peek, const char *name)
{
	const struct timespec pause = {0, TRY_MS * 1000000L};
	int tries, err;

	for (tries = 0; tries < TRIES; tries++) {
		peek_init(peek, name);
		err = peek_once(peek);
		if (!err)
			return 0;
		peek_release(peek);
		if (err != -EAGAIN && err != -EPROTO)
			return err;
		nanosleep(&pause, NULL);
	}
	return err;
}

void peek_release(struct peek *peek)
{
	counters_release(&peek->counters);
	counters_release(&peek->others);
	state_close(&peek->state);
}

static int look_locked(struct state *state, struct counters *counters,
		       const char *name)
{
	int err = state_open(state, name, false);

	if (err)
		return err;
	counters_init(counters);
	err = counters_read(counters, &state->generation);
	if (err) {
		report_error(err, "cannot read the counters: %s",
			     strerror(-err));
		counters_release(counters);
		state_close(state);
	}
	instance_close(&state->instance);
	return err;
}

int state_look(struct state *state, struct counters *counters, const char *name)
{
	struct peek peek;
	int err = peek_open(&peek, name);

	if (!err && !peek.state.has_previous &&
	    namespace_is_own(peek.state.generation.image.namespace) &&
	    is_attached(&peek.state.instance, &peek.state.generation) > 0) {
		*state = peek.state;
		*counters = peek.counters;
		return 0;
	}
	if (!err)
		peek_release(&peek);
	return look_locked(state, counters, name);
}
