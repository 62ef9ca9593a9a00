/* SPDX-License-Identifier: GPL-2.0-only */
/* Tallies of all CPUs to counters. */
#include "user/kernel/fold.h"

#include <errno.h>
#include <stdlib.h>

#include <bpf/bpf.h>

#include "user/kernel/tallies.h"

__u32 counters_pair_slots(const struct shape *shape)
{
	return shape->tallies[TALLY_PAIR].mask + (shape->pair_bits ? 1 : 0);
}

__u32 counters_size(const struct shape *shape, enum counter which)
{
	switch (which) {
	case COUNTER_REASON:
		return REASON_COUNTER(shape->tallies[TALLY_REASON].mask + 1, 0,
				      0);
	case COUNTER_RULE:
		return RULE_COUNTER(1U << shape->rule_bits, 0);
	case COUNTER_PAIR:
		return PAIR_COUNTER(counters_pair_slots(shape) + 1, 0);
	case COUNTER_COUNT:
		break;
	}
	return 0;
}

__u32 counters_claim_pair(const struct shape *shape, __u32 *keys, __u32 sclass,
			  __u32 dclass)
{
	__u32 key = PAIR_KEY(sclass, dclass),
	      mask = shape->tallies[TALLY_PAIR].mask;
	__u32 at, held, i;

	if (shape->pair_bits)
		return PAIR_SLOT(shape->pair_bits, sclass, dclass);
	for (i = 0; i < PAIR_PROBES; i++) {
		at = (PAIR_HASH(key) + i) & mask;
		if (at == mask)
			continue;
		held = 0;
		if (__atomic_compare_exchange_n(&keys[at], &held, key, false,
						__ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST) ||
		    held == key)
			return at;
	}
	return mask;
}

static int make_counts(struct counters *counters, const struct shape *shape,
		       int which)
{
	counters->sizes[which] = counters_size(shape, which);
	counters->counts[which] = calloc(counters->sizes[which],
					 sizeof(struct count));
	return counters->counts[which] ? 0 : -ENOMEM;
}

/* What the filter has tallied, as it lies in its memory. */
struct source {
	const struct shape *shape;
	const struct model *model;
	struct mapping memory;
};

static struct count tallied(const struct source *source, enum tally kind,
			    __u32 index)
{
	return tallies_sum(&source->memory, source->shape, kind, index);
}

static void add_to(struct counters *counters, int which, __u32 index,
		   struct count count)
{
	count_add(&counters->counts[which][index], count);
}

static void read_reasons(struct counters *counters, const struct source *source)
{
	__u32 places = source->shape->tallies[TALLY_REASON].mask + 1, number;
	int reason, verdict;

	for (number = 0; number < places; number++)
		for (reason = 0; reason < REASON_COUNT; reason++)
			for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
				add_to(counters, COUNTER_REASON,
				       REASON_COUNTER(number, reason, verdict),
				       tallied(source, TALLY_REASON,
					       REASON_TALLY(number, reason,
							    verdict)));
}

/* A rule by which packets passed is their reason, where it is known where. */
static void read_rules(struct counters *counters, const struct source *source)
{
	static const enum reason reasons[PASSAGE_COUNT] = {
		[PASSAGE_OPENING] = REASON_RULE,
		[PASSAGE_REPLY] = REASON_REPLY,
	};
	__u32 last = source->shape->tallies[TALLY_RULE].mask, number;
	__u32 bits = source->shape->rule_bits, rule;
	struct count count;
	int passage;

	for (number = 0; number <= last; number++)
		for (passage = 0; passage < PASSAGE_COUNT; passage++) {
			count = tallied(source, TALLY_RULE,
					RULE_TALLY(number, passage));
			rule = number & ((1U << bits) - 1);
			add_to(counters, COUNTER_RULE,
			       RULE_COUNTER(rule, passage), count);
			if (source->shape->rules_apart)
				add_to(counters, COUNTER_REASON,
				       REASON_COUNTER(number >> bits,
						      reasons[passage],
						      VERDICT_PASS),
				       count);
		}
}

/* Most slots are for no pair and need not be asked for. */
static bool is_slot_used(const struct counters *counters, __u32 slot)
{
	if (counters->pair_bits)
		return slot < counters->pair_slots;
	return slot == counters->pair_slots || counters->pair_keys[slot];
}

static void read_pair(struct counters *counters, const struct source *source,
		      __u32 slot)
{
	int verdict;

	for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
		add_to(counters, COUNTER_PAIR, PAIR_COUNTER(slot, verdict),
		       tallied(source, TALLY_PAIR, PAIR_TALLY(slot, verdict)));
}

/* Which pair each slot is for, where that is not its number. */
static int read_pair_keys(struct counters *counters, int pair_key)
{
	__u32 zero = 0;

	if (counters->pair_bits)
		return 0;
	counters->pair_keys = calloc(counters->pair_slots + 1,
				     sizeof(*counters->pair_keys));
	if (!counters->pair_keys)
		return -ENOMEM;
	return bpf_map_lookup_elem(pair_key, &zero, counters->pair_keys)
		       ? -errno
		       : 0;
}

static int read_pairs(struct counters *counters, const struct source *source,
		      int pair_key)
{
	__u32 slot;
	int err;

	counters->pair_bits = source->shape->pair_bits;
	counters->pair_slots = counters_pair_slots(source->shape);
	err = read_pair_keys(counters, pair_key);
	for (slot = 0; slot <= counters->pair_slots && !err; slot++)
		if (is_slot_used(counters, slot))
			read_pair(counters, source, slot);
	return err;
}

/* What has no source of a role, and nothing else, tells is its reason and pair. */
static void add_nobody(struct counters *counters, const struct source *source,
		       __u32 number, __u32 dclass, struct count count)
{
	__u32 slot = counters_claim_pair(source->shape, counters->pair_keys,
					 CLASS_NONE, dclass);
	enum verdict verdict = VERDICT_DROP;

	if (!source->model->interfaces.items[number - 1].enforce)
		verdict = VERDICT_WOULD_DROP;
	add_to(counters, COUNTER_REASON,
	       REASON_COUNTER(number, NOBODY_REASON(dclass), verdict), count);
	add_to(counters, COUNTER_PAIR, PAIR_COUNTER(slot, verdict), count);
}

static void read_nobody(struct counters *counters, const struct source *source)
{
	const struct shape *shape = source->shape;
	__u32 last = shape->tallies[TALLY_NOBODY].mask, index;
	struct count count;

	for (index = 1U << shape->class_bits; index <= last; index++) {
		count = tallied(source, TALLY_NOBODY, NOBODY_TALLY(index));
		if (count.packets)
			add_nobody(counters, source, index >> shape->class_bits,
				   index & ((1U << shape->class_bits) - 1),
				   count);
	}
}

int counters_fold(struct counters *counters, const struct shape *shape,
		  const struct model *model, int tallies, int pair_key)
{
	struct source source = {.shape = shape, .model = model};
	int which, err = mapping_open(&source.memory, tallies);

	for (which = 0; which < COUNTER_COUNT && !err; which++)
		err = make_counts(counters, shape, which);
	if (!err)
		err = read_pairs(counters, &source, pair_key);
	if (!err) {
		read_reasons(counters, &source);
		read_rules(counters, &source);
		read_nobody(counters, &source);
	}
	mapping_close(&source.memory);
	return err;
}
