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
 *   link   = link table [cell]                   rule and source ports, unless
 *                                                the cell is the rule itself
 *
 * Every table is an array whose size is a power of two, so that an index masked
 * with its frozen mask cannot leave it. All of them lie in one map, so that a
 * packet looks for them only once.
 */
enum table_id {
	TABLE_V4_ROOT,
	TABLE_V4_FILTER,
	TABLE_V4_GROUP,
	TABLE_V4_RUNS,
	TABLE_V4_BLOCK,
	TABLE_V4_LINE,
	TABLE_V4_HOST,
	TABLE_V6_BASE,
	TABLE_V6_FILTER32,
	TABLE_V6_FILTER48,
	TABLE_V6_SLOT,
	TABLE_CLASS,
	TABLE_PORT_ROOT,
	TABLE_PORT_BLOCK,
	TABLE_PAIR,
	TABLE_ROW,
	TABLE_CELL,
	TABLE_LINK,
	TABLE_COUNT
};

/* Where a table begins: so that each can be mapped by itself. */
#define TABLE_ALIGNMENT 4096
/* The verifier follows no offset beyond. */
#define TABLES_SIZE_MAX (1U << 29)

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

/*
 * IPv4: a slot of the root (upper 16 bits) holds a class, or the first of a
 * group of slots, one for each /24 in it. Such a slot holds a class, or says
 * where to look on: in a block of classes, one for each address, or, if only
 * a few of them differ, in the host table. The caches hold so small a root.
 * Where prefixes are many, it is for the upper 18 bits, and its slots lead to
 * runs (V4_SECTION), which take a tenth of the memory and so of the pages.
 */
#define V4_BLOCK      256	  /* classes of a block */
#define V4_IS_DIVIDED 0x80000000U /* the rest is the first slot of a group, */
#define V4_IS_RUNS    0x10000000U /* or, with this too, the bounds of runs, */
#define V4_IS_BLOCK   0x40000000U /* or the first class of a block, */
#define V4_IS_HOSTS   0x20000000U /* or the class of all but hosts. */
#define V4_LOOK_ON    (V4_IS_DIVIDED | V4_IS_RUNS | V4_IS_BLOCK | V4_IS_HOSTS)

/*
 * The /24s of a slot of the root by 18 bits, neighbours with the same slot as
 * one run. All lies in one cache line, where a group has four:
 *
 *   __u64 bounds      bytes: the first /24 of each run but run 0
 *   __u16 runs[]      a class, or V4_RUN_LOOKS_ON | where, from bounds on,
 *   __u32 further[]   the run's slot lies that says where to look on
 */
#define V4_SECTION	64
#define V4_RUNS		9     /* more are a group */
#define V4_RUNS_SIZE	16    /* halves of words at most, a power of two */
#define V4_NO_BOUND	0x7fU /* there is no such run */
#define V4_RUN_LOOKS_ON 0x8000U
#define V4_EACH_BOUND	0x0101010101010101ULL
#define V4_NO_BOUNDS	(V4_NO_BOUND * V4_EACH_BOUND)

/*
 * Where very many /24s are of several classes, one of few is in as few cache
 * lines as can be, mostly one, and nothing is in the host table. Of each
 * address a bit tells whether it has a class of its own, all others having the
 * first one, or, if the slot says so, whether the class changes there. So many
 * bits as are set up to that of an address are the number of its class.
 */
struct v4_line {
	__u32 bits[8];
	__u8 before[8];	  /* how many are set in the words before */
	__u8 classes[24]; /* and those of the lines behind */
};

#define V4_IS_LINE	   V4_IS_HOSTS /* the rest is the first line */
#define V4_LINE_OF_CHANGES V4_IS_RUNS
#define V4_LINE_CLASSES	   88 /* two lines hold so many */

/*
 * There also, a word for each /16 has a bit for each /22 in it, which is set if
 * some address there may have a class. It spares most of a flood the way to its
 * slots, of which no cache would hold all.
 */
#define V4_FILTER_SHIFT 10

/* A bucket of the host table: entries from the first on, 0 is free. */
#define V4_BUCKET  2
#define V4_HOST_AT 31 /* (address << 1 | 1) << this | class, or 0 */

/*
 * IPv6: a hash of (prefix, length) to class, searched from the longest length
 * that the filters let expect. A filter holds for everything below a bucket of
 * 32 or 48 leading bits which lengths there are; too many do no harm.
 */
#define V6_PROBES	 32 /* slots that one hash may use; */
#define V6_NEAR		 2 /* so many of them are in the first one's cache line */
/* A fuller hash is slow. */
#define V6_USABLE(slots) ((slots) / 4 * 3)

/* An address as two numbers in host order. */
struct v6_address {
	__u64 high;
	__u64 low;
};

struct v6_key {
	struct v6_address prefix;
	__u64 length; /* V6_LENGTH */
};

#define V6_IS_HELD 0x80000000U /* this | class */

struct v6_slot {
	struct v6_key key;
	__u32 value; /* 0 is free */
	__u32 pad;
};

