/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate check: is a config right? Needs no privileges and no kernel. */
#include <stdio.h>

#include "user/cmd/compiled.h"
#include "user/output/show.h"
#include "user/policy/digest.h"

/* Errors and warnings as a list of their own. */
static json_t *describe_diag(const struct diag *diag, bool warnings)
{
	const struct diag_entry *entry;
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < diag->count; i++) {
		entry = &diag->entries[i];
		if (entry->warning != warnings)
			continue;
		json_array_append_new(
			list, json_pack("{s:s, s:i, s:i, s:s}", "file",
					entry->file ? entry->file : "", "line",
					entry->line, "column", entry->column,
					"message", entry->message));
	}
	return list;
}

static json_t *describe(const struct compiled *compiled, const char *config,
			enum exit_status status)
{
	const struct model *model = &compiled->model;
	char digest[DIGEST_TEXT_SIZE];
	json_t *result = show_new();

	model_digest(model, digest);
	json_object_update_new(
		result,
		json_pack("{s:s, s:b, s:i, s:i, s:i, s:i, s:i, s:s}", "config",
			  config, "ok", status == EXIT_DONE, "interfaces",
			  model->interfaces.count, "roles", model->roles.count,
			  "prefixes", model->members.count, "rules",
			  model->rules.count, "classes",
			  compiled->tables.classes.sets.count, "digest",
			  digest));
	json_object_set_new(result, "tests",
			    json_pack("{s:i, s:i, s:i}", "passed",
				      compiled->tests.passed, "failed",
				      compiled->tests.failed, "skipped",
				      compiled->tests.skipped));
	json_object_set_new(result, "errors",
			    describe_diag(&compiled->diag, false));
	json_object_set_new(result, "warnings",
			    describe_diag(&compiled->diag, true));
	return result;
}

static void print(const struct compiled *compiled, const char *config)
{
	const struct model *model = &compiled->model;
	char digest[DIGEST_TEXT_SIZE];

	model_digest(model, digest);
	printf("%s is right: %u interface(s), %u roles with %u prefixes, %u "
	       "rules; %u tests passed\ndigest %.16s\n",
	       config, model->interfaces.count, model->roles.count,
	       model->members.count, model->rules.count, compiled->tests.passed,
	       digest);
}

static int run(const struct options *options, int argc, char **argv)
{
	struct compiled compiled;
	enum exit_status status;

	(void)argv;
	if (argc)
		return command_usage(&cmd_check, "check takes no arguments");
	status = compiled_read(&compiled, options->config);
	if (options->json)
		show_json(describe(&compiled, options->config, status));
	else if (status == EXIT_DONE)
		print(&compiled, options->config);
	compiled_release(&compiled);
	return status;
}

const struct command cmd_check = {
	.name = "check",
	.arguments = "",
	.summary = "read and compile the config and run its tests",
	.help = "Needs no privileges and no kernel; changes nothing. The "
		"config is that of -c,\n\"-\" is standard input.\n",
	.run = run,
};
