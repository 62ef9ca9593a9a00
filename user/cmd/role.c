/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate role: which addresses hold which roles. */
#include <stdio.h>
#include <string.h>

#include "user/cmd/command.h"
#include "user/cmd/describe.h"
#include "user/kernel/state.h"
#include "user/output/report.h"
#include "user/output/show.h"

static json_t *list_roles(const struct model *model)
{
	json_t *list = json_array();
	const struct role *role;
	__u32 i, j, members;

	for (i = 0; i < model->roles.count; i++) {
		role = &model->roles.items[i];
		members = 0;
		for (j = 0; j < model->members.count; j++)
			members += model->members.items[j].role == i;
		json_array_append_new(list,
				      json_pack("{s:s, s:i, s:s}", "name",
						model_str(model, role->name),
						"prefixes", members, "about",
						model_str(model, role->about)));
	}
	return list;
}

static enum exit_status run_list(const struct model *model, json_t *result)
{
	json_object_set_new(result, "roles", list_roles(model));
	return EXIT_DONE;
}

static json_t *list_members(const struct model *model, __u32 role)
{
	json_t *list = json_array();
	const struct member *member;
	char text[PREFIX_TEXT_SIZE];
	__u32 i;

	for (i = 0; i < model->members.count; i++) {
		member = &model->members.items[i];
		if (member->role != role)
			continue;
		json_array_append_new(
			list, json_pack("{s:s, s:b, s:o}", "prefix",
					prefix_to_str(&member->prefix, text),
					"excluded", member->excluded, "origin",
					describe_place(model, &member->place)));
	}
	return list;
}

static enum exit_status run_show(const struct model *model, const char *name,
				 json_t *result)
{
	int role = model_find_role(model, name);

	if (role < 0) {
		report_error(0,
			     "there is no role '%s'; `rolegate role list` "
			     "shows those there are",
			     name);
		return EXIT_FAILED;
	}
	json_object_set_new(result, "name", json_string(name));
	json_object_set_new(result, "members", list_members(model, role));
	return EXIT_DONE;
}

/* The roles that an address holds, by the nearest member of each. */
static json_t *find_roles(const struct model *model,
			  const struct prefix *address)
{
	const struct member *member;
	json_t *list = json_array();
	char text[PREFIX_TEXT_SIZE];
	__u32 i;

	for (i = 0; i < model->roles.count; i++) {
		member = describe_member(model, i, address);
		if (!member)
			continue;
		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:o}", "name",
				  model_str(model, model->roles.items[i].name),
				  "prefix",
				  prefix_to_str(&member->prefix, text),
				  "origin",
				  describe_place(model, &member->place)));
	}
	return list;
}

static enum exit_status run_find(const struct model *model, const char *text,
				 json_t *result)
{
	struct prefix address;

	prefix_from_address(&address, text);
	json_object_set_new(result, "address", json_string(text));
	json_object_set_new(result, "roles", find_roles(model, &address));
	return EXIT_DONE;
}

static void print(const char *verb, const json_t *result)
{
	static const struct column roles[] = {
		{"ROLE", "name", false},
		{"PREFIXES", "prefixes", true},
		{"ABOUT", "about", false},
	};
	static const struct column members[] = {
		{"PREFIX", "prefix", false},
		{"EXCLUDED", "excluded", false},
		{"ORIGIN", "origin", false},
	};
	static const struct column found[] = {
		{"ROLE", "name", false},
		{"THROUGH", "prefix", false},
		{"ORIGIN", "origin", false},
	};

	if (!strcmp(verb, "list"))
		show_table(json_object_get(result, "roles"), roles, 3);
	else if (!strcmp(verb, "show"))
		show_table(json_object_get(result, "members"), members, 3);
	else if (!json_array_size(json_object_get(result, "roles")))
		printf("%s holds no role\n",
		       json_string_value(json_object_get(result, "address")));
	else
		show_table(json_object_get(result, "roles"), found, 3);
}

static enum exit_status dispatch(const struct model *model, char **argv,
				 json_t *result)
{
	if (!strcmp(argv[0], "list"))
		return run_list(model, result);
	if (!strcmp(argv[0], "show"))
		return run_show(model, argv[1], result);
	return run_find(model, argv[1], result);
}

static bool is_usage(int argc, char **argv)
{
	if (argc == 1)
		return !strcmp(argv[0], "list");
	return argc == 2 &&
	       (!strcmp(argv[0], "show") || !strcmp(argv[0], "find"));
}

static int run(const struct options *options, int argc, char **argv)
{
	enum exit_status status;
	struct prefix address;
	struct state state;
	json_t *result;

	if (!is_usage(argc, argv))
		return command_usage(&cmd_role, "which of list, show ROLE, "
						"find ADDRESS?");
	if (!strcmp(argv[0], "find") && prefix_from_address(&address, argv[1]))
		return command_usage(&cmd_role, "'%s' is no address", argv[1]);
	if (state_open(&state, options->instance, false))
		return EXIT_FAILED;
	result = show_new();
	status = dispatch(&state.generation.image.model, argv, result);
	if (status == EXIT_DONE && options->json)
		show_json(json_incref(result));
	else if (status == EXIT_DONE)
		print(argv[0], result);
	json_decref(result);
	state_close(&state);
	return status;
}

const struct command cmd_role = {
	.name = "role",
	.arguments = "list | show ROLE | find ADDRESS",
	.summary = "show which addresses hold which roles",
	.help = "  list           the roles, and how many prefixes each has\n"
		"  show ROLE      its prefixes, and where each comes from\n"
		"  find ADDRESS   the roles it holds, and through which "
		"prefix\n",
	.run = run,
};
