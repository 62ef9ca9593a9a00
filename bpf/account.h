/* SPDX-License-Identifier: GPL-2.0-only */
/* The one exit: every packet is counted here and leaves with its action. */
#ifndef ROLEGATE_ACCOUNT_H
#define ROLEGATE_ACCOUNT_H

#include "bpf/decide.h"
#include "bpf/flows.h"
#include "bpf/maps.h"
#include "bpf/packet.h"
#include "bpf/watch.h"

/* Beside the weight of a drop as a flow: it may become an event. */
#define WATCHED 0x80000000U

/* Returns how many packets the counter has now. */
static __always_inline __u64 add(struct count *count, __u64 bytes)
{
	count->bytes += bytes;
	return ++count->packets;
}

/*
 * The slot of many classes' pair: its own, one that is free and now its own,
 * or the last one if those are taken.
 */
static __always_inline __u32 claim_pair_slot(__u32 key)
{
	__u32 hash = PAIR_HASH(key), at, i, *held, other;

	for (i = 0; i < PAIR_PROBES; i++) {
		at = (hash + i) & SHAPE(tallies[TALLY_PAIR].mask);
		if (at == SHAPE(tallies[TALLY_PAIR].mask))
			continue;
		held = pair_key_at(at);
		if (*held == key)
			return at;
		if (*held)
			continue;
		other = __sync_val_compare_and_swap(held, 0, key);
		if (!other || other == key)
			return at;
	}
	return SHAPE(tallies[TALLY_PAIR].mask);
}

static __always_inline __u64 pair_slot(const struct decision *decision)
{
	if (SHAPE(pair_bits))
		return SHIFTED(decision->sclass, pair_bits) | decision->dclass;
	return claim_pair_slot(PAIR_KEY(decision->sclass, decision->dclass));
}

/* One packet to be counted, and what its CPU tallies in. */
struct bill {
	void *tallies;
	__u64 bytes;
	enum verdict verdict;
};

static __always_inline struct bill bill_of(enum verdict verdict, __u64 bytes)
{
	return (struct bill){
		.tallies = tallies_of(bpf_get_smp_processor_id()),
		.bytes = bytes,
		.verdict = verdict,
	};
}

static __always_inline enum verdict refusal_of(const struct iface *iface)
{
	return iface->refusal & (VERDICTS_ROOM - 1);
}

static __always_inline void count_reason(const struct bill *bill,
					 const struct iface *iface,
					 enum reason reason)
{
	struct reason_tally *tally = TALLY_OF(bill->tallies, TALLY_REASON,
					      struct reason_tally,
					      iface->number);

	add(&tally->of[reason & (REASONS_ROOM - 1)][bill->verdict],
	    bill->bytes);
}

/* With the reason: that a rule let it pass, or what a rule let pass before. */
static __always_inline void count_rule(const struct bill *bill,
				       const struct iface *iface,
				       const struct decision *decision)
{
	enum passage passage = decision->reason == REASON_REPLY;
	__u64 number = decision->rule;
	struct rule_tally *tally;

	if (SHAPE(rules_apart))
		number |= SHIFTED(iface->number, rule_bits);
	else
		count_reason(bill, iface, decision->reason);
	tally = TALLY_OF(bill->tallies, TALLY_RULE, struct rule_tally, number);
	add(&tally->of[passage], bill->bytes);
}

/* Returns how many there were of the pair with that verdict. */
static __always_inline __u64 count_pair(const struct bill *bill,
					const struct decision *decision)
{
	struct pair_tally *tally = TALLY_OF(bill->tallies, TALLY_PAIR,
					    struct pair_tally,
					    pair_slot(decision));

	return add(&tally->of[bill->verdict], bill->bytes);
}

/* Returns how many there were for that class, at that interface. */
static __always_inline __u64 count_nobody(const struct bill *bill,
					  const struct iface *iface,
					  __u64 dclass)
{
	__u64 number = SHIFTED(iface->number, class_bits) | dclass;

	return add(TALLY_OF(bill->tallies, TALLY_NOBODY, struct count, number),
		   bill->bytes);
}

