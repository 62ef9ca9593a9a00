/* SPDX-License-Identifier: GPL-2.0-only */
/* What a graph or a matrix shows: what runs, a config, or an embedded policy. */
#ifndef ROLEGATE_USER_DRAWN_H
#define ROLEGATE_USER_DRAWN_H

#include <jansson.h>

#include "user/cmd/command.h"
#include "user/kernel/counters.h"
#include "user/kernel/state.h"
#include "user/policy/model.h"

struct drawn {
	const struct model *model;
	bool is_running; /* only then state and counters hold anything */
	struct state state;
	struct counters counters;
	struct model read; /* what was read instead */
};

/*
 * Takes the embedded policy of that name; of a name with "/", and of "-", the
 * config in that file as it is written; of NULL, what runs in the instance.
 * Reports errors. drawn_release() in any case.
 */
enum exit_status drawn_open(struct drawn *drawn, const char *instance,
			    const char *name);
void drawn_release(struct drawn *drawn);

/*
 * A new result that says what is drawn: "title" in words, "roles" with "name"
 * and "about", and of what runs "instance" and "generation".
 */
json_t *drawn_describe(const struct drawn *drawn, const char *name);

#endif
