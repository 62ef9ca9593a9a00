/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets as the tests describe them, to bytes. */
#ifndef ROLEGATE_TESTS_PACKETS_H
#define ROLEGATE_TESTS_PACKETS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#define CHAIN_MAX 12
#define POKES_MAX 4
#define WIRE_MAX  65536

enum layer { LAYER_NONE, LAYER_ETHERNET, LAYER_L3, LAYER_L4 };

/* A byte of a finished packet, counted from its layer's header, set wrong. */
struct poke {
	enum layer layer;
	__u8 at;
	__u8 value;
};

/* A packet; what is zero is as a stack would send it. */
struct packet_spec {
	const char *from; /* addresses of one family, NULL: no IP header */
	const char *to;
	__u16 ethertype;       /* 0: by the family */
	__u8 tags;	       /* VLAN tags, 802.1ad outside, 802.1Q inside */
	const char *options;   /* IPv4: hex, padded to words */
	__u8 chain[CHAIN_MAX]; /* IPv6: extension headers up to the first 0 */
	bool hop_by_hop;       /* IPv6: one more, first, whose number is 0 */
	__u8 extension;	       /* their length, as their second byte says it */
	__u8 routing_type;
	__u8 hop_limit; /* 0: 64 */
	int announce;	/* added to the length that the IP header announces */
	bool is_fragment;
	bool more;
	__u16 offset; /* bytes, of a fragment */
	__u32 id;
	__u8 protocol;
	__u16 sport;
	__u16 dport;
	__u8 flags; /* TCP */
	__u8 type;  /* ICMP */
	bool no_l4; /* payload alone */
	size_t payload;
	const struct packet_spec *quote; /* ICMP: before the payload */
	size_t quoted;			 /* bytes of it, 0: all */
	struct poke pokes[POKES_MAX];
	size_t keep; /* the frame's first bytes only, 0: all */
	size_t pad;  /* bytes behind the datagram */
};

/* A frame as a driver lays it: IP headers are aligned without VLAN tags. */
struct wire {
	__u8 ahead[2];
	__u8 bytes[WIRE_MAX];
	size_t l3; /* offsets */
	size_t l4;
	size_t size;
} __attribute__((aligned(4)));

/* Writes the packet; aborts on what cannot be written. */
void packet_build(const struct packet_spec *spec, struct wire *wire);

#endif
