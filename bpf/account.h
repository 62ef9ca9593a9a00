/* SPDX-License-Identifier: GPL-2.0-only */
/* The one exit: every packet is counted here and leaves with its action. */
#ifndef ROLEGATE_ACCOUNT_H
#define ROLEGATE_ACCOUNT_H

#include "bpf/decide.h"
#include "bpf/maps.h"
#include "bpf/packet.h"

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

/* Counts the packet under its interface, reason, rule and pair of classes. */
static __always_inline int account(const struct decision *decision,
				   const struct iface *iface, __u32 bytes)
{
	enum verdict verdict = verdict_of(decision, iface->enforce);
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
		pair = pair_index(decision->sclass, decision->dclass);
		count_one(&pair_count, PAIR_COUNTER(pair, verdict), bytes);
	}
	return verdict == VERDICT_DROP ? XDP_DROP : XDP_PASS;
}

#endif
