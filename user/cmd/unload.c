/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate unload: take the filter away, with all its state. */
#include <stdio.h>

#include "user/cmd/command.h"
#include "user/kernel/state.h"
#include "user/output/report.h"
#include "user/output/show.h"

static int run(const struct options *options, int argc, char **argv)
{
	struct instance instance;
	bool was_loaded;
	json_t *result;
	int err;

	(void)argv;
	if (argc)
		return command_usage(&cmd_unload, "unload takes no arguments");
	if (instance_open(&instance, options->instance, false))
		return EXIT_FAILED;
	was_loaded = instance.lock >= 0;
	err = was_loaded ? state_remove(&instance) : 0;
	instance_close(&instance);
	if (err)
		return EXIT_FAILED;
	if (!was_loaded)
		report_warning("instance %s was not loaded", options->instance);
	if (options->json) {
		result = show_new();
		json_object_set_new(result, "instance",
				    json_string(options->instance));
		json_object_set_new(result, "unloaded",
				    json_boolean(was_loaded));
		show_json(result);
	}
	return EXIT_DONE;
}

const struct command cmd_unload = {
	.name = "unload",
	.arguments = "",
	.summary = "detach from all interfaces and remove all state",
	.help = "Nothing is filtered afterwards, and the counters are gone.\n",
	.run = run,
};
