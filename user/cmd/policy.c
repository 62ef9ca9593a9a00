/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate policy: the policies that are part of the program. */
#include <stdio.h>
#include <string.h>

#include "user/cmd/command.h"
#include "user/cmd/describe.h"
#include "user/output/report.h"
#include "user/output/show.h"
#include "user/policy/config.h"
#include "user/policy/embedded.h"

static json_t *describe_head(const struct model *model, const char *name)
{
	const struct policy *policy = &model->policies.items[0];

	return json_pack("{s:s, s:s, s:s, s:i, s:i}", "name", name, "about",
			 model_str(model, policy->about), "source",
			 model_str(model, policy->source), "roles",
			 model->roles.count, "rules", model->rules.count);
}

/* Reads an embedded policy into a new model; what is wrong is printed. */
static int read_one(const char *name, struct model *model)
{
	struct diag diag;
	int err;

	model_init(model);
	diag_init(&diag);
	err = policy_read(model, name, &diag);
	diag_print(&diag, stderr);
	diag_release(&diag);
	return err;
}

static enum exit_status run_list(const struct options *options)
{
	static const struct column columns[] = {
		{"POLICY", "name", false},
		{"ROLES", "roles", true},
		{"RULES", "rules", true},
		{"SOURCE", "source", false},
	};
	const struct embedded_policy *policy;
	json_t *list = json_array(), *result = show_new();
	struct model model;

	for (policy = embedded_policies; policy->name; policy++) {
		if (!read_one(policy->name, &model))
			json_array_append_new(
				list, describe_head(&model, policy->name));
		model_release(&model);
	}
	json_object_set_new(result, "policies", list);
	if (options->json) {
		show_json(result);
		return EXIT_DONE;
	}
	show_table(list, columns, 4);
	json_decref(result);
	return EXIT_DONE;
}

static void print(const struct model *model, const json_t *result)
{
	static const struct column roles[] = {
		{"ROLE", "name", false},
		{"ABOUT", "about", false},
	};
	static const struct column rules[] = {
		{"RULE", "name", false},   {"FROM", "from", false},
		{"TO", "to", false},	   {"MATCH", "match", false},
		{"ABOUT", "about", false},
	};

	printf("%s\n%s\n\n", json_string_value(json_object_get(result, "name")),
	       model_str(model, model->policies.items[0].source));
	show_table(json_object_get(result, "roles"), roles, 2);
	putchar('\n');
	show_table(json_object_get(result, "rules"), rules, 5);
}

static enum exit_status run_show(const struct options *options,
				 const char *name)
{
	struct model model;
	json_t *result;

	if (!embedded_policy_find(name)) {
		report_error(0,
			     "there is no policy '%s'; `rolegate policy "
			     "list` shows those there are",
			     name);
		return EXIT_FAILED;
	}
	if (read_one(name, &model)) {
		model_release(&model);
		return EXIT_FAILED;
	}
	result = show_new();
	json_object_update_new(result, describe_head(&model, name));
	json_object_set_new(result, "roles", describe_roles(&model));
	json_object_set_new(result, "rules", describe_rules(&model));
	if (options->json) {
		show_json(result);
	} else {
		print(&model, result);
		json_decref(result);
	}
	model_release(&model);
	return EXIT_DONE;
}

static int run(const struct options *options, int argc, char **argv)
{
	if (argc == 1 && !strcmp(argv[0], "list"))
		return run_list(options);
	if (argc == 2 && !strcmp(argv[0], "show"))
		return run_show(options, argv[1]);
	return command_usage(&cmd_policy, "which of list, show NAME?");
}

const struct command cmd_policy = {
	.name = "policy",
	.arguments = "list | show NAME",
	.summary = "show the policies that are part of rolegate",
	.help = "A config names them under `policies` and gives addresses to "
		"their roles.\n",
	.run = run,
};
