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
static __always_inline __u64 add(struct count *count, __u32 bytes)
{
	count->bytes += bytes;
	return ++count->packets;
}

/*
 * The slot of many classes' pair: its own, one that is free and now its own,
 * or the one after the last if those are taken.
 */
static __always_inline __u32 claim_pair_slot(__u32 key)
{
	__u32 hash = PAIR_HASH(key), at, i, *held, other;

	for (i = 0; i < PAIR_PROBES; i++) {
		at = (hash + i) & SHAPE(pair_count_mask);
		held = pair_key_at(at);
		if (*held == key)
			return at;
		if (*held)
			continue;
		other = __sync_val_compare_and_swap(held, 0, key);
		if (!other || other == key)
			return at;
	}
	return SHAPE(pair_count_mask) + 1;
}

static __always_inline __u32 pair_slot(__u32 sclass, __u32 dclass)
{
	if (SHAPE(pair_bits))
		return SHIFTED(sclass, pair_bits) | dclass;
	return claim_pair_slot(PAIR_KEY(sclass, dclass));
}

/* One packet to be counted, and what its CPU counts in. */
struct bill {
	struct count *counters;
	__u32 bytes;
	enum verdict verdict;
};

static __always_inline void count_reason(const struct bill *bill,
					 const struct iface *iface,
					 const struct decision *decision)
{
	__u32 index = REASON_COUNTER(iface->number, decision->reason,
				     bill->verdict);

	add(COUNTER_OF(bill->counters, COUNTER_REASON, index), bill->bytes);
}

static __always_inline void count_rule(const struct bill *bill,
				       const struct decision *decision)
{
	__u32 index = RULE_COUNTER(decision->rule,
				   decision->reason == REASON_REPLY);

	add(COUNTER_OF(bill->counters, COUNTER_RULE, index), bill->bytes);
}

/* Returns how many there were of the pair with that verdict. */
static __always_inline __u64 count_pair(const struct bill *bill,
					const struct decision *decision)
{
	__u32 slot = pair_slot(decision->sclass, decision->dclass);
	__u32 index = PAIR_COUNTER(slot, bill->verdict);

	return add(COUNTER_OF(bill->counters, COUNTER_PAIR, index),
		   bill->bytes);
}

static __always_inline struct bill bill_of(enum verdict verdict, __u32 bytes)
{
	return (struct bill){
		.counters = counters_of(bpf_get_smp_processor_id()),
		.bytes = bytes,
		.verdict = verdict,
	};
}

static __always_inline int account_passed(const struct decision *decision,
					  const struct iface *iface,
					  __u32 bytes)
{
	struct bill bill = bill_of(VERDICT_PASS, bytes);

	count_reason(&bill, iface, decision);
	if (decision->rule != RULE_NONE)
		count_rule(&bill, decision);
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

/* Only what does not conform is looked at any closer than by counting. */
static __always_inline int account_refused(struct xdp_md *ctx,
					   const struct decision *decision,
					   const struct iface *iface,
					   __u32 bytes)
{
	struct bill bill = bill_of(VERDICT_WOULD_DROP - iface->enforce, bytes);
	__u64 packets = 0;
	__u32 weight = 0;

	count_reason(&bill, iface, decision);
	if (decision->has_classes)
		packets = count_pair(&bill, decision);
	if (needs_rule(decision))
		weight = flow_weight(packets, bill.verdict);
	if (is_watched(decision->reason))
		weight |= WATCHED;
	if (weight) {
		struct decision seen = *decision;

		look_closer(ctx, &seen, iface->number, bill.verdict, weight);
	}
	return bill.verdict;
}

static __always_inline int account(struct xdp_md *ctx,
				   const struct decision *decision,
				   const struct iface *iface, __u32 bytes)
{
	if (decision->pass)
		return account_passed(decision, iface, bytes);
	return account_refused(ctx, decision, iface, bytes);
}

#endif
