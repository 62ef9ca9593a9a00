/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate load: put a config to work, in one step. */
#include <stdio.h>
#include <string.h>

#include "user/cmd/compiled.h"
#include "user/cmd/describe.h"
#include "user/kernel/attach.h"
#include "user/kernel/state.h"
#include "user/output/report.h"
#include "user/output/show.h"

/* The config's tests once more, on the program that will decide. */
static int try_out(struct compiled *compiled,
		   const struct generation *generation)
{
	struct judge judge = judge_by_program(generation);
	int err;

	err = probes_run(&compiled->model, &compiled->tables, &judge,
			 &compiled->diag, &compiled->tests);
	if (err)
		return report_error(err, "cannot run the tests: %s",
				    strerror(-err));
	if (!compiled->tests.failed)
		return 0;
	diag_print(&compiled->diag, stderr);
	return report_error(-1, "tests fail on the loaded program; nothing "
				"was changed");
}

/* Builds, tries out and switches; the old generation goes on until then. */
static int replace(struct state *state, struct compiled *compiled,
		   struct generation *next, const char *config)
{
	__u32 number = 1;
	int err;

	if (state->instance.is_loaded)
		number = state->generation.number + 1;
	err = attach_check(&state->instance, &compiled->model);
	if (!err)
		err = generation_build(next, &state->instance, number,
				       &compiled->model, &compiled->tables,
				       config);
	if (!err)
		err = try_out(compiled, next);
	return err ? err : state_replace(state, next);
}

static void show(const struct options *options, const struct state *state,
		 const struct generation *generation)
{
	const struct model *model = &generation->image.model;
	json_t *interfaces = describe_interfaces(&state->instance, generation);
	json_t *result = show_new(), *entry;
	size_t i;

	json_object_update_new(result,
			       json_pack("{s:s, s:i, s:s, s:O}", "instance",
					 state->instance.name, "generation",
					 generation->number, "digest",
					 generation->image.digest, "interfaces",
					 interfaces));
	if (options->json) {
		json_decref(interfaces);
		show_json(result);
		return;
	}
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
	json_decref(interfaces);
	json_decref(result);
}

static enum exit_status load(const struct options *options,
			     struct compiled *compiled)
{
	struct generation next;
	struct state state;
	int err;

	if (state_open(&state, options->instance, true))
		return EXIT_FAILED;
	generation_init(&next);
	err = replace(&state, compiled, &next, options->config);
	if (!err)
		show(options, &state, &next);
	generation_release(&next);
	state_close(&state);
	return err ? EXIT_FAILED : EXIT_DONE;
}

static int run(const struct options *options, int argc, char **argv)
{
	struct compiled compiled;
	enum exit_status status;

	(void)argv;
	if (argc)
		return command_usage(&cmd_load, "load takes no arguments");
	status = compiled_read(&compiled, options->config);
	if (status == EXIT_DONE && !compiled.model.interfaces.count) {
		report_error(0,
			     "%s names no interfaces: there is nothing to "
			     "attach to; list them under `interfaces`",
			     options->config);
		status = EXIT_USAGE;
	}
	if (status == EXIT_DONE)
		status = load(options, &compiled);
	compiled_release(&compiled);
	return status;
}

const struct command cmd_load = {
	.name = "load",
	.arguments = "",
	.summary = "put the config to work, replacing what runs in one step",
	.help = "First time: attaches to the interfaces of the config. "
		"Afterwards: the new\npolicy is built and tested beside the "
		"running one, then each interface is\nswitched to it; counters "
		"go on. On any error the running policy stays.\n",
	.run = run,
};
