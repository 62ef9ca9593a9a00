/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate confirm and rollback: keep or leave what `load --confirm` loaded. */
#include <stdio.h>

#include "user/cmd/command.h"
#include "user/kernel/state.h"
#include "user/output/show.h"

static void show(const struct options *options, const struct state *state)
{
	bool is_loaded = state->instance.is_loaded;
	__u32 number = state->generation.number;
	json_t *result;

	if (options->json) {
		result = show_new();
		json_object_update_new(
			result, json_pack("{s:s, s:o}", "instance",
					  options->instance, "generation",
					  is_loaded ? json_integer(number)
						    : json_null()));
		show_json(result);
	} else if (is_loaded) {
		printf("generation %u decides\n", number);
	} else {
		printf("nothing is loaded any longer, as before\n");
	}
}

static int end_trial(const struct options *options,
		     int (*end)(struct state *state))
{
	struct state state;
	int err;

	if (state_open(&state, options->instance, false))
		return EXIT_FAILED;
	err = end(&state);
	if (!err)
		show(options, &state);
	state_close(&state);
	return err ? EXIT_FAILED : EXIT_DONE;
}

static int run_confirm(const struct options *options, int argc, char **argv)
{
	(void)argv;
	if (argc)
		return command_usage(&cmd_confirm,
				     "confirm takes no arguments");
	return end_trial(options, state_confirm);
}

static int run_rollback(const struct options *options, int argc, char **argv)
{
	(void)argv;
	if (argc)
		return command_usage(&cmd_rollback,
				     "rollback takes no arguments");
	return end_trial(options, state_rollback);
}

const struct command cmd_confirm = {
	.name = "confirm",
	.arguments = "",
	.summary = "keep what `load --confirm` loaded",
	.help = "It decides for good from then on, and costs no more than "
		"any other.\n",
	.run = run_confirm,
};

const struct command cmd_rollback = {
	.name = "rollback",
	.arguments = "",
	.summary = "leave what `load --confirm` loaded",
	.help = "What was loaded before decides again at once; if that was "
		"nothing, nothing is\nfiltered.\n",
	.run = run_rollback,
};
