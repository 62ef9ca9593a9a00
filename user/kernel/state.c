/* SPDX-License-Identifier: GPL-2.0-only */
/* What is loaded: an instance opened together with its newest generation. */
#include "user/kernel/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/kernel/attach.h"
#include "user/kernel/carry.h"
#include "user/kernel/change.h"
#include "user/kernel/namespace.h"
#include "user/kernel/settle.h"
#include "user/kernel/shared.h"
#include "user/kernel/step.h"
#include "user/kernel/trial.h"
#include "user/output/progress.h"
#include "user/output/report.h"

#define GENERATION "generation-"
#define UNLOADING  "unloading" /* there while all else is removed */

static int any_pin(const struct instance *instance, const char *name,
		   void *context)
{
	(void)instance;
	(void)name;
	(void)context;
	return 1;
}

/* Where no generation is whole there is nothing to attach, nor attached. */
static int clear_remains(struct instance *instance)
{
	int err;

	if (instance_each(instance, LINKS, any_pin, NULL) > 0)
		return generation_report(instance, instance->newest, -EPROTO);
	err = state_remove(instance);
	instance->is_loaded = err != 0;
	return err;
}

/* A generation without an image was never completed: only pins to remove. */
static int open_newest(struct state *state)
{
	struct instance *instance = &state->instance;
	__u32 number = instance->newest;
	int err;

	err = generation_open(&state->generation, instance, number);
	while (err == -ENOENT && number > 0) {
		generation_release(&state->generation);
		generation_unpin(instance, number);
		err = generation_open(&state->generation, instance, --number);
	}
	if (err == -ENOENT)
		return clear_remains(instance);
	return err ? generation_report(instance, number, err) : 0;
}

static int holds_device(const struct instance *instance, const char *pin,
			void *context)
{
	struct attachment attachment;
	int err = attachment_read(instance, pin, &attachment);

	(void)context;
	return err ? err : attachment.ifindex != 0;
}

/* Of a namespace that is gone; where it was, something new is to be loaded. */
static int forget(struct state *state)
{
	struct instance *instance = &state->instance;
	int err;

	report_warning("instance %s was loaded in a network namespace that is "
		       "gone, and its interfaces with it: what it left behind "
		       "is removed",
		       instance->name);
	generation_release(&state->generation);
	err = state_remove(instance);
	instance->is_loaded = err != 0;
	return err;
}

/* In another namespace other interfaces have the numbers of its links. */
static int check_namespace(struct state *state, bool create)
{
	const struct instance *instance = &state->instance;
	int holds;

	if (namespace_is_own(state->generation.image.namespace))
		return 0;
	holds = create ? instance_each(instance, LINKS, holds_device, NULL) : 1;
	if (!holds)
		return forget(state);
	return report_error(-EXDEV,
			    "instance %s filters in another network "
			    "namespace: run this in there (`nsenter "
			    "--net=/run/netns/NAME rolegate ...`), or name "
			    "another instance with -i; `rolegate -i %s "
			    "unload` takes it off from anywhere",
			    instance->name, instance->name);
}

/* A new generation of the members that already count. */
static int rebuild(struct state *state)
{
	struct generation next;
	struct member *members;
	__u32 count;
	int err;

	members = roster_merge(generation_members(&state->generation), &count);
	if (!members)
		return report_error(-ENOMEM, "out of memory");
	generation_init(&next);
	err = state_build(state, &next, members, count);
	if (!err)
		err = state_switch(state, &next);
	free(members);
	if (!err) {
		generation_release(&state->generation);
		state->generation = next;
	} else {
		generation_release(&next);
	}
	return err;
}

/* Completes a change of members that a killed command had committed. */
static int repair(struct state *state)
{
	int err = change_repair(&state->instance, &state->generation);

	if (err == -ENOSPC)
		err = rebuild(state);
	else if (err)
		report_error(err, "cannot complete an interrupted change: %s",
			     strerror(-err));
	return err;
}

static int finish_unloading(struct instance *instance)
{
	int err = state_remove(instance);

	instance->is_loaded = err != 0;
	return err;
}

int state_open(struct state *state, const char *name, bool create)
{
	int err;

	generation_init(&state->generation);
	generation_init(&state->previous);
	state->has_previous = false;
	err = instance_open(&state->instance, name, create);
	if (!err && instance_has(&state->instance, UNLOADING))
		err = finish_unloading(&state->instance);
	if (!err && state->instance.is_loaded)
		err = open_newest(state);
	if (!err && state->instance.is_loaded)
		err = check_namespace(state, create);
	if (!err && state->instance.is_loaded)
		err = settle(state);
	if (!err && state->instance.is_loaded)
		err = repair(state);
	if (!err && !create && !state->instance.is_loaded)
		err = report_error(-ENOENT,
				   "instance %s is not loaded: `rolegate load` "
				   "loads a config",
				   name);
	if (err)
		state_close(state);
	return err;
}

void state_close(struct state *state)
{
	generation_release(&state->generation);
	generation_release(&state->previous);
	instance_close(&state->instance);
}

