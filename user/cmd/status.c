/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate status: what is loaded, where, and how full it is. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "user/cmd/describe.h"
#include "user/cmd/describe_memory.h"
#include "user/cmd/command.h"
#include "user/kernel/attach.h"
#include "user/kernel/state.h"
#include "user/kernel/trial.h"
#include "user/output/report.h"
#include "user/output/show.h"

#define PERCENT_WARNED 80

/*
 * null, or what decides again when nobody confirms, null for nothing, and
 * which interfaces are left to it meanwhile.
 */
static json_t *describe_trial(const struct state *state)
{
	if (trial_state(&state->generation) != TRIAL_RUNNING)
		return json_null();
	return json_pack(
		"{s:i, s:o, s:o}", "seconds", trial_seconds(&state->generation),
		"previous",
		state->has_previous ? json_integer(state->previous.number)
				    : json_null(),
		"left",
		describe_left(&state->instance, &state->generation,
			      state->has_previous ? &state->previous : NULL));
}

static json_t *describe(const struct state *state)
{
	const struct generation *generation = &state->generation;
	struct member_counts counts =
		members_count(generation_members(generation));
	const struct image *image = &generation->image;
	json_t *result = show_new();

	json_object_update_new(
		result,
		json_pack("{s:s, s:i, s:o, s:s, s:s, s:i, s:o}", "instance",
			  state->instance.name, "generation",
			  generation->number, "loaded_at",
			  describe_time(image->loaded_at), "config",
			  image->config, "digest", image->digest, "prefixes",
			  counts.held, "confirm", describe_trial(state)));
	json_object_set_new(result, "closed",
			    json_boolean(image->model.settings.closed));
	json_object_set_new(result, "runtime",
			    json_pack("{s:i, s:i}", "added", counts.added,
				      "deleted", counts.deleted));
	json_object_set_new(result, "interfaces",
			    describe_interfaces(&state->instance, generation));
	json_object_set_new(result, "capacity",
			    describe_capacity(image, counts.held));
	json_object_set_new(result, "memory",
			    describe_memory(&state->instance));
	json_object_set_new(result, "tables", describe_tables(generation));
	return result;
}

static const char *word(const json_t *result, const char *key)
{
	return json_string_value(json_object_get(result, key));
}

static json_int_t number(const json_t *result, const char *key)
{
	return json_integer_value(json_object_get(result, key));
}

static void print_members(const json_t *result)
{
	const json_t *runtime = json_object_get(result, "runtime");

	printf("prefixes %" JSON_INTEGER_FORMAT, number(result, "prefixes"));
	if (number(runtime, "added") || number(runtime, "deleted"))
		printf(", of the config's %" JSON_INTEGER_FORMAT
		       " deleted and %" JSON_INTEGER_FORMAT
		       " added at run time",
		       number(runtime, "deleted"), number(runtime, "added"));
	putchar('\n');
}

static double mib(const json_t *memory, const char *key)
{
	return number(memory, key) / 1048576.0;
}

static void print_memory(const json_t *memory)
{
	printf("memory   %.1f MiB in maps, %.1f MiB in programs\n",
	       mib(memory, "maps"), mib(memory, "programs"));
}

static void print_trial(const json_t *trial)
{
	const json_t *name;
	size_t i;

	if (json_is_null(trial))
		return;
	printf("on trial %" JSON_INTEGER_FORMAT " more seconds, then ",
	       number(trial, "seconds"));
	if (number(trial, "previous"))
		printf("generation %" JSON_INTEGER_FORMAT " decides again\n",
		       number(trial, "previous"));
	else
		printf("nothing is filtered, as before\n");
	json_array_foreach (json_object_get(trial, "left"), i, name)
		printf("         %s is filtered by generation "
		       "%" JSON_INTEGER_FORMAT " until this is confirmed, "
		       "then not at all\n",
		       json_string_value(name), number(trial, "previous"));
}

