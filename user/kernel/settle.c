/* SPDX-License-Identifier: GPL-2.0-only */
/* Two generations pinned at once: what their commands left is completed. */
#include "user/kernel/settle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/kernel/attach.h"
#include "user/kernel/carry.h"
#include "user/kernel/step.h"
#include "user/kernel/trial.h"
#include "user/output/report.h"

#define GENERATION "generation-"

int settle_carry(const struct generation *next, const struct generation *old)
{
	int err = attach_wait();

	return err ? err : carry_on(next, old);
}

void settle_warn(const struct generation *old, int err)
{
	report_warning("cannot carry over the counters of generation %u yet: "
		       "%s; the next command tries again",
		       old->number, strerror(-err));
}

int settle_retire(const struct instance *instance,
		  const struct generation *next, const struct generation *old)
{
	int err;

	step("the old generation is no longer asked");
	err = settle_carry(next, old);
	if (err)
		return err;
	step("the old generation is unpinned");
	return generation_unpin(instance, old->number);
}

void settle_take_previous(struct state *state)
{
	generation_release(&state->generation);
	state->generation = state->previous;
	generation_init(&state->previous);
	state->has_previous = false;
}

static void drop_previous(struct state *state)
{
	generation_release(&state->previous);
	state->has_previous = false;
}

static int retire(struct state *state)
{
	const struct generation *old = &state->previous;
	int err = settle_retire(&state->instance, &state->generation, old);

	return err ? report_error(err,
				  "cannot complete the change from generation "
				  "%u to %u: %s",
				  old->number, state->generation.number,
				  strerror(-err))
		   : 0;
}

/*
 * A switch that was begun goes on to its end. An interface that cannot be had
 * is reported, but holds nothing else up.
 */
static int complete(struct state *state)
{
	const struct instance *instance = &state->instance;
	struct generation *newest = &state->generation;
	struct generation *old = &state->previous;
	int is_newest = is_attached(instance, newest);
	int is_old = is_attached(instance, old), err;

	if (is_newest < 0 || is_old < 0)
		return attach_report_links(instance,
					   is_newest < 0 ? is_newest : is_old);
	if (!is_newest && is_old) {
		/* The newest was never put to work: the old one stays. */
		err = generation_unpin(instance, newest->number);
		settle_take_previous(state);
		return err;
	}
	err = attach_switch(instance, newest, old);
	if (!err) {
		attach_more(instance, newest, newest);
		err = attach_less(instance, newest);
	}
	if (!err)
		err = retire(state);
	drop_previous(state);
	return err;
}

/* A first load goes on to its end too; it never was if nothing is attached. */
static int complete_first(struct state *state)
{
	struct generation *generation = &state->generation;
	int err, attached = is_attached(&state->instance, generation);

	if (attached < 0)
		return attach_report_links(&state->instance, attached);
	if (!attached) {
		err = state_remove(&state->instance);
		state->instance.is_loaded = err != 0;
		return err;
	}
	attach_more(&state->instance, generation, generation);
	generation->roster.header->is_unfinished = false;
	return 0;
}

static int complete_any(struct state *state)
{
	if (state->has_previous)
		return complete(state);
	if (state->generation.roster.header->is_unfinished)
		return complete_first(state);
	return 0;
}

static int confirm(struct state *state)
{
	int err = trial_confirm_rest(&state->instance, &state->generation);

	if (!err && state->has_previous)
		err = retire(state);
	drop_previous(state);
	return err;
}

static void report_end(const struct state *state, enum trial_state how)
{
	__u32 number = state->generation.number;

	if (how == TRIAL_WITHDRAWN)
		return;
	if (state->has_previous)
		report_warning("generation %u was not confirmed in time: "
			       "generation %u has been deciding again since "
			       "then",
			       number, state->previous.number);
	else
		report_warning("generation %u was not confirmed in time: "
			       "nothing has been filtered since then, as "
			       "before it",
			       number);
}

static int withdraw(struct state *state, enum trial_state how)
{
	int err;

	report_end(state, how);
	if (!state->has_previous) {
		err = state_remove(&state->instance);
		state->instance.is_loaded = err != 0;
		return err;
	}
	err = trial_withdraw_rest(&state->instance, &state->generation,
				  &state->previous);
	if (!err)
		settle_take_previous(state);
	return err;
}

static int open_other(const struct instance *instance, const char *name,
		      void *context)
{
	struct state *state = context;
	__u32 number;
	int err;

	if (strncmp(name, GENERATION, strlen(GENERATION)))
		return 0;
	number = strtoul(name + strlen(GENERATION), NULL, 10);
	if (number == state->generation.number)
		return 0;
	if (state->has_previous)
		return generation_unpin(instance, number);
	err = generation_open(&state->previous, instance, number);
	state->has_previous = !err;
	if (!err)
		return 0;
	generation_release(&state->previous);
	if (err != -ENOENT)
		return generation_report(instance, number, err);
	/* It was never completed. */
	return generation_unpin(instance, number);
}

int settle(struct state *state)
{
	int trial = trial_ask(&state->generation), err = 0;

	if (trial < 0)
		return trial;
	if (!state->has_previous)
		err = instance_each(&state->instance, "", open_other, state);
	if (err)
		return err;
	switch ((enum trial_state)trial) {
	case TRIAL_NONE:
		return complete_any(state);
	case TRIAL_RUNNING:
		/* What it shows goes on from what was counted before it. */
		if (state->has_previous)
			err = settle_carry(&state->generation,
					   &state->previous);
		if (err)
			settle_warn(&state->previous, err);
		return 0;
	case TRIAL_CONFIRMED:
		return confirm(state);
	case TRIAL_OVER:
	case TRIAL_WITHDRAWN:
		return withdraw(state, trial);
	}
	return 0;
}
