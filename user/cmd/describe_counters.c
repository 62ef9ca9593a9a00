/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything counted as JSON: by interface, reason, rule and pair of roles. */
#include "user/cmd/describe_counters.h"

#include "user/cmd/describe.h"
#include "user/output/show.h"
#include "user/policy/reason.h"

static void add(struct count *sum, struct count count)
{
	sum->packets += count.packets;
	sum->bytes += count.bytes;
}

json_t *describe_count(struct count count)
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
			     const char *interface, __u32 number, bool enforce,
			     bool nonzero)
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
		if (!counted && !nonzero && number != IFACE_UNKNOWN)
			add_reason(list, interface, reason,
				   usual_verdict(reason, enforce),
				   (struct count){});
	}
}

static json_t *describe_all_reasons(const struct model *model,
				    const struct counters *counters,
				    bool nonzero)
{
	const struct interface *interface;
	json_t *list = json_array();
	__u32 i;

	for (i = 0; i < model->interfaces.count; i++) {
		interface = &model->interfaces.items[i];
		describe_reasons(list, counters,
				 model_str(model, interface->name),
				 IFACE_NUMBER(i), interface->enforce, nonzero);
	}
	describe_reasons(list, counters, "", IFACE_UNKNOWN, true, nonzero);
	return list;
}

static json_t *describe_all_rules(const struct model *model,
				  const struct counters *counters, bool nonzero)
{
	struct count openings, replies;
	json_t *list = json_array(), *row;
	__u32 i;

	for (i = 0; i < model->rules.count; i++) {
		openings = counters_rule(counters, i, PASSAGE_OPENING);
		replies = counters_rule(counters, i, PASSAGE_REPLY);
		if (nonzero && !openings.packets && !replies.packets)
			continue;
		row = describe_rule(model, &model->rules.items[i]);
		json_object_update_new(row, describe_count(openings));
		json_object_set_new(row, "replies", describe_count(replies));
		json_array_append_new(list, row);
	}
	return list;
}

/*
 * null ends: pairs that have no counter of their own, or no longer. A class that
 * came up after the others were read is left for the next time.
 */
static json_t *describe_ends(const struct image *image,
			     const struct counters *counters, __u32 slot)
{
	__u32 sclass, dclass;

	if (!counters_pair_of(counters, slot, &sclass, &dclass))
		return json_pack("{s:n, s:n}", "from", "to");
	if (sclass >= image->classes.sets.count ||
	    dclass >= image->classes.sets.count)
		return NULL;
	return json_pack(
		"{s:o, s:o}", "from",
		describe_class(&image->model, &image->classes, sclass), "to",
		describe_class(&image->model, &image->classes, dclass));
}

static json_t *describe_pair(const struct image *image,
			     const struct counters *counters, __u32 slot)
{
	struct count sums[VERDICT_COUNT];
	__u64 packets = 0;
	json_t *row;
	int verdict;

	for (verdict = 0; verdict < VERDICT_COUNT; verdict++) {
		sums[verdict] = counters_pair(counters, slot, verdict);
		packets += sums[verdict].packets;
	}
	row = packets ? describe_ends(image, counters, slot) : NULL;
	if (row)
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

json_t *describe_counters(const struct state *state,
			  const struct counters *counters, bool nonzero)
{
	const struct generation *generation = &state->generation;
	const struct model *model = &generation->image.model;
	json_t *result = show_new();

	json_object_update_new(
		result,
		json_pack("{s:s, s:i, s:o, s:o, s:o, s:o}", "instance",
			  state->instance.name, "generation",
			  generation->number, "interfaces",
			  describe_all_interfaces(state, counters), "reasons",
			  describe_all_reasons(model, counters, nonzero),
			  "rules", describe_all_rules(model, counters, nonzero),
			  "pairs", describe_all_pairs(generation, counters)));
	return result;
}