/* A table that is nearly full is said to be before it is. */
static void warn_of_capacity(const json_t *result)
{
	const json_t *list = json_object_get(result, "capacity"), *row;
	size_t i;

	json_array_foreach (list, i, row)
		if (number(row, "percent") >= PERCENT_WARNED)
			report_warning("%s: %" JSON_INTEGER_FORMAT
				       " %% of what can be held is in use",
				       word(row, "table"),
				       number(row, "percent"));
}

static void warn_of_unfiltered(const char *name)
{
	if (if_nametoindex(name))
		report_warning("nothing is filtered at %s: it was made anew "
			       "since it was loaded, or somebody detached the "
			       "filter; `rolegate load` attaches it",
			       name);
	else
		report_warning("nothing is filtered at %s: it is gone; once it "
			       "is back, `rolegate load` attaches the filter",
			       name);
}

/* Another one may be called so here by now. */
static void warn_of_move(const char *name)
{
	report_warning("%s was moved to another network namespace, and is "
		       "filtered there: move it back, or let the config leave "
		       "it out, and load that",
		       name);
	if (if_nametoindex(name))
		warn_of_unfiltered(name);
}

/* What the operator takes for filtered, and is not, or under another name. */
static void warn_of_interfaces(const json_t *result)
{
	const json_t *list = json_object_get(result, "interfaces"), *row;
	size_t i;

	json_array_foreach (list, i, row) {
		if (json_is_true(json_object_get(row, "elsewhere")))
			warn_of_move(word(row, "name"));
		else if (!json_is_true(json_object_get(row, "attached")))
			warn_of_unfiltered(word(row, "name"));
		if (word(row, "renamed"))
			report_warning("%s is called %s now, and goes on being "
				       "filtered: let the config name it so, "
				       "and load that",
				       word(row, "name"), word(row, "renamed"));
	}
}

static void print(const struct state *state, const json_t *result)
{
	static const struct column interfaces[] = {
		{"INTERFACE", "name", false}, {"ATTACHED", "attached", false},
		{"MODE", "mode", false},      {"ENFORCING", "enforce", false},
		{"SOURCES", "roles", false},
	};
	static const struct column capacity[] = {
		{"TABLE", "table", false},
		{"USED", "used", true},
		{"MAX", "max", true},
		{"%", "percent", true},
	};
	static const struct column tables[] = {
		{"MEMORY", "table", false}, {"USED", "used", true},
		{"ROOM", "room", true},	    {"%", "percent", true},
		{"BYTES", "bytes", true},
	};

	printf("instance %s, generation %u\nloaded   %s from %s\n"
	       "digest   %.16s\n",
	       state->instance.name, state->generation.number,
	       word(result, "loaded_at"), word(result, "config"),
	       word(result, "digest"));
	if (json_is_true(json_object_get(result, "closed")))
		puts("closed   no policy could be loaded: every packet is "
		     "dropped");
	print_members(result);
	print_memory(json_object_get(result, "memory"));
	print_trial(json_object_get(result, "confirm"));
	putchar('\n');
	show_table(json_object_get(result, "interfaces"), interfaces, 5);
	putchar('\n');
	show_table(json_object_get(result, "capacity"), capacity, 4);
	putchar('\n');
	show_table(json_object_get(result, "tables"), tables, 5);
}

static int run(const struct options *options, int argc, char **argv)
{
	struct state state;
	json_t *result;

	(void)argv;
	if (argc)
		return command_usage(&cmd_status, "status takes no arguments");
	if (state_open(&state, options->instance, false))
		return EXIT_FAILED;
	result = describe(&state);
	instance_close(&state.instance); /* whoever reads may take long */
	warn_of_capacity(result);
	warn_of_interfaces(result);
	if (options->json) {
		show_json(result);
	} else {
		print(&state, result);
		json_decref(result);
	}
	state_close(&state);
	return EXIT_DONE;
}

const struct command cmd_status = {
	.name = "status",
	.arguments = "",
	.summary = "show what is loaded, where, and how full it is",
	.run = run,
};
