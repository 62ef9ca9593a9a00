/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate suggest: the rules that would pass what was dropped, for review. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/cmd/command.h"
#include "user/cmd/describe.h"
#include "user/cmd/describe_suggestion.h"
#include "user/cmd/sightings.h"
#include "user/kernel/peek.h"
#include "user/output/report.h"
#include "user/output/show.h"

enum { OPTION_PCAP = 1, OPTION_IN };

static const char *capture_path;
static const char *in_interface;

static const struct option own_options[] = {
	{"pcap", required_argument, NULL, OPTION_PCAP},
	{"in", required_argument, NULL, OPTION_IN},
	{0},
};

static bool take_option(int option, const char *value)
{
	if (option == OPTION_PCAP)
		capture_path = value;
	else
		in_interface = value;
	return true;
}

static int show(const struct options *options, const struct state *state,
		const struct sightings *sightings)
{
	const struct image *image = &state->generation.image;
	struct suggestion suggestion;
	json_t *result;
	int err;

	suggestion_init(&suggestion);
	err = suggest(&suggestion, &image->classes, sightings->flows.items,
		      sightings->flows.count);
	if (err) {
		report_error(err, "out of memory");
	} else {
		result = describe_suggestion(image, &suggestion, sightings,
					     state->instance.name);
		if (options->json)
			show_json(json_incref(result));
		else
			print_suggestion(result, image, capture_path);
		json_decref(result);
	}
	suggestion_release(&suggestion);
	return err;
}

static int look(const struct options *options, const struct state *state,
		const struct counters *counters, __u16 iface)
{
	struct sightings sightings = {};
	int err;

	if (capture_path)
		err = sightings_from_capture(&sightings, &state->generation,
					     capture_path, iface);
	else
		err = sightings_from_kernel(&sightings, state, counters);
	if (!err)
		err = show(options, state, &sightings);
	sightings_release(&sightings);
	return err ? EXIT_FAILED : EXIT_DONE;
}

static int run(const struct options *options, int argc, char **argv)
{
	__u16 iface = IFACE_UNKNOWN;
	struct counters counters;
	struct state state;
	int status, index = 0;

	if (argc)
		return command_usage(&cmd_suggest, "what is '%s'?", argv[0]);
	if (in_interface && !capture_path)
		return command_usage(&cmd_suggest, "--in is for --pcap");
	/* Without the lock: a long capture must not hold up a load. */
	if (state_look(&state, &counters, options->instance))
		return EXIT_FAILED;
	if (in_interface) {
		index = describe_find_interface(&state.generation.image.model,
						in_interface);
		iface = IFACE_NUMBER(index);
	}
	if (index < 0)
		status = command_usage(&cmd_suggest,
				       "%s is no interface of instance %s",
				       in_interface, options->instance);
	else
		status = look(options, &state, &counters, iface);
	counters_release(&counters);
	state_close(&state);
	return status;
}

const struct command cmd_suggest = {
	.name = "suggest",
	.arguments = "[--pcap FILE [--in IFACE]]",
	.summary = "propose rules that would pass what was dropped",
	.help = "  --pcap FILE  what the running program would drop of a "
		"capture\n"
		"  --in IFACE   where the captured packets come in (default: "
		"anywhere)\n\n"
		"Prints what to paste into the config after review; changes "
		"nothing. Without\n--pcap it is about the packets since the "
		"last load. A rule is for roles, and so\nlets every address "
		"with these roles do what one was seen to try.\n",
	.options = own_options,
	.option = take_option,
	.run = run,
};
