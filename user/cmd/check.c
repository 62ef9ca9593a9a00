/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate check: is a config right? Needs no privileges and no kernel. */
#include <stdio.h>
#include <string.h>

#include "user/cmd/compiled.h"
#include "user/cmd/guard.h"
#include "user/output/report.h"
#include "user/output/show.h"
#include "user/policy/digest.h"

/* Adds the errors, or the warnings, to a list. */
static void describe_diag(json_t *list, const struct diag *diag, bool warnings)
{
	const struct diag_entry *entry;
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
}

static json_t *describe_tests(const struct probe_result *tests)
{
	return json_pack("{s:i, s:i, s:i, s:{s:i, s:i, s:i}}", "passed",
			 tests->passed, "failed", tests->failed, "skipped",
			 tests->skipped, "skipped_for", "without_address",
			 tests->without_address, "with_more_roles",
			 tests->with_more_roles, "contradicted",
			 tests->contradicted);
}

/* keep: what was found by judging settings.keep. */
static json_t *describe(const struct compiled *compiled,
			const struct diag *keep, const char *config,
			enum exit_status status)
{
	json_t *errors = json_array(), *warnings = json_array();
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
	json_object_set_new(result, "tests", describe_tests(&compiled->tests));
	describe_diag(errors, &compiled->diag, false);
	describe_diag(errors, keep, false);
	describe_diag(warnings, &compiled->diag, true);
	json_object_set_new(result, "errors", errors);
	json_object_set_new(result, "warnings", warnings);
	return result;
}

static void print_skipped(const struct probe_result *tests)
{
	if (tests->skipped)
		printf("%u skipped: %u without an address of their roles, %u "
		       "of policies whose addresses hold more roles, %u of "
		       "policies that another rule contradicts\n",
		       tests->skipped, tests->without_address,
		       tests->with_more_roles, tests->contradicted);
}

static void print(const struct compiled *compiled, const char *config)
{
	const struct model *model = &compiled->model;
	char digest[DIGEST_TEXT_SIZE];

	model_digest(model, digest);
	printf("%s is right: %u interface(s), %u roles with %u prefixes, %u "
	       "rules; %u tests passed\n",
	       config, model->interfaces.count, model->roles.count,
	       model->members.count, model->rules.count,
	       compiled->tests.passed);
	print_skipped(&compiled->tests);
	printf("digest %.16s\n", digest);
}

/* `load` would refuse what cuts off settings.keep; that needs no kernel. */
static enum exit_status check_keep(const struct compiled *compiled,
				   struct diag *diag)
{
	struct judge judge = judge_natively(&compiled->tables);
	int err = guard_check_keep(&compiled->model, &judge, diag);

	diag_print(diag, stderr);
	if (err)
		report_error(err, "cannot tell what this would cut off: %s",
			     strerror(-err));
	return err || diag->errors ? EXIT_FAILED : EXIT_DONE;
}

static int run(const struct options *options, int argc, char **argv)
{
	struct compiled compiled;
	enum exit_status status;
	struct diag keep;

	(void)argv;
	if (argc)
		return command_usage(&cmd_check, "check takes no arguments");
	status = compiled_read(&compiled, options->config);
	diag_init(&keep);
	if (status == EXIT_DONE)
		status = check_keep(&compiled, &keep);
	if (options->json)
		show_json(describe(&compiled, &keep, options->config, status));
	else if (status == EXIT_DONE)
		print(&compiled, options->config);
	diag_release(&keep);
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
