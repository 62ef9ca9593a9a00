/* SPDX-License-Identifier: GPL-2.0-only */
/* The one exit: every packet is counted here and leaves with its action. */
#ifndef ROLEGATE_ACCOUNT_H
#define ROLEGATE_ACCOUNT_H

#include "bpf/decide.h"
#include "bpf/flows.h"
#include "bpf/maps.h"
#include "bpf/packet.h"
#include "bpf/watch.h"

static __always_inline void count_one(void *map, __u32 index, __u32 bytes)
{
	struct count *count = bpf_map_lookup_elem(map, &index);

	if (!count)
		return;
	count->packets++;
	count->bytes += bytes;
}

static __always_inline enum verdict verdict_of(const struct decision *decision,
					       bool enforce)
{
	if (decision->pass)
		return VERDICT_PASS;
	return enforce ? VERDICT_DROP : VERDICT_WOULD_DROP;
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

static __always_inline __u32 pair_slot(__u16 sclass, __u16 dclass)
{
	if (SHAPE(pair_bits))
		return PAIR_SLOT(SHAPE(pair_bits), sclass, dclass) &
		       SHAPE(pair_count_mask);
	return claim_pair_slot(PAIR_KEY(sclass, dclass));
}

/* Counts the packet under its interface, reason, rule and pair of classes. */
static __always_inline void count(const struct decision *decision,
				  const struct iface *iface,
				  enum verdict verdict, __u32 bytes)
{
	__u32 pair;

	count_one(&reason_count,
		  REASON_COUNTER(iface->number, decision->reason, verdict),
		  bytes);
	if (decision->rule != RULE_NONE)
		count_one(&rule_count,
			  RULE_COUNTER(decision->rule,
				       decision->reason == REASON_REPLY),
			  bytes);
	if (decision->has_classes) {
		pair = pair_slot(decision->sclass, decision->dclass);
		count_one(&pair_count, PAIR_COUNTER(pair, verdict), bytes);
	}
}

/* Only what does not conform is looked at any closer than by counting. */
static __always_inline int account(struct xdp_md *ctx,
				   const struct packet *packet,
				   const struct decision *decision,
				   const struct iface *iface, __u32 bytes)
{
	enum verdict verdict = verdict_of(decision, iface->enforce);

	count(decision, iface, verdict, bytes);
	if (verdict == VERDICT_PASS)
		return XDP_PASS;
	if (needs_rule(decision))
		note_flow(ctx, packet, decision);
	show(ctx, decision, iface, verdict);
	return verdict == VERDICT_DROP ? XDP_DROP : XDP_PASS;
}

#endif