static __always_inline int account_passed(const struct decision *decision,
					  const struct iface *iface,
					  __u64 bytes)
{
	struct bill bill = bill_of(VERDICT_PASS, bytes);

	if (decision->rule != RULE_NONE)
		count_rule(&bill, iface, decision);
	else
		count_reason(&bill, iface, decision->reason);
	if (decision->has_classes)
		count_pair(&bill, decision);
	return XDP_PASS;
}

_Static_assert((int)VERDICT_DROP == XDP_DROP &&
		       (int)VERDICT_WOULD_DROP == XDP_PASS,
	       "a verdict on what does not conform is its action");

/*
 * A step apart: few drops become an event or are noted as a flow, and nobody
 * else needs everything about them.
 */
__noinline int look_closer(struct xdp_md *ctx, struct decision *decision,
			   __u32 iface, __u32 verdict, __u32 weight)
{
	struct scratch *scratch = value_of(&event_scratch);
	struct packet *packet;
	struct frame frame;

	if (!decision || !scratch)
		return 0;
	packet = &scratch->packet;
	__builtin_memset(packet, 0, sizeof(*packet));
	frame_of(ctx, &frame);
	read_headers(&frame, packet);
	if (weight & ~WATCHED)
		note_flow(packet, decision, weight & ~WATCHED);
	if (weight & WATCHED)
		emit(ctx, packet, &scratch->event, decision, iface, verdict);
	return 0;
}

/* For so much weight as a flow, or as an event. */
static __always_inline void look_if_wanted(struct xdp_md *ctx,
					   const struct decision *decision,
					   __u32 iface, __u32 verdict,
					   __u32 weight)
{
	if (is_watched(decision->reason))
		weight |= WATCHED;
	if (weight) {
		struct decision seen = *decision;

		look_closer(ctx, &seen, iface, verdict, weight);
	}
}

/* Only what does not conform is looked at any closer than by counting. */
static __always_inline int account_refused(struct xdp_md *ctx,
					   const struct decision *decision,
					   const struct iface *iface,
					   __u64 bytes)
{
	struct bill bill = bill_of(refusal_of(iface), bytes);
	__u64 packets = 0;
	__u32 weight = 0;

	count_reason(&bill, iface, decision->reason);
	if (decision->has_classes)
		packets = count_pair(&bill, decision);
	if (needs_rule(decision))
		weight = flow_weight(packets, bill.verdict);
	look_if_wanted(ctx, decision, iface->number, bill.verdict, weight);
	return bill.verdict;
}

/* A step apart: of nobody's packets too few are looked at any closer. */
__noinline int look_at_nobody(struct xdp_md *ctx, __u32 dclass, __u32 iface,
			      __u32 verdict, __u64 packets)
{
	const struct decision decision = {
		.reason = NOBODY_REASON(dclass),
		.has_classes = 1,
		.rule = RULE_NONE,
		.sclass = CLASS_NONE,
		.dclass = dclass,
	};

	look_if_wanted(ctx, &decision, iface, verdict,
		       flow_weight(packets, verdict));
	return 0;
}

/* Of a source without a role, where that is why: it is counted once. */
static __always_inline int account_nobody(struct xdp_md *ctx, __u64 dclass,
					  const struct iface *iface,
					  __u64 bytes)
{
	struct bill bill = bill_of(refusal_of(iface), bytes);
	__u64 packets = count_nobody(&bill, iface, dclass);

	if (flow_weight(packets, bill.verdict) || watch_of()->until)
		look_at_nobody(ctx, dclass, iface->number, bill.verdict,
			       packets);
	return bill.verdict;
}

static __always_inline int account(struct xdp_md *ctx,
				   const struct decision *decision,
				   const struct iface *iface, __u64 bytes)
{
	if (decision->pass)
		return account_passed(decision, iface, bytes);
	return account_refused(ctx, decision, iface, bytes);
}

#endif