int state_check_trial(const struct state *state)
{
	int trial = state->instance.is_loaded ? trial_ask(&state->generation)
					      : TRIAL_NONE;

	if (trial < 0)
		return trial;
	if (trial == TRIAL_NONE)
		return 0;
	return report_error(-EBUSY,
			    "generation %u is on trial for %u more seconds; "
			    "nothing was changed: `rolegate confirm` or "
			    "`rolegate rollback` first",
			    state->generation.number,
			    trial_seconds(&state->generation));
}

int state_build(const struct state *state, struct generation *next,
		struct member *members, __u32 count)
{
	const struct generation *running = &state->generation;
	struct model model = running->image.model;
	struct tables tables;
	struct diag diag;
	int err;

	model.members.items = members;
	model.members.count = count;
	tables_init(&tables);
	diag_init(&diag);
	progress_stage("compiling", NULL);
	err = tables_compile(&tables, &model, &diag);
	progress_end();
	diag_print(&diag, stderr);
	if (err)
		report_error(err,
			     "cannot compile the policy: %s; nothing was "
			     "changed",
			     diag.errors ? "it would not fit" : strerror(-err));
	if (!err)
		err = generation_build(next, &state->instance,
				       running->number + 1, &model, &tables,
				       running->image.config, false);
	if (!err)
		image_take_origin(&next->image, &running->image);
	diag_release(&diag);
	tables_release(&tables);
	return err;
}

static struct generation *running_of(struct state *state)
{
	return state->instance.is_loaded ? &state->generation : NULL;
}

/* Puts next in the place of old, if there is one, by the given attaching. */
static int put_in_place(struct state *state, struct generation *next,
			int (*attach)(const struct instance *instance,
				      const struct generation *generation,
				      const struct generation *previous))
{
	const struct instance *instance = &state->instance;
	struct generation *old = running_of(state);
	int err;

	step("the new generation is pinned");
	next->roster.header->is_unfinished = !old;
	err = generation_pin(next, instance);
	if (!err) {
		err = attach(instance, next, old);
		if (err)
			generation_unpin(instance, next->number);
	}
	if (err && !old)
		state_remove(instance);
	if (err)
		return err;
	next->roster.header->is_unfinished = false;
	err = old ? settle_retire(instance, next, old) : 0;
	if (err)
		settle_warn(old, err);
	return 0;
}

int state_replace(struct state *state, struct generation *next)
{
	return put_in_place(state, next, attach_all);
}

int state_switch(struct state *state, struct generation *next)
{
	return put_in_place(state, next, attach_switch);
}

int state_try(struct state *state, struct generation *next, __u32 seconds)
{
	const struct instance *instance = &state->instance;
	struct generation *old = running_of(state);
	int err;

	step("the new generation is pinned");
	err = generation_pin(next, instance);
	if (!err) {
		err = trial_begin(instance, next, old, seconds);
		if (err)
			generation_unpin(instance, next->number);
	}
	if (err && !old)
		state_remove(instance);
	if (err || !old)
		return err;
	err = settle_carry(next, old);
	if (err)
		settle_warn(old, err);
	return 0;
}

static int report_no_trial(void)
{
	return report_error(-ENOENT,
			    "no generation is on trial: `rolegate load "
			    "--confirm SECONDS` begins one");
}

/* What decides has been settled: the trial has ended. */
static void warn_unfinished(void)
{
	report_warning("the trial has ended all the same; the next command "
		       "does what remains");
}

int state_confirm(struct state *state)
{
	int trial = trial_ask(&state->generation), err;

	if (trial < 0)
		return trial;
	if (trial != TRIAL_RUNNING)
		return report_no_trial();
	err = trial_confirm(&state->generation);
	if (!err && settle(state))
		warn_unfinished();
	return err;
}

int state_rollback(struct state *state)
{
	int trial = trial_ask(&state->generation), err;

	if (trial < 0)
		return trial;
	if (trial != TRIAL_RUNNING)
		return report_no_trial();
	err = trial_withdraw(&state->generation);
	if (!err && settle(state)) {
		warn_unfinished();
		state->instance.is_loaded = state->has_previous;
		settle_take_previous(state);
	}
	return err;
}

static int remove_generation(const struct instance *instance, const char *name,
			     void *context)
{
	(void)context;
	if (strncmp(name, GENERATION, strlen(GENERATION)))
		return 0;
	step("a generation is removed");
	return instance_remove(instance, name);
}

int state_remove(const struct instance *instance)
{
	int err;

	step("all is to be removed");
	err = instance_mkdir(instance, UNLOADING);
	if (err)
		return err;
	err = detach_all(instance);
	if (!err)
		err = instance_each(instance, "", remove_generation, NULL);
	step("what generations share is removed");
	if (!err)
		err = shared_remove(instance);
	step("all is removed");
	if (!err)
		err = instance_remove(instance, UNLOADING);
	if (err)
		report_error(err, "cannot remove %s: %s", instance->path,
			     strerror(-err));
	return err;
}
