/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts dropped flows that a rule could pass, so that rules can be proposed. */
#ifndef ROLEGATE_FLOWS_H
#define ROLEGATE_FLOWS_H

#include "bpf/apart.h"
#include "bpf/maps.h"
#include "bpf/packet.h"
#include "bpf/seems.h"
#include "rolegate/events.h"

/* Would some rule let it pass? Reasons found before the rules were asked: no. */
static __always_inline bool needs_rule(const struct decision *decision)
{
	return decision->reason >= REASON_DIRECTION &&
	       decision->reason <= REASON_PORT;
}

static __always_inline __u64 flow_key(const struct packet *packet,
				      const struct decision *decision)
{
	enum flow_kind kind = flow_kind_of(packet, decision->reason);

	return FLOW_KEY(decision->sclass, decision->dclass,
			flow_port_of(packet, kind), packet->slot, kind,
			packet->family);
}

/* Fibonacci hashing within the half of who has roles, or of who has none. */
static __always_inline __u32 flow_index(__u64 key,
					const struct decision *decision)
{
	bool has_roles = decision->sclass && decision->dclass;
	__u32 hash = key * 0x9e3779b97f4a7c15ULL >> (64 - FLOW_BUCKET_BITS);

	return has_roles << FLOW_BUCKET_BITS | hash;
}

static __always_inline void claim(struct flow_bucket *bucket, int i, __u64 key,
				  const struct packet *packet)
{
	int word;

	bucket->keys[i] = key;
	for (word = 0; word < 4; word++) {
		bucket->samples[i].saddr[word] = packet->saddr[word];
		bucket->samples[i].daddr[word] = packet->daddr[word];
	}
}

static __always_inline void add_to_flow(struct flow_bucket *bucket, __u64 key,
					const struct packet *packet,
					__u32 weight)
{
	int i;

	for (i = 0; i < FLOWS_PER_BUCKET; i++) {
		if (!bucket->keys[i])
			claim(bucket, i, key, packet);
		if (bucket->keys[i] == key) {
			bucket->packets[i] += weight;
			return;
		}
	}
	bucket->missed += weight;
}

/* Notes a dropped packet for so many like it. */
static __always_inline void note_flow(const struct packet *packet,
				      const struct decision *decision,
				      __u32 weight)
{
	__u64 key = flow_key(packet, decision);
	__u32 index = flow_index(key, decision);

	add_to_flow(flow_bucket_at(bpf_get_smp_processor_id(), index), key,
		    packet, weight);
}

/*
 * For how many packets this one is noted, so many having been dropped between
 * its two classes. What is only observed is noted each time, and so is the
 * beginning of everything; a flood is not worth more than a sample.
 */
static __always_inline __u32 flow_weight(__u64 packets, enum verdict verdict)
{
	if (packets <= FLOW_EXACT || verdict == VERDICT_WOULD_DROP)
		return 1;
	return packets % FLOW_SAMPLED ? 0 : FLOW_SAMPLED;
}

#endif
