/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate explain: what the running filter would do with a packet, and why. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "user/cmd/asked.h"
#include "user/cmd/command.h"
#include "user/cmd/describe.h"
#include "user/cmd/explanation.h"
#include "user/kernel/state.h"
#include "user/output/capture.h"
#include "user/output/report.h"
#include "user/output/show.h"
#include "user/policy/frame.h"
#include "user/policy/native.h"
#include "user/policy/number.h"
#include "user/policy/protocol.h"

enum { OPTION_IN = 1, OPTION_SPORT, OPTION_FLAGS, OPTION_PCAP };

#define SPORT_DEFAULT 49152

static const char *in_interface;
static struct frame_spec spec;
static bool has_sport;
static bool has_flags;
static const char *capture_path;
static __u32 frame_number;

static const struct option own_options[] = {
	{"in", required_argument, NULL, OPTION_IN},
	{"sport", required_argument, NULL, OPTION_SPORT},
	{"flags", required_argument, NULL, OPTION_FLAGS},
	{"pcap", required_argument, NULL, OPTION_PCAP},
	{0},
};

static bool take_number(const char *text, int max, __u16 *number)
{
	int value = number_from_str(text, max);

	*number = value;
	return value >= 0;
}

static bool take_flags(const char *text)
{
	has_flags = true;
	return !tcp_flags_from_str(&spec.flags, text);
}

static bool take_option(int option, const char *value)
{
	switch (option) {
	case OPTION_IN:
		in_interface = value;
		return true;
	case OPTION_SPORT:
		has_sport = true;
		return take_number(value, 65535, &spec.sport);
	case OPTION_FLAGS:
		return take_flags(value);
	case OPTION_PCAP:
		capture_path = value;
		return true;
	}
	return false;
}

static int take_arguments(int argc, char **argv)
{
	char problem[ASKED_PROBLEM_SIZE];

	if (argc != 3)
		return command_usage(&cmd_explain,
				     "FROM, TO and PROTO[/PORT] are needed");
	if (prefix_from_address(&spec.from, argv[0]))
		return command_usage(&cmd_explain, "'%s' is no address",
				     argv[0]);
	if (prefix_from_address(&spec.to, argv[1]))
		return command_usage(&cmd_explain, "'%s' is no address",
				     argv[1]);
	if (spec.from.family != spec.to.family)
		return command_usage(&cmd_explain,
				     "%s and %s are not of one family", argv[0],
				     argv[1]);
	if (asked_protocol(&spec, argv[2], problem))
		return command_usage(&cmd_explain, "'%s' %s", argv[2], problem);
	return EXIT_DONE;
}

/* The frame that is asked about. */
struct question {
	struct capture capture; /* where it is from, if one was named */
	struct frame_buffer built;
	const __u8 *frame; /* in one of them */
	long size;
	struct subject_packet subject;
};

static enum exit_status build_frame(struct question *question)
{
	question->size = frame_build(&spec, &question->built);
	question->frame = question->built.bytes;
	return EXIT_DONE;
}

/* Goes to the frame of that number. */
static enum exit_status read_frame(struct question *question)
{
	struct capture *capture = &question->capture;

	if (capture_open(capture, capture_path))
		return EXIT_FAILED;
	do
		question->size = capture_read(capture, &question->frame);
	while (question->size > 0 && capture->number < frame_number);
	if (!question->size)
		report_error(-ENOENT, "%s holds only %u packets", capture_path,
			     capture->number);
	question->subject.number = capture->number;
	return question->size > 0 ? EXIT_DONE : EXIT_FAILED;
}

/* What is shown of the packet: as it was described, or could be read. */
static void parse(struct question *question)
{
	struct subject_packet *subject = &question->subject;
	struct packet *packet = &subject->packet;
	enum reason reason;

	reason = native_parse(question->frame, question->size, packet);
	subject->has_ports = packet->fragment != FRAGMENT_LATER &&
			     (!reason || reason == REASON_BAD_FLAGS);
	if (capture_path)
		return;
	asked_packet(&spec, packet);
	subject->has_ports = true;
}

