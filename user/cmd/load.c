/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate load: put a config to work, in one step. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/cmd/boot.h"
#include "user/cmd/changes.h"
#include "user/cmd/compiled.h"
#include "user/cmd/guard.h"
#include "user/cmd/load_show.h"
#include "user/kernel/attach.h"
#include "user/kernel/examine.h"
#include "user/kernel/state.h"
#include "user/output/progress.h"
#include "user/output/report.h"
#include "user/policy/number.h"
#include "user/policy/runtime.h"

#define CONFIRM_MAX	 86400
#define BOOT_SECONDS	 30
#define BOOT_SECONDS_MAX 3600

enum {
	OPTION_CONFIRM = 1,
	OPTION_KEEP_RUNTIME,
	OPTION_DISCARD_RUNTIME,
	OPTION_DRY_RUN,
	OPTION_FORCE,
	OPTION_BOOT
};

static int confirm_seconds; /* 0: it is not on trial */
static bool keeps_runtime;
static bool discards_runtime;
static bool is_dry_run;
static bool is_forced;
static bool is_boot;
static int boot_seconds = BOOT_SECONDS;

static const struct option own_options[] = {
	{"confirm", required_argument, NULL, OPTION_CONFIRM},
	{"keep-runtime", no_argument, NULL, OPTION_KEEP_RUNTIME},
	{"discard-runtime", no_argument, NULL, OPTION_DISCARD_RUNTIME},
	{"dry-run", no_argument, NULL, OPTION_DRY_RUN},
	{"force", no_argument, NULL, OPTION_FORCE},
	{"boot", optional_argument, NULL, OPTION_BOOT},
	{0},
};

static bool take_option(int option, const char *value)
{
	switch (option) {
	case OPTION_CONFIRM:
		confirm_seconds = number_from_str(value, CONFIRM_MAX);
		return confirm_seconds > 0;
	case OPTION_KEEP_RUNTIME:
		keeps_runtime = true;
		return !discards_runtime;
	case OPTION_DISCARD_RUNTIME:
		discards_runtime = true;
		return !keeps_runtime;
	case OPTION_DRY_RUN:
		is_dry_run = true;
		return true;
	case OPTION_FORCE:
		is_forced = true;
		return true;
	case OPTION_BOOT:
		is_boot = true;
		if (value)
			boot_seconds = number_from_str(value, BOOT_SECONDS_MAX);
		return boot_seconds >= 0;
	}
	return false;
}

/* A dry run shows what would be lost, and goes on. */
static int refuse_runtime(const struct runtime *runtime)
{
	if (is_dry_run) {
		report_warning("%u member(s) added and %u deleted at run time "
			       "are not in the config: load refuses that "
			       "without --keep-runtime or --discard-runtime",
			       runtime->added + runtime->homeless,
			       runtime->deleted);
		return 0;
	}
	return report_error(
		-EEXIST,
		"%u member(s) added and %u deleted at run time are not in the "
		"config; nothing was changed: --keep-runtime keeps that, "
		"--discard-runtime drops it, `rolegate save` writes it down",
		runtime->added + runtime->homeless, runtime->deleted);
}

/* The compiled config again, with what run time made of the members. */
static int keep_runtime(const struct runtime *runtime,
			struct compiled *compiled)
{
	int err;

	if (runtime->homeless)
		report_warning("%u member(s) added at run time are dropped: "
			       "the config has no longer their roles",
			       runtime->homeless);
	err = runtime_apply(runtime, &compiled->model);
	if (err)
		return report_error(err, "out of memory");
	tables_release(&compiled->tables);
	progress_stage("compiling", NULL);
	err = tables_compile(&compiled->tables, &compiled->model,
			     &compiled->diag);
	progress_end();
	if (err)
		diag_print(&compiled->diag, stderr);
	return err;
}

/*
 * Members of run time are neither lost nor kept unless somebody said so; at
 * boot nobody can, and what restarts a service wants to change nothing.
 */
static int take_runtime(const struct state *state, struct compiled *compiled)
{
	struct runtime runtime;
	int err;

	if (!state->instance.is_loaded || discards_runtime)
		return 0;
	err = runtime_collect(&runtime, &state->generation.image.model,
			      generation_members(&state->generation),
			      &compiled->model);
	if (err)
		report_error(err, "out of memory");
	else if (!keeps_runtime && !is_boot &&
		 runtime.added + runtime.deleted + runtime.homeless)
		err = refuse_runtime(&runtime);
	else if (runtime.changes.count || runtime.homeless)
		err = keep_runtime(&runtime, compiled);
	runtime_release(&runtime);
	return err;
}

/* The config's tests once more, on the program that will decide. */
static int try_out(struct compiled *compiled,
		   const struct generation *generation)
{
	struct judge judge = judge_by_program(generation);
	int err;

	progress_stage("running the tests", NULL);
	err = probes_run(&compiled->model, &compiled->tables, &judge,
			 &compiled->diag, &compiled->tests);
	progress_end();
	if (err)
		return report_error(err, "cannot run the tests: %s",
				    strerror(-err));
	if (!compiled->tests.failed)
		return 0;
	diag_print(&compiled->diag, stderr);
	return report_error(-1, "tests fail on the loaded program; nothing "
				"was changed");
}

/*
 * Before anything is switched, by the program that will decide. At boot the
 * closed state would cut off more.
 */
static int guard(const struct state *state, const struct compiled *compiled,
		 const struct generation *generation)
{
	bool force = is_forced || (is_boot && boot_is_first(state));
	struct members members = members_of_model(&compiled->model);
	struct judge judge = judge_by_program(generation);

	return guard_check(&compiled->model, &members, &judge, force);
}

