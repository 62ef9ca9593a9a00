/* SPDX-License-Identifier: GPL-2.0-only */
/* What the filter knows of one packet, and what it decides about it. */
#ifndef ROLEGATE_PACKET_H
#define ROLEGATE_PACKET_H

#include <linux/types.h>

enum fragment { FRAGMENT_NONE, FRAGMENT_FIRST, FRAGMENT_LATER };

/* Ports are in host order, addresses and the fragment's id as on the wire. */
struct packet {
	__u32 saddr[4] __attribute__((aligned(8))); /* IPv4: the first word */
	__u32 daddr[4];
	__u32 fragment_id;
	__u32 l4;  /* offset of the L4 header in the frame */
	__u32 end; /* offset at which the announced IP length ends */
	__u32 fragment_offset; /* bytes */
	__u32 fragment_length; /* bytes of the datagram that this one carries */
	__u16 sport;	       /* as in a slot of rolegate/tables.h */
	__u16 dport;
	__u8 family; /* 4 or 6 */
	__u8 protocol;
	__u8 slot;
	__u8 fragment; /* enum fragment */
	__u8 tcp_flags;
	__u8 hop_limit;
	__u8 source_route;
	__u8 ext_chain;
};

/* One packet's fate: why, whether the policy lets it pass, by which rule. */
struct decision {
	__u32 reason;	   /* enum reason */
	__u32 pass;	   /* bool */
	__u32 has_classes; /* bool: sclass and dclass are known */
	__u64 rule; /* RULE_NONE, or the rule of reasons rule and reply */
	__u64 sclass;
	__u64 dclass;
};

#endif
