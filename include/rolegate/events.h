/* SPDX-License-Identifier: GPL-2.0-only */
/* What the filter shows of its drops: events to a watcher, flows that a rule could pass. */
#ifndef ROLEGATE_EVENTS_H
#define ROLEGATE_EVENTS_H

#include <linux/types.h>

#include "rolegate/reasons.h"
#include "rolegate/tables.h"

#define GENERATION_NONE 0xffffffffU

/*
 * What the one watcher of an instance wants to see. The filter makes events
 * only while until lies ahead: a watcher puts it off as long as it lives, so
 * one that is killed is soon forgotten. Filters may let through more than was
 * asked for (classes count for one generation only); never less.
 */
struct watch {
	__u64 until;	  /* CLOCK_MONOTONIC, ns; 0: nobody watches */
	__u32 reasons;	  /* a bit for each enum reason */
	__u32 ifindex;	  /* 0: every interface */
	__u32 rate;	  /* events a second and CPU, in bursts of as many */
	__u32 hz;	  /* jiffies of a second */
	__u32 snaplen;	  /* bytes of the frame, at most EVENT_FRAME_MAX */
	__u32 generation; /* the one that classes belong to, or GENERATION_NONE */
	__u32 family;	  /* of the prefix that one end must lie in; 0: none */
	__u32 address[4];
	__u32 mask[4];
	__u32 has_filters;		 /* others than reasons */
	__u64 classes[CLASSES_MAX / 64]; /* one end must be of these */
};

/* A CPU's budget of events, and what it did not show. */
struct budget {
	__u64 seen;    /* jiffies of the last refill */
	__u64 left;    /* an event costs watch.hz, a jiffy brings watch.rate */
	__u64 limited; /* events beyond the rate */
	__u64 lost;    /* events for which the ring had no room */
};

#define EVENTS_SIZE	(1 << 20) /* bytes of the ring: a multiple of any page */
#define EVENT_FRAME_MAX 2048

/* One drop. Addresses, ports and classes are zero where they are not known. */
struct event {
	__u64 time; /* CLOCK_MONOTONIC, ns */
	__u32 generation;
	__u32 ifindex;
	__u32 length; /* of the frame */
	__u32 caught; /* bytes of it that follow */
	__u32 saddr[4];
	__u32 daddr[4];
	__u16 iface; /* number in the generation, IFACE_UNKNOWN */
	__u16 sclass;
	__u16 dclass;
	__u16 sport; /* as in a slot */
	__u16 dport;
	__u8 reason;
	__u8 verdict; /* VERDICT_DROP, VERDICT_WOULD_DROP */
	__u8 family;  /* 0: no IP header was understood */
	__u8 protocol;
	__u8 slot;
	__u8 tcp_flags;
	__u8 has_classes;
	__u8 pad[5];
	__u8 frame[];
};

/*
 * Flows that were dropped though a rule could pass them, counted by classes,
 * slot and port on each CPU. Buckets are never cleared while a generation
 * lasts: what finds its bucket full is only counted. Ends with and without
 * roles have halves of their own, so that outsiders cannot fill up both.
 */
#define FLOWS_PER_BUCKET 3
#define FLOW_BUCKET_BITS 9 /* of each half */
#define FLOW_BUCKETS	 (2 << FLOW_BUCKET_BITS)
/* So many drops of a pair are noted on each CPU; then one of so many. */
#define FLOW_EXACT	 1024
#define FLOW_SAMPLED	 32

/* How a flow's packet looked; its port is the one that the server has. */
enum flow_kind {
	FLOW_OPENS,
	FLOW_ANSWERS,	/* it seems to answer: the port is its source's */
	FLOW_WRONG_WAY, /* it opens what it may only answer */
	FLOW_KIND_COUNT
};

/* A flow's key: never 0. */
#define FLOW_KEY(sclass, dclass, port, slot, kind, family)               \
	((__u64)(sclass) | (__u64)(dclass) << 16 | (__u64)(port) << 32 | \
	 (__u64)(slot) << 48 | (__u64)(kind) << 56 | (__u64)(family) << 60)
#define FLOW_SCLASS(key) ((__u16)(key))
#define FLOW_DCLASS(key) ((__u16)((key) >> 16))
#define FLOW_PORT(key)	 ((__u16)((key) >> 32))
#define FLOW_SLOT(key)	 ((__u8)((key) >> 48))
#define FLOW_KIND(key)	 ((__u8)((key) >> 56 & 15))
#define FLOW_FAMILY(key) ((__u8)((key) >> 60))

/* Addresses of a flow's first packet, as in struct packet. */
struct flow_sample {
	__u32 saddr[4];
	__u32 daddr[4];
};

struct flow_bucket {
	__u64 keys[FLOWS_PER_BUCKET]; /* 0: free */
	__u64 packets[FLOWS_PER_BUCKET];
	__u64 missed; /* packets of flows that found it full */
	__u64 pad;
	struct flow_sample samples[FLOWS_PER_BUCKET];
	__u64 pad2[4];
};

_Static_assert(REASON_COUNT <= 32, "reasons are bits of a word");
_Static_assert(sizeof(struct watch) == 72 + CLASSES_MAX / 8, "watch");
_Static_assert(sizeof(struct budget) == 32, "budget");
_Static_assert(sizeof(struct event) == 80, "event without frame");
_Static_assert(sizeof(struct flow_bucket) == 192, "three cache lines");

#endif
