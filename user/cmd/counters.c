/* SPDX-License-Identifier: GPL-2.0-only */
/* rolegate counters: packets by interface, reason, rule and pair of roles. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/cmd/command.h"
#include "user/cmd/describe.h"
#include "user/kernel/attach.h"
#include "user/kernel/counters.h"
#include "user/kernel/state.h"
#include "user/output/report.h"
#include "user/output/show.h"
#include "user/policy/reason.h"

enum { OPTION_WATCH = 1, OPTION_NONZERO };

static unsigned int watch_seconds;
static bool is_nonzero;

static const struct option own_options[] = {
	{"watch", optional_argument, NULL, OPTION_WATCH},
	{"nonzero", no_argument, NULL, OPTION_NONZERO},
	{0},
};

static bool take_option(int option, const char *value)
{
	char *end = NULL;

	if (option == OPTION_NONZERO) {
		is_nonzero = true;
		return true;
	}
	watch_seconds = value ? strtoul(value, &end, 10) : 1;
	return watch_seconds > 0 && watch_seconds < 86400 && !(end && *end);
}

static void add(struct count *sum, struct count count)
{
	sum->packets += count.packets;
	sum->bytes += count.bytes;
}

static json_t *describe_count(struct count count)
{
	return json_pack("{s:I, s:I}", "packets", (json_int_t)count.packets,
			 "bytes", (json_int_t)count.bytes);
}

/* What passed, what was dropped, and what of the passed was only observed. */
static void add_verdicts(json_t *row, const struct count sums[VERDICT_COUNT])
{
	struct count passed = sums[VERDICT_PASS];

	add(&passed, sums[VERDICT_WOULD_DROP]);
	json_object_set_new(row, "pass", describe_count(passed));
	json_object_set_new(row, "drop", describe_count(sums[VERDICT_DROP]));
	json_object_set_new(row, "would_drop",
			    describe_count(sums[VERDICT_WOULD_DROP]));
}

static void sum_interface(const struct counters *counters, __u32 number,
			  struct count sums[VERDICT_COUNT])
{
	int reason, verdict;

	for (reason = 0; reason < REASON_COUNT; reason++)
		for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
			add(&sums[verdict],
			    counters_reason(counters, number, reason, verdict));
}

static json_t *describe_all_interfaces(const struct state *state,
				       const struct counters *counters)
{
	json_t *list = describe_interfaces(&state->instance,
					   &state->generation);
	json_t *row;
	size_t i;

	json_array_foreach (list, i, row) {
		struct count sums[VERDICT_COUNT] = {};

		sum_interface(counters, IFACE_NUMBER(i), sums);
		add_verdicts(row, sums);
	}
	return list;
}

static void add_reason(json_t *list, const char *interface, int reason,
		       int verdict, struct count count)
{
	json_array_append_new(
		list, json_pack("{s:s, s:s, s:s, s:I, s:I}", "reason",
				reason_name(reason), "interface", interface,
				"verdict", verdict_name(verdict), "packets",
				(json_int_t)count.packets, "bytes",
				(json_int_t)count.bytes));
}

/* The verdict that a reason mostly comes with. */
static int usual_verdict(int reason, bool enforce)
{
	switch (reason) {
	case REASON_NEIGHBOR:
	case REASON_NON_IP:
	case REASON_RELATED:
	case REASON_RULE:
	case REASON_REPLY:
		return VERDICT_PASS;
	}
	return enforce ? VERDICT_DROP : VERDICT_WOULD_DROP;
}

/* Every verdict that was counted; the usual one even if nothing was. */
static void describe_reasons(json_t *list, const struct counters *counters,
			     const char *interface, __u32 number, bool enforce)
{
	int reason, verdict, counted;
	struct count count;

	for (reason = REASON_NONE + 1; reason < REASON_COUNT; reason++) {
		counted = 0;
		for (verdict = 0; verdict < VERDICT_COUNT; verdict++) {
			count = counters_reason(counters, number, reason,
						verdict);
			if (!count.packets)
				continue;
			add_reason(list, interface, reason, verdict, count);
			counted++;
		}
		if (!counted && !is_nonzero && number != IFACE_UNKNOWN)
			add_reason(list, interface, reason,
				   usual_verdict(reason, enforce),
				   (struct count){});
	}
}

static json_t *describe_all_reasons(const struct model *model,
				    const struct counters *counters)
{
	const struct interface *interface;
	json_t *list = json_array();
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++) {
		interface = &model->interfaces.items[i];
		describe_reasons(list, counters,
				 model_str(model, interface->name),
				 IFACE_NUMBER(i), interface->enforce);
	}
	describe_reasons(list, counters, "", IFACE_UNKNOWN, true);
	return list;
}

static json_t *describe_all_rules(const struct model *model,
				  const struct counters *counters)
{
	struct count openings, replies;
	json_t *list = json_array(), *row;
	__u32 i;

	for (i = 0; i < model->rules.count; i++) {
		openings = counters_rule(counters, i, PASSAGE_OPENING);
		replies = counters_rule(counters, i, PASSAGE_REPLY);
		if (is_nonzero && !openings.packets && !replies.packets)
			continue;
		row = describe_rule(model, &model->rules.items[i]);
		json_object_update_new(row, describe_count(openings));
		json_object_set_new(row, "replies", describe_count(replies));
		json_array_append_new(list, row);
	}
	return list;
}

