/* SPDX-License-Identifier: GPL-2.0-only */
/* The compiled policy as both halves see it: table layouts, limits, settings. */
#ifndef ROLEGATE_TABLES_H
#define ROLEGATE_TABLES_H

#include <linux/types.h>

/*
 * A packet is decided by five small steps, whatever the policy's size:
 *
 *   class  = address table [saddr], [daddr]      an interned set of roles
 *   port   = port table [slot][dport]            a class of (protocol, port)
 *   row    = pair table [class][class]           0: no rule between them
 *   cell   = cell table [row table [row][port / CELL_BLOCK]][port % CELL_BLOCK]
 *   link   = link table [cell]                   rule and source ports
 *
 * Every table is one array whose size is a power of two, so that an index
 * masked with its frozen mask cannot leave it.
 */

/* What a "port" is depends on the protocol; each kind has its own port space. */
enum slot {
	SLOT_TCP,
	SLOT_UDP,
	SLOT_SCTP,
	SLOT_ICMP,   /* IPv4; port: ICMP type */
	SLOT_ICMPV6, /* IPv6; port: ICMPv6 type */
	SLOT_OTHER,  /* port: protocol number */
	SLOT_COUNT
};

#define V4_ROOT_SLOTS 65536	  /* by the address's upper 16 bits */
#define V4_BLOCK      256	  /* slots of a block, by 8 further bits */
#define V4_IS_BLOCK   0x80000000U /* slot holds a block's number, not a class */

#define PORT_BLOCK     256
#define PORT_ROOT_ROOM 2048 /* SLOT_COUNT * 256 as a power of two */

#define CELL_BLOCK 16

/* A class has no number above this: the pair table grows with its square. */
#define CLASSES_MAX	 1024
#define ROLES_MAX	 1024
#define RULES_MAX	 4096
/* Alternatives by source port for one packet; few rules overlap so much. */
#define LINKS_WALKED_MAX 32
#define LINKS_MAX	 65536

#define CLASS_NONE 0 /* the class of an address without a role */
#define ROW_NONE   0 /* no rule between two classes */
#define LINK_NONE  0 /* no rule, or no further one */
#define RULE_NONE  0xffffU

/* One rule that a cell allows, and the next one if the source port differs. */
struct link {
	__u16 rule;
	__u16 sport_low;
	__u16 sport_high;
	__u16 next;
};

/* Interfaces: number 0 stands for an interface that the policy does not know. */
#define IFACES_MAX    64
#define IFACE_UNKNOWN 0
#define IFACE_SLOTS   256

struct iface {
	__u32 ifindex;
	__u16 number; /* 1 .. IFACES_MAX - 1 */
	__u8 enforce;
	__u8 pad;
};

enum icmp_errors { ICMP_ERRORS_RELATED, ICMP_ERRORS_DROP, ICMP_ERRORS_PASS };

/* Everything fixed when a generation is loaded; frozen in the program. */
struct shape {
	__u32 v4_mask;	  /* of v4_block */
	__u32 port_mask;  /* of port_block */
	__u32 class_bits; /* a class fits into these */
	__u32 pair_mask;  /* (1 << 2 * class_bits) - 1 */
	__u32 row_bits;	  /* row blocks a row: 1 << row_bits */
	__u32 row_mask;
	__u32 cell_mask;
	__u32 link_mask;
	__u32 iface_seed; /* makes the interfaces' hash free of collisions */
	__u8 strangers_pass;
	__u8 non_ip_pass;
	__u8 fragments_track;
	__u8 icmp_errors;
};

/* Where an interface stands among the IFACE_SLOTS. */
#define IFACE_SLOT(ifindex, seed) ((__u32)((ifindex) * (seed)) >> 24)

/* Keys and values of the maps that are not plain arrays of numbers. */
struct v6_key {
	__u32 length; /* prefix length in bits, as LPM_TRIE wants it */
	__u8 address[16];
};

struct fragment_key {
	__u32 saddr[4];
	__u32 daddr[4];
	__u32 id;
	__u8 family; /* 4 or 6 */
	__u8 protocol;
	__u16 pad;
};

struct fragment_value {
	__u64 seen;   /* CLOCK_MONOTONIC_COARSE, ns */
	__u32 length; /* bytes of the first fragment's payload */
	__u32 pad;
};

#define FRAGMENTS_MAX	     16384
#define FRAGMENT_LIFETIME_NS 60000000000ULL /* RFC 8200 section 4.5 */

/* Packets and bytes; a byte count starts at the Ethernet header. */
struct count {
	__u64 packets;
	__u64 bytes;
};

/* Indexes of the counter maps. */
enum passage { PASSAGE_OPENING, PASSAGE_REPLY, PASSAGE_COUNT };
#define REASON_COUNTER(number, reason, verdict) \
	(((number)*REASON_COUNT + (reason)) * VERDICT_COUNT + (verdict))
#define RULE_COUNTER(rule, passage) ((rule)*PASSAGE_COUNT + (passage))
#define PAIR_COUNTER(pair, verdict) ((pair)*VERDICT_COUNT + (verdict))

/*
 * The explain program finds its request in the packet's metadata and leaves
 * the answer there: nothing is shared between two that ask at once.
 */
struct explain {
	__u16 iface; /* in: interface number, IFACE_UNKNOWN for none */
	__u8 track;  /* in: let a passed first fragment be remembered */
	__u8 reason;
	__u8 verdict;
	__u8 pad;
	__u16 rule; /* RULE_NONE if no rule decided */
	__u16 sclass;
	__u16 dclass;
};

/* Raised whenever pinned state changes its form; others are refused. */
#define LAYOUT_VERSION 1

_Static_assert(sizeof(struct link) == 8, "link table entry");
_Static_assert(sizeof(struct iface) == 8, "interface slot");
_Static_assert(sizeof(struct shape) == 40, "frozen shape");
_Static_assert(sizeof(struct v6_key) == 20, "LPM_TRIE key");
_Static_assert(sizeof(struct fragment_key) == 40, "fragment key");
_Static_assert(sizeof(struct fragment_value) == 16, "fragment value");
_Static_assert(sizeof(struct count) == 16, "counter");
_Static_assert(sizeof(struct explain) == 12, "metadata is a multiple of 4");

#endif