/* Lengths as bits, the longest lowest: see V6_BIT. */
struct v6_lengths {
	__u64 high; /* 128 .. 65 */
	__u64 low;  /* 64 .. 1 */
};

#define V6_BIT(length) (1ULL << (63 - ((length)-1) % 64))

/*
 * A filter has both in one word, 128 .. V6_LONG_IN_* below and 64 .. 32 or 48
 * above; of those between, which hardly anybody has, it knows nothing.
 */
#define V6_LONG_IN_32 98
#define V6_LONG_IN_48 82
#define V6_HIGH_IN_32 (128 - V6_LONG_IN_32 + 1)
#define V6_HIGH_IN_48 (128 - V6_LONG_IN_48 + 1)
#define V6_BIT_IN(length, high) \
	((length) > 64 ? V6_BIT(length) : V6_BIT(length) << (high))

/* A length in a key: a number that the search has at hand anyway. */
#define V6_LENGTH(length) ((length) > 64 ? ~V6_BIT(length) : V6_BIT(length))

/* What holds for all of IPv6. */
struct v6_base {
	struct v6_lengths unfiltered; /* of which filter32 knows nothing */
	struct v6_lengths all;	      /* that are in use */
	__u32 class;		      /* of ::/0 */
	__u32 pad;
};

#define PORT_BLOCK     256
#define PORT_ROOT_ROOM 2048 /* SLOT_COUNT * 256 as a power of two */

#define CELL_BLOCK 16

#define CLASSES_MAX 32768
#define CLASSES_UNGROUPED \
	1800		    /* so many need no groups, see struct class_entry */
#define PAIR_BITS_MAX	 24 /* of both groups together */
#define ROLES_MAX	 1024
#define RULES_MAX	 4096
/* Alternatives by source port for one packet; few rules overlap so much. */
#define LINKS_WALKED_MAX 32
#define LINKS_MAX	 32768
/* Of a cell: the rest is a rule, whatever the source port, and no link. */
#define CELL_IS_RULE	 0x8000U

#define CLASS_NONE 0 /* the class of an address without a role */
#define ROW_NONE   0 /* no rule between two classes */
#define LINK_NONE  0 /* no rule, or no further one */
#define RULE_NONE  0xffffU

/*
 * What the policy knows of a class. Classes that may open by the same rules,
 * or be opened by the same, are of one group. Where classes are many, pairs are
 * of groups: overlapping roles do not multiply pairs.
 */
struct class_entry {
	__u64 ifaces;	   /* bits: interfaces at which it may be a source */
	__u16 from;	   /* group by the rules that it may open by */
	__u16 to;	   /* group by the rules that lead to it */
	__u32 from_nobody; /* bool: some of what has no role may pass to it */
};

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
	__u16 number;	   /* 1 .. IFACES_MAX - 1 */
	__u8 refusal;	   /* enum verdict: on what does not conform */
	__u8 was_filtered; /* also by the generation before a trial */
};

/*
 * A generation on trial decides until the deadline; from then on the one
 * before it does. 0: not yet, or no longer. TRIAL_KEPT: confirmed.
 */
struct trial {
	__u64 deadline; /* CLOCK_BOOTTIME, ns */
};

#define TRIAL_KEPT (~0ULL)

enum icmp_errors { ICMP_ERRORS_RELATED, ICMP_ERRORS_DROP, ICMP_ERRORS_PASS };

/*
 * What a plain frame holds at least: Ethernet, IPv4 and TCP headers. No frame's
 * first buffer is known to hold more than 64 KiB.
 */
#define PLAIN_LEAST 54
#define PLAIN_NONE  0xffff

/* Packets and bytes; a byte count starts at the Ethernet header. */
struct count {
	__u64 packets;
	__u64 bytes;
};

enum passage { PASSAGE_OPENING, PASSAGE_REPLY, PASSAGE_COUNT };

/*
 * What each CPU tallies, in arrays of structures. A packet is added to at most
 * three counts, from which all counters follow (user/kernel/fold.c).
 */
enum tally {
	TALLY_REASON, /* by interface; passed by rules unless rules_apart */
	TALLY_RULE,   /* by rule, and by interface if rules_apart */
	TALLY_PAIR,   /* by slot of a pair, but for what nobody sends */
	TALLY_NOBODY, /* by interface and target's class */
	TALLY_COUNT
};

/* Why nothing passes from who has no role to a class without from_nobody. */
#define NOBODY_REASON(dclass) \
	((dclass) == CLASS_NONE ? REASON_STRANGER : REASON_UNKNOWN_SOURCE)

/* Powers of two: such an array's elements are found by a shift. */
#define REASONS_ROOM  32
#define VERDICTS_ROOM 4

struct reason_tally {
	struct count of[REASONS_ROOM][VERDICTS_ROOM];
};

struct rule_tally {
	struct count of[PASSAGE_COUNT];
};

struct pair_tally {
	struct count of[VERDICTS_ROOM];
};

/* Where a kind is in a CPU's part of all, and its last number. */
struct tally_shape {
	__u32 first; /* bytes */
	__u32 mask;
};

