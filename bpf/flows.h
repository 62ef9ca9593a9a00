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
	return !decision->pass && decision->reason >= REASON_DIRECTION &&
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

/*
 * A flow that is new takes a free place. A step apart: it reads the packet
 * again, whose addresses nobody else needs.
 */
__noinline int flow_claim(struct xdp_md *ctx, __u32 index, __u32 place,
			  __u64 key)
{
	struct flow_bucket *bucket = bpf_map_lookup_elem(&flows, &index);
	struct packet packet = {};
	struct frame frame;
	int word;

	if (!bucket || place >= FLOWS_PER_BUCKET)
		return 0;
	frame_of(ctx, &frame);
	parse_l3(&frame, &packet);
	bucket->keys[place] = key;
	for (word = 0; word < 4; word++) {
		bucket->samples[place].saddr[word] = packet.saddr[word];
		bucket->samples[place].daddr[word] = packet.daddr[word];
	}
	return 0;
}

static __always_inline void note_flow(struct xdp_md *ctx,
				      const struct packet *packet,
				      const struct decision *decision)
{
	__u64 key = flow_key(packet, decision);
	__u32 index = flow_index(key, decision), i;
	struct flow_bucket *bucket = bpf_map_lookup_elem(&flows, &index);

	if (!bucket)
		return;
	for (i = 0; i < FLOWS_PER_BUCKET; i++) {
		if (!bucket->keys[i])
			flow_claim(ctx, index, i, key);
		if (bucket->keys[i] == key) {
			bucket->packets[i]++;
			return;
		}
	}
	bucket->missed++;
}

#endif
