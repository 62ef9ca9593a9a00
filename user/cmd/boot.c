/* SPDX-License-Identifier: GPL-2.0-only */
/* What `load --boot` does besides: it waits, and it fails closed or open. */
#include "user/cmd/boot.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "user/kernel/attach.h"
#include "user/kernel/foreign.h"
#include "user/output/report.h"

#define STEP_MS 100

/* The first interface that is not there yet, or NULL. */
static const char *missing(const struct model *model)
{
	const char *name;
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++) {
		name = model_str(model, model->interfaces.items[i].name);
		if (!if_nametoindex(name))
			return name;
	}
	return NULL;
}

void boot_wait(const struct model *model, int seconds)
{
	const struct timespec step = {0, STEP_MS * 1000000L};
	int left = seconds * (1000 / STEP_MS);
	const char *name = missing(model);

	if (name && left)
		report_warning("waiting up to %d s for %s", seconds, name);
	for (; name && left; left--) {
		nanosleep(&step, NULL);
		name = missing(model);
	}
}

bool boot_is_first(const struct state *state)
{
	return !state->instance.is_loaded ||
	       state->generation.image.model.settings.closed;
}

/* Why the interface cannot be closed; NULL if it can. */
static const char *why_open(const struct instance *instance,
			    const struct model *closed, const char *name)
{
	struct foreign foreign;

	if (!if_nametoindex(name))
		return "there is no such interface";
	if (foreign_find(instance, name, &foreign))
		return "it runs another XDP program";
	if (closed->interfaces.count == IFACES_MAX - 1)
		return "there are too many interfaces";
	return NULL;
}

/* Adds an interface if it can be closed, and says so if it cannot. */
static int close_interface(const struct instance *instance,
			   struct model *closed, const char *name,
			   const struct interface *like)
{
	const char *why = why_open(instance, closed, name);
	struct interface *interface;

	if (why) {
		report_warning("boot: %s is left open: %s", name, why);
		return 0;
	}
	interface = model_push(&closed->interfaces);
	if (!interface)
		return -ENOMEM;
	interface->mode = like->mode;
	interface->enforce = like->enforce;
	interface->name = model_text(closed, name);
	return interface->name ? 0 : -ENOMEM;
}

static int close_named(const struct instance *instance, struct model *closed,
		       const struct model *model)
{
	const struct interface *interface = model->interfaces.items;
	int err = 0;
	__u32 i;

	for (i = 0; i < model->interfaces.count && !err; i++, interface++)
		err = close_interface(instance, closed,
				      model_str(model, interface->name),
				      interface);
	return err;
}

/* Of each interface getifaddrs() has one entry with its link's address. */
static int close_all(const struct instance *instance, struct model *closed)
{
	const struct interface like = {.mode = MODE_AUTO, .enforce = 1};
	struct ifaddrs *list, *entry;
	int err = 0;

	if (getifaddrs(&list))
		return -errno;
	for (entry = list; entry && !err; entry = entry->ifa_next)
		if (entry->ifa_addr &&
		    entry->ifa_addr->sa_family == AF_PACKET &&
		    !(entry->ifa_flags & IFF_LOOPBACK))
			err = close_interface(instance, closed, entry->ifa_name,
					      &like);
	freeifaddrs(list);
	return err;
}

/*
 * Where none of the named interfaces is there, their names may be wrong, and
 * all others are closed; but not for a config that closes nothing itself.
 */
static bool must_close_all(const struct model *model)
{
	const struct interface *interface = model->interfaces.items;
	bool enforces = !model->interfaces.count;
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++, interface++) {
		if (if_nametoindex(model_str(model, interface->name)))
			return false;
		enforces |= interface->enforce;
	}
	return enforces;
}

/* A model without a policy for the interfaces there are. */
static int make_closed(const struct instance *instance, struct model *closed,
		       const struct model *model)
{
	int err;

	closed->settings.closed = 1;
	err = close_named(instance, closed, model);
	if (!err && must_close_all(model))
		err = close_all(instance, closed);
	if (err)
		return report_error(err, "cannot tell the interfaces: %s",
				    strerror(-err));
	if (!closed->interfaces.count)
		return report_error(-ENODEV, "boot: there is no interface "
					     "that could be closed");
	return 0;
}

/* Is the interface attached already, and is it to enforce as it does? */
static bool is_alike(const struct state *state, const struct interface *wanted,
		     const char *name)
{
	const struct model *running = &state->generation.image.model;
	int index = model_find_interface(running, name);
	struct attachment attachment;

	return index >= 0 &&
	       running->interfaces.items[index].enforce == wanted->enforce &&
	       attachment_find(&state->instance, if_nametoindex(name),
			       &attachment) > 0;
}

/* Does a closed state that runs hold all these interfaces already? */
static bool is_closed(const struct state *state, const struct model *closed)
{
	const struct interface *interface = closed->interfaces.items;
	__u32 i;

	if (!state->instance.is_loaded)
		return false;
	for (i = 0; i < closed->interfaces.count; i++, interface++)
		if (!is_alike(state, interface,
			      model_str(closed, interface->name)))
			return false;
	return true;
}

static int put_to_work(struct state *state, const struct model *closed,
		       struct tables *tables, struct diag *diag,
		       const char *config)
{
	struct generation next;
	__u32 number = 1;
	int err;

	if (state->instance.is_loaded)
		number = state->generation.number + 1;
	err = tables_compile(tables, closed, diag);
	if (err)
		return report_error(err, "out of memory");
	generation_init(&next);
	err = generation_build(&next, &state->instance, number, closed, tables,
			       config, false);
	if (!err)
		err = state_replace(state, &next);
	generation_release(&next);
	return err;
}

static void report_closed(const struct model *closed)
{
	const struct interface *interface = closed->interfaces.items;
	const char *name;
	__u32 i;

	for (i = 0; i < closed->interfaces.count; i++, interface++) {
		name = model_str(closed, interface->name);
		if (interface->enforce)
			report_warning("boot: closed: %s drops every packet "
				       "until a policy is loaded",
				       name);
		else
			report_warning("boot: closed: %s only observes: it "
				       "drops nothing",
				       name);
	}
}

static void fall_closed(struct state *state, const struct options *options,
			const struct model *model)
{
	struct tables tables;
	struct model closed;
	struct diag diag;
	int err;

	model_init(&closed);
	tables_init(&tables);
	diag_init(&diag);
	err = make_closed(&state->instance, &closed, model);
	if (!err && !is_closed(state, &closed))
		err = put_to_work(state, &closed, &tables, &diag,
				  options->config);
	if (!err)
		report_closed(&closed);
	diag_release(&diag);
	tables_release(&tables);
	model_release(&closed);
}

static void fall_open(struct state *state)
{
	if (state->instance.is_loaded && state_remove(&state->instance))
		return;
	report_warning("boot: open: nothing is filtered until a policy is "
		       "loaded");
}

enum exit_status boot_fall_back(const struct options *options,
				const struct model *model)
{
	struct state state;

	if (state_open(&state, options->instance, true))
		return EXIT_FAILED;
	if (!boot_is_first(&state))
		report_warning("boot: the policy that runs goes on "
			       "(generation %u)",
			       state.generation.number);
	else if (model->settings.boot_open)
		fall_open(&state);
	else
		fall_closed(&state, options, model);
	state_close(&state);
	return EXIT_FAILED;
}
