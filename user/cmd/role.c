/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate role: which addresses hold which roles, shown and changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/cmd/command.h"
#include "user/cmd/describe.h"
#include "user/cmd/role_change.h"
#include "user/kernel/state.h"
#include "user/output/progress.h"
#include "user/output/report.h"
#include "user/output/show.h"

enum { OPTION_FORCE = 1 };

static bool is_forced;

static const struct option own_options[] = {
	{"force", no_argument, NULL, OPTION_FORCE},
	{0},
};

static bool take_option(int option, const char *value)
{
	(void)value;
	is_forced = option == OPTION_FORCE;
	return is_forced;
}

/* Members of each role, by its number; NULL when memory is short. */
static __u32 *count_members(const struct generation *generation)
{
	const struct member *member;
	struct members_walk walk;
	__u32 *counts;

	counts = calloc(generation->image.model.roles.count + 1,
			sizeof(*counts));
	members_start(&walk, generation_members(generation));
	while (counts && (member = members_next(&walk)))
		counts[member->role] += member_is_held(member);
	return counts;
}

static enum exit_status run_list(struct state *state,
				 struct role_request *request, json_t *result)
{
	const struct model *model = &state->generation.image.model;
	__u32 *counts = count_members(&state->generation), i;
	json_t *list = json_array();
	const struct role *role;

	(void)request;
	for (i = 0; counts && i < model->roles.count; i++) {
		role = &model->roles.items[i];
		json_array_append_new(list,
				      json_pack("{s:s, s:i, s:s}", "name",
						model_str(model, role->name),
						"prefixes", counts[i], "about",
						model_str(model, role->about)));
	}
	json_object_set_new(result, "roles", list);
	free(counts);
	return EXIT_DONE;
}

static json_t *describe_member(const struct model *model,
			       const struct member *member)
{
	char text[PREFIX_TEXT_SIZE];

	return json_pack("{s:s, s:b, s:b, s:o}", "prefix",
			 prefix_to_str(&member->prefix, text), "excluded",
			 member->excluded, "runtime",
			 member->state & MEMBER_RUNTIME, "origin",
			 describe_origin(model, member));
}

static json_t *list_members(const struct generation *generation, __u32 role)
{
	const struct member *member;
	json_t *list = json_array();
	struct members_walk walk;

	members_start(&walk, generation_members(generation));
	while ((member = members_next(&walk)))
		if (member->role == role && member_is_held(member))
			json_array_append_new(
				list, describe_member(&generation->image.model,
						      member));
	return list;
}

static enum exit_status run_show(struct state *state,
				 struct role_request *request, json_t *result)
{
	int role = model_find_role(&state->generation.image.model,
				   request->words[0]);

	if (role < 0) {
		report_error(0,
			     "there is no role '%s'; `rolegate role list` "
			     "shows those there are",
			     request->words[0]);
		return EXIT_FAILED;
	}
	json_object_set_new(result, "name", json_string(request->words[0]));
	json_object_set_new(result, "members",
			    list_members(&state->generation, role));
	return EXIT_DONE;
}

/* The roles that an address holds, by the nearest member of each. */
static json_t *find_roles(const struct generation *generation,
			  const struct prefix *address)
{
	const struct model *model = &generation->image.model;
	json_t *list = json_array(), *row;
	const struct member *member;
	__u32 i;

	for (i = 0; i < model->roles.count; i++) {
		member = members_nearest(generation_members(generation), i,
					 address);
		if (!member)
			continue;
		row = describe_member(model, member);
		json_object_set_new(
			row, "name",
			json_string(
				model_str(model, model->roles.items[i].name)));
		json_object_del(row, "excluded");
		json_array_append_new(list, row);
	}
	return list;
}

static enum exit_status run_find(struct state *state,
				 struct role_request *request, json_t *result)
{
	struct prefix address;

	prefix_from_address(&address, request->words[0]);
	json_object_set_new(result, "address", json_string(request->words[0]));
	json_object_set_new(result, "roles",
			    find_roles(&state->generation, &address));
	return EXIT_DONE;
}

static void print_list(const json_t *result)
{
	static const struct column columns[] = {
		{"ROLE", "name", false},
		{"PREFIXES", "prefixes", true},
		{"ABOUT", "about", false},
	};

	show_table(json_object_get(result, "roles"), columns, 3);
}

static void print_members(const json_t *result)
{
	static const struct column columns[] = {
		{"PREFIX", "prefix", false},
		{"EXCLUDED", "excluded", false},
		{"ORIGIN", "origin", false},
	};

	show_table(json_object_get(result, "members"), columns, 3);
}