/* The same without a program, which a dry run does not load. */
static int guard_dry(const struct compiled *compiled)
{
	struct members members = members_of_model(&compiled->model);
	struct judge judge = judge_natively(&compiled->tables);

	return guard_check(&compiled->model, &members, &judge, is_forced);
}

/* What is to be known before anything is built. */
static int prepare(const struct state *state, struct compiled *compiled)
{
	int err = is_dry_run ? 0 : state_check_trial(state);

	if (!err)
		err = attach_check(&state->instance, &compiled->model);
	if (!err && !is_dry_run)
		err = examine_before_load(&state->instance, &compiled->model);
	return err ? err : take_runtime(state, compiled);
}

/* Builds, tries out and switches; the old generation goes on until then. */
static int replace(struct state *state, struct compiled *compiled,
		   struct generation *next, const char *config)
{
	__u32 number = 1;
	int err;

	if (state->instance.is_loaded)
		number = state->generation.number + 1;
	err = generation_build(next, &state->instance, number, &compiled->model,
			       &compiled->tables, config, confirm_seconds > 0);
	if (!err)
		err = try_out(compiled, next);
	if (!err)
		err = guard(state, compiled, next);
	if (err)
		return err;
	progress_stage("switching", NULL);
	return confirm_seconds ? state_try(state, next, confirm_seconds)
			       : state_replace(state, next);
}

/* Interfaces that lost the program that they should run, being made anew. */
static void add_attached(json_t *changes, const struct state *state,
			 const struct model *model)
{
	const struct model *running = &state->generation.image.model;
	struct attachment attachment;
	const char *name;
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++) {
		name = model_str(model, model->interfaces.items[i].name);
		if (model_find_interface(running, name) < 0 ||
		    attachment_find(&state->instance, if_nametoindex(name),
				    &attachment))
			continue;
		json_array_append_new(changes,
				      json_pack("{s:s, s:s, s:s}", "change",
						"attached", "kind", "interface",
						"name", name));
	}
}

static json_t *find_changes(const struct state *state,
			    const struct compiled *compiled)
{
	const struct generation *running = NULL;
	json_t *changes;

	if (state->instance.is_loaded)
		running = &state->generation;
	changes = changes_find(running, &compiled->model, report_is_verbose());
	if (changes && running)
		add_attached(changes, state, &compiled->model);
	return changes;
}

/* For a dry run, too, the instance is opened as if to be made: it need not be. */
static enum exit_status load(const struct options *options,
			     struct compiled *compiled)
{
	json_t *changes = NULL;
	struct generation next;
	struct state state;
	int err;

	progress_stage("reading what is loaded", NULL);
	if (state_open(&state, options->instance, true))
		return EXIT_FAILED;
	generation_init(&next);
	err = prepare(&state, compiled);
	progress_stage("comparing with what is loaded", NULL);
	if (!err)
		changes = find_changes(&state, compiled);
	if (!err && !changes)
		err = -ENOMEM;
	if (!err && !is_dry_run)
		err = replace(&state, compiled, &next, options->config);
	progress_end();
	if (!err)
		load_show(options, &state, is_dry_run ? NULL : &next, changes,
			  confirm_seconds);
	if (!err && is_dry_run)
		err = guard_dry(compiled);
	json_decref(changes);
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
	if (is_boot && (is_dry_run || confirm_seconds))
		return command_usage(&cmd_load,
				     "--boot goes with neither --dry-run nor "
				     "--confirm");
	status = compiled_read(&compiled, options->config);
	if (status == EXIT_DONE && !compiled.model.interfaces.count) {
		report_error(0,
			     "%s names no interfaces: there is nothing to "
			     "attach to; list them under `interfaces`",
			     options->config);
		status = EXIT_USAGE;
	}
	if (status == EXIT_DONE && is_boot)
		boot_wait(&compiled.model, boot_seconds);
	if (status == EXIT_DONE)
		status = load(options, &compiled);
	if (status != EXIT_DONE && is_boot)
		status = boot_fall_back(options, &compiled.model);
	compiled_release(&compiled);
	return status;
}

const struct command cmd_load = {
	.name = "load",
	.arguments = "[--dry-run] [--confirm SECONDS] "
		     "[--keep-runtime|--discard-runtime] [--force] "
		     "[--boot[=SECONDS]]",
	.summary = "put the config to work, replacing what runs in one step",
	.help = "First time: attaches to the interfaces of the config. "
		"Afterwards: the new\npolicy is built and tested beside the "
		"running one, then each interface is\nswitched to it; counters "
		"go on. On any error the running policy stays. Prints "
		"what changes.\n\n"
		"  --dry-run          only print that, and change nothing\n"
		"  --confirm SECONDS  what runs now decides again by itself "
		"after SECONDS, unless\n"
		"                     `rolegate confirm` comes before\n"
		"  --keep-runtime     members added and deleted by `rolegate "
		"role` stay so\n"
		"  --discard-runtime  they are what the config says\n"
		"  --force            load even what cuts off this session or "
		"settings.keep\n"
		"  --boot[=SECONDS]   as the boot unit does: wait SECONDS (30) "
		"for the interfaces;\n"
		"                     if nothing runs and the policy cannot "
		"be loaded, drop\n"
		"                     everything or nothing, as settings.boot "
		"says\n",
	.options = own_options,
	.option = take_option,
	.run = run,
};