/*
 * Everything fixed when a generation is loaded: constants of the program, see
 * rolegate/immediates.h. All are words; they are below 1 << 31, or only their
 * lower half is used.
 */
struct shape {
	__u32 offset[TABLE_COUNT]; /* of each table in the map, bytes */
	__u32 v4_shift;		   /* an address to its slot of the root */
	__u32 v4_within;	   /* a /24 to its slot of a group */
	__u32 v4_has_runs;
	__u32 v4_has_lines;
	__u32 v4_group_mask;
	__u32 v4_runs_mask;
	__u32 v4_block_mask;
	__u32 v4_line_mask;
	__u32 v4_host_shift; /* a hash of 64 bits to its bucket of v4_host, */
	__u32 v6_shift;	     /* and to its slot of v6_slot, */
	__u32 v6_filter32_shift;
	__u32 v6_filter48_shift;
	__u32 v6_mask;	  /* of v6_slot */
	__u32 v6_lengths; /* so many are in use in either half, at most */
	__u32 v6_seed;
	__u32 port_mask;  /* of port_block */
	__u32 class_mask; /* of class_table */
	__u32 unnamed;	  /* sources of a class below it may be nobody: 1, or 0
			  where a count for each target's class is too much */
	__u32 has_groups; /* pairs are of groups, not of classes */
	__u32 has_places; /* some interface expects only certain sources */
	__u32 to_bits;	  /* a group by rules that lead to it fits into these */
	__u32 pair_mask;
	__u32 pair_bits; /* of a class in a slot's number; 0: see pair_key */
	/* Left to who knows the machine's CPUs: */
	__u32 cpu_mask;
	__u32 tally_stride; /* bytes from one CPU's tallies to the next one's */
	struct tally_shape tallies[TALLY_COUNT];
	__u32 rules_apart; /* rules are tallied at each interface */
	__u32 rule_bits;   /* of a rule in such a number */
	__u32 class_bits;  /* of a class in a number of TALLY_NOBODY */
	__u32 cell_bits; /* of a class of ports in a cell's number, where a row
			 has its own cells; 0: it has blocks of them, */
	__u32 row_bits;	 /* 1 << row_bits */
	__u32 row_mask;
	__u32 cell_mask;
	__u32 link_mask;
	__u32 iface_seed; /* makes the interfaces' hash free of collisions */
	__u32 generation;
	__u32 strangers_pass;
	__u32 non_ip_pass;
	__u32 fragments_track;
	__u32 icmp_errors; /* enum icmp_errors */
	__u32 closed;	   /* no policy could be loaded: nothing passes */
	__u32 plain_least; /* bytes of a frame that may be plain */
};

/* Where an interface stands among the IFACE_SLOTS. */
#define IFACE_SLOT(ifindex, seed) ((__u32)((ifindex) * (seed)) >> 24)

/* Keys and values of the maps that are not plain arrays of numbers. */
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

/* What users read, and generations carry on, by these indexes. */
enum counter { COUNTER_REASON, COUNTER_RULE, COUNTER_PAIR, COUNTER_COUNT };

#define REASON_COUNTER(number, reason, verdict) \
	(((number)*REASON_COUNT + (reason)) * VERDICT_COUNT + (verdict))
#define RULE_COUNTER(rule, passage) ((rule)*PASSAGE_COUNT + (passage))
#define PAIR_COUNTER(slot, verdict) ((slot)*VERDICT_COUNT + (verdict))

/*
 * Few classes: each pair has a slot of its own. More: pairs are counted in
 * slots that the first packet of a pair claims by writing its key; 0 is free.
 * A pair that finds its slots taken is counted in the last one, which is no
 * pair's own.
 */
#define PAIR_SLOT(bits, sclass, dclass) ((__u32)(sclass) << (bits) | (dclass))
#define PAIR_KEY(sclass, dclass)	(~((__u32)(sclass) << 16 | (dclass)))
#define PAIR_PROBES			8
#define PAIR_HASH(key)			((__u32)((key)*0x9e3779b1U) >> 8)

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
#define LAYOUT_VERSION 9

_Static_assert(sizeof(struct link) == 8, "link table entry");
_Static_assert(sizeof(struct iface) == 8, "interface slot");
_Static_assert(sizeof(struct shape) == 268, "shape");
_Static_assert(sizeof(struct class_entry) == 16, "class table entry");
_Static_assert(sizeof(struct v4_line) == 64, "a cache line");
_Static_assert(sizeof(struct v6_slot) == 32, "two in a cache line");
_Static_assert(sizeof(struct v6_lengths) == 16, "lengths");
_Static_assert(sizeof(struct v6_base) == 40, "IPv6 base");
_Static_assert(sizeof(struct fragment_key) == 40, "fragment key");
_Static_assert(sizeof(struct fragment_value) == 16, "fragment value");
_Static_assert(sizeof(struct count) == 16, "counter");
_Static_assert(sizeof(struct explain) == 12, "metadata is a multiple of 4");

#endif