static void print_found(const json_t *result)
{
	static const struct column columns[] = {
		{"ROLE", "name", false},
		{"THROUGH", "prefix", false},
		{"ORIGIN", "origin", false},
	};

	if (!json_array_size(json_object_get(result, "roles")))
		printf("%s holds no role\n",
		       json_string_value(json_object_get(result, "address")));
	else
		show_table(json_object_get(result, "roles"), columns, 3);
}

static long long number(const json_t *result, const char *key)
{
	return json_integer_value(json_object_get(result, key));
}

static void print_change(const json_t *result)
{
	printf("role %s: %lld added, %lld deleted, %lld unchanged; generation "
	       "%lld\n",
	       json_string_value(json_object_get(result, "role")),
	       number(result, "added"), number(result, "deleted"),
	       number(result, "unchanged"), number(result, "generation"));
}

static int fetch_file(struct role_request *request)
{
	return batch_fetch(&request->batch, request->words[1]);
}

/* Standard input, if a word stands for it. */
static int fetch_input(struct role_request *request)
{
	int i;

	for (i = 1; i < request->count; i++)
		if (!strcmp(request->words[i], "-"))
			return batch_fetch(&request->batch, "-");
	return 0;
}

static const struct verb {
	const char *name;
	int least; /* words after it */
	int most;
	/* May take its time, so that is done before others have to wait. */
	int (*fetch)(struct role_request *request);
	enum exit_status (*run)(struct state *state,
				struct role_request *request, json_t *result);
	void (*print)(const json_t *result);
} verbs[] = {
	{"list", 0, 0, NULL, run_list, print_list},
	{"show", 1, 1, NULL, run_show, print_members},
	{"find", 1, 1, NULL, run_find, print_found},
	{"add", 2, 1 << 20, fetch_input, role_add, print_change},
	{"del", 2, 1 << 20, fetch_input, role_del, print_change},
	{"replace", 2, 2, fetch_file, role_replace, print_change},
};

static const struct verb *find_verb(const char *name, int arguments)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(verbs[i].name, name) &&
		    arguments >= verbs[i].least && arguments <= verbs[i].most)
			return &verbs[i];
	return NULL;
}

/* Collects the result under the lock. */
static enum exit_status perform(const struct verb *verb, const char *instance,
				struct role_request *request, json_t *result)
{
	enum exit_status status = EXIT_FAILED;
	struct state state;

	if (state_open(&state, instance, false))
		return EXIT_FAILED;
	if (verb->print != print_change || !state_check_trial(&state))
		status = verb->run(&state, request, result);
	state_close(&state);
	return status;
}

static enum exit_status run_verb(const struct verb *verb,
				 const struct options *options,
				 struct role_request *request)
{
	enum exit_status status = EXIT_FAILED;
	json_t *result = show_new();

	if (!verb->fetch || !verb->fetch(request))
		status = perform(verb, options->instance, request, result);
	progress_end();
	if (status == EXIT_DONE && options->json)
		show_json(json_incref(result));
	else if (status == EXIT_DONE)
		verb->print(result);
	json_decref(result);
	batch_release(&request->batch);
	return status;
}

static int run(const struct options *options, int argc, char **argv)
{
	const struct verb *verb = argc ? find_verb(argv[0], argc - 1) : NULL;
	struct role_request request = {
		.words = argv + 1,
		.count = argc - 1,
		.is_forced = is_forced,
	};
	struct prefix address;

	if (!verb)
		return command_usage(&cmd_role,
				     "which of list, show ROLE, find ADDRESS, "
				     "add ROLE PREFIX..., del ROLE PREFIX..., "
				     "replace ROLE FILE?");
	if (verb->run == run_find && prefix_from_address(&address, argv[1]))
		return command_usage(&cmd_role, "'%s' is no address", argv[1]);
	return run_verb(verb, options, &request);
}

const struct command cmd_role = {
	.name = "role",
	.arguments = "list | show ROLE | find ADDRESS | "
		     "add|del [--force] ROLE PREFIX... | "
		     "replace [--force] ROLE FILE",
	.summary = "show and change which addresses hold which roles",
	.help = "  list                 the roles, and how many prefixes each "
		"has\n"
		"  show ROLE            its prefixes, and where each comes "
		"from\n"
		"  find ADDRESS         the roles it holds, and through which "
		"prefix\n"
		"  add ROLE PREFIX...   gives it prefixes, addresses or "
		"ranges; '!' excludes\n"
		"  del ROLE PREFIX...   takes them away again\n"
		"  replace ROLE FILE    gives it the lines of a file instead "
		"of what it has, in\n"
		"                       one step\n"
		"  --force              also if that shuts out the session "
		"that types it\n\n"
		"PREFIX or FILE \"-\" is standard input, one a line. All of it "
		"is done, or nothing.\nTraffic goes on meanwhile; the config "
		"file is not changed, and `role show` marks\nwhat was added "
		"at run time.\n",
	.options = own_options,
	.option = take_option,
	.run = run,
};
