/* SPDX-License-Identifier: GPL-2.0-only */
/* What `load` has to say: what changes, and what runs now. */
#include "user/cmd/load_show.h"

#include <stdio.h>

#include "user/cmd/changes.h"
#include "user/cmd/describe.h"
#include "user/output/show.h"

static void print(const struct generation *generation, const json_t *interfaces,
		  __u32 confirm)
{
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
	if (confirm)
		printf("on trial: `rolegate confirm` within %u seconds keeps "
		       "it\n",
		       confirm);
}

static json_t *describe(const struct instance *instance,
			const struct generation *generation,
			const json_t *changes)
{
	json_t *result = show_new();

	json_object_update_new(
		result, json_pack("{s:s, s:b, s:O}", "instance", instance->name,
				  "dry_run", !generation, "changes", changes));
	if (!generation)
		return result;
	json_object_update_new(
		result,
		json_pack("{s:i, s:s, s:o}", "generation", generation->number,
			  "digest", generation->image.digest, "interfaces",
			  describe_interfaces(instance, generation)));
	return result;
}

void load_show(const struct options *options, const struct instance *instance,
	       const struct generation *generation, const json_t *changes,
	       __u32 confirm)
{
	json_t *result = describe(instance, generation, changes);

	if (options->json) {
		show_json(result);
		return;
	}
	changes_print(changes);
	if (generation)
		print(generation, json_object_get(result, "interfaces"),
		      confirm);
	json_decref(result);
}
