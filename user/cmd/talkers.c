/* SPDX-License-Identifier: GPL-2.0-only */
/* Who sends what is dropped, from sampled events. */
#include "user/cmd/talkers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/cmd/describe.h"
#include "user/cmd/describe_event.h"
#include "user/policy/reason.h"

#define RATE	    1000
/* So many addresses at a time; more only count as others. */
#define TALKERS_MAX 10000

void talkers_init(struct talkers *talkers, const char *instance)
{
	memset(talkers, 0, sizeof(*talkers));
	instance_init(&talkers->instance, instance);
	watcher_init(&talkers->watcher);
}

static const char *text_to(const struct event *event, char *text, size_t size)
{
	struct prefix prefix = event_address(event->family, event->daddr);
	char address[PREFIX_TEXT_SIZE];

	prefix_to_str(&prefix, address);
	if (event->slot <= SLOT_SCTP && event->dport)
		snprintf(text, size, event->family == 6 ? "[%s]:%u" : "%s:%u",
			 address, event->dport);
	else
		snprintf(text, size, "%s", address);
	return text;
}

static json_t *roles_of(struct talkers *talkers, const struct event *event)
{
	const struct image *image =
		known_image(&talkers->known, event->generation, event->sclass);

	if (!image || !event->has_classes ||
	    event->sclass >= image->classes.sets.count)
		return json_array();
	return describe_class(&image->model, &image->classes, event->sclass);
}

static void take(const struct event *event, void *context)
{
	char address[PREFIX_TEXT_SIZE] = "(no IP address)", to[96] = "-";
	struct talkers *talkers = context;
	struct prefix prefix;
	json_t *row;

	talkers->sampled++;
	if (event->family) {
		prefix = event_address(event->family, event->saddr);
		prefix_to_str(&prefix, address);
		text_to(event, to, sizeof(to));
	}
	row = json_object_get(talkers->rows, address);
	if (!row && json_object_size(talkers->rows) >= TALKERS_MAX)
		return;
	if (!row) {
		row = json_pack("{s:s, s:s, s:o, s:I}", "key", address,
				"address", address, "roles",
				roles_of(talkers, event), "sampled",
				(json_int_t)0);
		json_object_set_new(talkers->rows, address, row);
	}
	json_object_set_new(row, "sampled",
			    json_integer(json_integer_value(json_object_get(
						 row, "sampled")) +
					 1));
	json_object_set_new(row, "reason",
			    json_string(reason_name(event->reason)));
	json_object_set_new(row, "to", json_string(to));
}

int talkers_open(struct talkers *talkers, char *problem)
{
	const struct watch wanted = {
		.reasons = ~0U,
		.rate = RATE,
		.generation = GENERATION_NONE,
	};
	char holder[INSTANCE_HOLDER_SIZE] = "";
	int err;

	if (talkers->is_open)
		return 0;
	err = watcher_open(&talkers->watcher, &talkers->instance, holder);
	if (!err)
		err = watcher_start(&talkers->watcher, &wanted, take, talkers);
	if (err) {
		watcher_close(&talkers->watcher);
		if (err == -EBUSY)
			snprintf(problem, TALKERS_PROBLEM_SIZE,
				 "talkers are seen by who watches, which is %s",
				 holder);
		else
			snprintf(problem, TALKERS_PROBLEM_SIZE,
				 "cannot watch: %s", strerror(-err));
		return err;
	}
	known_init(&talkers->known, &talkers->instance);
	talkers->rows = json_object();
	talkers->sampled = 0;
	talkers->told = (struct unseen){};
	talkers->since = 0;
	talkers->is_open = true;
	return 0;
}

void talkers_read(struct talkers *talkers)
{
	if (!talkers->is_open)
		return;
	watcher_read(&talkers->watcher);
	/* After an unload, what is loaded next has a place of its own. */
	if (watcher_is_over(&talkers->watcher))
		talkers_close(talkers);
}

/* How many drops each sampled one stands for. */
static double scale_of(struct talkers *talkers)
{
	struct unseen unseen = talkers->told;
	__u64 missed;

	watcher_unseen(&talkers->watcher, &unseen);
	missed = unseen.limited + unseen.lost - talkers->told.limited -
		 talkers->told.lost;
	talkers->told = unseen;
	if (!talkers->sampled)
		return 1;
	return (double)(talkers->sampled + missed) / talkers->sampled;
}

json_t *talkers_take(struct talkers *talkers, double now)
{
	json_t *list = json_array(), *row;
	double scale, seconds;
	void *at;

	if (!talkers->is_open)
		return list;
	seconds = talkers->since > 0 ? now - talkers->since : 0;
	scale = scale_of(talkers);
	for (at = json_object_iter(talkers->rows); at;
	     at = json_object_iter_next(talkers->rows, at)) {
		row = json_object_iter_value(at);
		json_object_set_new(
			row, "rate",
			json_pack("{s:f}", "packets",
				  seconds > 0
					  ? json_integer_value(json_object_get(
						    row, "sampled")) *
						    scale / seconds
					  : 0.0));
		json_array_append(list, row);
	}
	json_object_clear(talkers->rows);
	talkers->sampled = 0;
	talkers->since = now;
	return list;
}

void talkers_close(struct talkers *talkers)
{
	if (!talkers->is_open)
		return;
	watcher_close(&talkers->watcher);
	known_release(&talkers->known);
	json_decref(talkers->rows);
	talkers->rows = NULL;
	talkers->is_open = false;
}
