/* SPDX-License-Identifier: GPL-2.0-only */
/* What `load` has to say: what changes, and what runs now. */
#include "user/cmd/load_show.h"

#include <stdio.h>

#include "user/cmd/changes.h"
#include "user/cmd/describe.h"
#include "user/output/show.h"

static void print_left(const json_t *left, __u32 previous)
{
	const json_t *name;
	size_t i;

	json_array_foreach (left, i, name)
		printf("%s: filtered by generation %u until this is "
		       "confirmed, then not at all\n",
		       json_string_value(name), previous);
}

static void print(const struct state *state,
		  const struct generation *generation, const json_t *result,
		  __u32 confirm)
{
	const json_t *interfaces = json_object_get(result, "interfaces");
	const struct model *model = &generation->image.model;
	json_t *entry;
	size_t i;

	printf("generation %u: %u roles with %u prefixes, %u rules\n",
	       generation->number, model->roles.count,
	       generation_members(generation)->base_count, model->rules.count);
	json_array_foreach (interfaces, i, entry)
		printf("%s: %s, %s mode\n",
		       json_string_value(json_object_get(entry, "name")),
		       json_is_true(json_object_get(entry, "enforce"))
			       ? "enforcing"
			       : "observing",
		       json_string_value(json_object_get(entry, "mode")));
	print_left(json_object_get(result, "left"), state->generation.number);
	if (confirm)
		printf("on trial: `rolegate confirm` within %u seconds keeps "
		       "it\n",
		       confirm);
}

static json_t *describe(const struct state *state,
			const struct generation *generation,
			const json_t *changes, __u32 confirm)
{
	const struct instance *instance = &state->instance;
	const struct generation *previous = NULL;
	json_t *result = show_new();

	json_object_update_new(
		result, json_pack("{s:s, s:b, s:O}", "instance", instance->name,
				  "dry_run", !generation, "changes", changes));
	if (!generation)
		return result;
	if (confirm && instance->is_loaded)
		previous = &state->generation;
	json_object_update_new(
		result,
		json_pack("{s:i, s:s, s:o, s:o}", "generation",
			  generation->number, "digest",
			  generation->image.digest, "interfaces",
			  describe_interfaces(instance, generation), "left",
			  describe_left(instance, generation, previous)));
	return result;
}

void load_show(const struct options *options, const struct state *state,
	       const struct generation *generation, const json_t *changes,
	       __u32 confirm)
{
	json_t *result = describe(state, generation, changes, confirm);

	if (options->json) {
		show_json(result);
		return;
	}
	changes_print(changes);
	if (generation)
		print(state, generation, result, confirm);
	json_decref(result);
}