/* Has the loaded program judge the frame; NULL, reported, if it cannot. */
static json_t *answer(struct question *question,
		      const struct generation *generation)
{
	struct subject_packet *subject = &question->subject;
	struct judge judge = judge_by_program(generation);
	int err;

	parse(question);
	err = judge.judge(&judge, question->frame, question->size,
			  &subject->answer);
	if (!err)
		return explanation(generation, subject);
	report_error(err, "cannot run the program: %s", strerror(-err));
	return NULL;
}

static enum exit_status show(const struct options *options,
			     const struct image *image, json_t *row,
			     const struct subject_packet *subject)
{
	if (options->json)
		show_json(json_incref(row));
	else
		explanation_print(image, row, subject);
	json_decref(row);
	return subject->answer.verdict == VERDICT_PASS ? EXIT_DONE
						       : EXIT_DROPPED;
}

/* --in, if it was given. */
static enum exit_status find_interface(const struct options *options,
				       const struct state *state, __u16 *number)
{
	int index;

	*number = IFACE_UNKNOWN;
	if (!in_interface)
		return EXIT_DONE;
	index = describe_find_interface(&state->generation.image.model,
					in_interface);
	if (index < 0)
		return command_usage(&cmd_explain,
				     "%s is no interface of instance %s",
				     in_interface, options->instance);
	*number = IFACE_NUMBER(index);
	return EXIT_DONE;
}

/* Nobody waits for the one who reads the answer. */
static enum exit_status explain(const struct options *options,
				struct question *question)
{
	struct subject_packet *subject = &question->subject;
	json_t *row = NULL;
	struct state state;
	enum exit_status status;

	if (state_open(&state, options->instance, false))
		return EXIT_FAILED;
	status = find_interface(options, &state, &subject->answer.iface);
	if (status == EXIT_DONE) {
		row = answer(question, &state.generation);
		instance_close(&state.instance);
		status = row ? show(options, &state.generation.image, row,
				    subject)
			     : EXIT_FAILED;
	}
	state_close(&state);
	return status;
}

static int take_number_of_frame(int argc, char **argv)
{
	int number = argc ? number_from_str(argv[0], INT_MAX) : 1;

	if (argc > 1 || number < 1)
		return command_usage(&cmd_explain,
				     "only the packet's number may follow "
				     "--pcap FILE");
	frame_number = number;
	return EXIT_DONE;
}

static int run(const struct options *options, int argc, char **argv)
{
	struct question question = {};
	int status;

	status = capture_path ? take_number_of_frame(argc, argv)
			      : take_arguments(argc, argv);
	if (status != EXIT_DONE)
		return status;
	if (!has_sport)
		spec.sport = SPORT_DEFAULT;
	if (!has_flags)
		take_flags("syn");
	status = capture_path ? read_frame(&question) : build_frame(&question);
	if (status == EXIT_DONE)
		status = explain(options, &question);
	capture_close(&question.capture);
	return status;
}

const struct command cmd_explain = {
	.name = "explain",
	.arguments = "[--in IFACE] [--sport N] [--flags F] FROM TO "
		     "PROTO[/PORT] | [--in IFACE] --pcap FILE [N]",
	.summary = "ask the running program about a packet; counts nothing",
	.help = "  --in IFACE   the packet comes in there (default: anywhere)\n"
		"  --sport N    its source port (default 49152)\n"
		"  --flags F    its TCP flags, like syn or syn,ack (default "
		"syn)\n"
		"  --pcap FILE  a packet of a capture instead, the first or "
		"Nth\n\n"
		"PROTO/PORT is tcp/5061, udp/53, icmp/TYPE, or a protocol's "
		"name or number; TYPE\nis a number or a name that configs may "
		"have, and echo if it is missing.\nExit status 0: pass, 3: drop.\n",
	.options = own_options,
	.option = take_option,
	.run = run,
};