/* null ends: the pairs for which there was no counter left. */
static json_t *describe_pair(const struct image *image,
			     const struct counters *counters, __u32 slot)
{
	struct count sums[VERDICT_COUNT];
	__u32 sclass, dclass;
	__u64 packets = 0;
	json_t *row;
	int verdict;

	for (verdict = 0; verdict < VERDICT_COUNT; verdict++) {
		sums[verdict] = counters_pair(counters, slot, verdict);
		packets += sums[verdict].packets;
	}
	if (!packets)
		return NULL;
	if (counters_pair_of(counters, slot, &sclass, &dclass))
		row = json_pack(
			"{s:o, s:o}", "from",
			describe_class(&image->model, &image->classes, sclass),
			"to",
			describe_class(&image->model, &image->classes, dclass));
	else
		row = json_pack("{s:n, s:n}", "from", "to");
	add_verdicts(row, sums);
	return row;
}

/* Only pairs that were seen: there are too many others. */
static json_t *describe_all_pairs(const struct generation *generation,
				  const struct counters *counters)
{
	json_t *list = json_array(), *row;
	__u32 slot;

	for (slot = 0; slot <= counters->pair_slots; slot++) {
		row = describe_pair(&generation->image, counters, slot);
		if (row)
			json_array_append_new(list, row);
	}
	return list;
}

static json_t *describe(const struct state *state,
			const struct counters *counters)
{
	const struct model *model = &state->generation.image.model;
	json_t *result = show_new();

	json_object_update_new(
		result,
		json_pack("{s:s, s:i, s:o, s:o, s:o, s:o}", "instance",
			  state->instance.name, "generation",
			  state->generation.number, "interfaces",
			  describe_all_interfaces(state, counters), "reasons",
			  describe_all_reasons(model, counters), "rules",
			  describe_all_rules(model, counters), "pairs",
			  describe_all_pairs(&state->generation, counters)));
	return result;
}

static void print(const json_t *result)
{
	static const struct column interfaces[] = {
		{"INTERFACE", "name", false},
		{"MODE", "mode", false},
		{"ENFORCING", "enforce", false},
		{"PASSED", "pass.packets", true},
		{"BYTES", "pass.bytes", true},
		{"DROPPED", "drop.packets", true},
		{"BYTES", "drop.bytes", true},
		{"WOULD DROP", "would_drop.packets", true},
	};
	static const struct column reasons[] = {
		{"REASON", "reason", false},
		{"INTERFACE", "interface", false},
		{"VERDICT", "verdict", false},
		{"PACKETS", "packets", true},
		{"BYTES", "bytes", true},
	};
	static const struct column rules[] = {
		{"RULE", "name", false},
		{"FROM", "from", false},
		{"TO", "to", false},
		{"MATCH", "match", false},
		{"PACKETS", "packets", true},
		{"BYTES", "bytes", true},
		{"REPLIES", "replies.packets", true},
		{"BYTES", "replies.bytes", true},
	};
	static const struct column pairs[] = {
		{"FROM ROLES", "from", false},
		{"TO ROLES", "to", false},
		{"PASSED", "pass.packets", true},
		{"DROPPED", "drop.packets", true},
		{"WOULD DROP", "would_drop.packets", true},
	};

	show_table(json_object_get(result, "interfaces"), interfaces, 8);
	putchar('\n');
	show_table(json_object_get(result, "reasons"), reasons, 5);
	putchar('\n');
	show_table(json_object_get(result, "rules"), rules, 8);
	putchar('\n');
	show_table(json_object_get(result, "pairs"), pairs, 5);
}

/* Opens anew each time: what is loaded may have been replaced meanwhile. */
static int show_once(const struct options *options)
{
	struct counters counters;
	struct state state;
	json_t *result;
	int err;

	if (state_open(&state, options->instance, false))
		return EXIT_FAILED;
	counters_init(&counters);
	err = counters_read(&counters, &state.generation);
	if (err) {
		report_error(err, "cannot read the counters: %s",
			     strerror(-err));
	} else {
		result = describe(&state, &counters);
		if (options->json) {
			show_json(result);
		} else {
			print(result);
			json_decref(result);
		}
	}
	counters_release(&counters);
	state_close(&state);
	return err ? EXIT_FAILED : EXIT_DONE;
}

static int run(const struct options *options, int argc, char **argv)
{
	int status;
	char *end;

	if (argc == 1 && watch_seconds) {
		watch_seconds = strtoul(argv[0], &end, 10);
		argc = *end || !watch_seconds ? 1 : 0;
	}
	if (argc)
		return command_usage(&cmd_counters, "what is '%s'?", argv[0]);
	status = show_once(options);
	while (watch_seconds && status == EXIT_DONE) {
		fflush(stdout);
		sleep(watch_seconds);
		if (!options->json)
			printf("\033[H\033[2J");
		status = show_once(options);
	}
	return status;
}

const struct command cmd_counters = {
	.name = "counters",
	.arguments = "[--watch [SECONDS]] [--nonzero]",
	.summary = "show packets by interface, reason, rule and pair of roles",
	.help = "  --watch [SECONDS]  show again every second, or SECONDS\n"
		"  --nonzero          leave out what counted nothing\n\n"
		"Under an interface that observes, WOULD DROP tells how many "
		"of the passed\npackets enforcing would have dropped.\n",
	.options = own_options,
	.option = take_option,
	.run = run,
};
