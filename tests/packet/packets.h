/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets as the tests describe them, and configs loaded for them. */
#ifndef ROLEGATE_TESTS_PACKETS_H
#define ROLEGATE_TESTS_PACKETS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include "user/kernel/generation.h"
#include "user/policy/diag.h"
#include "user/policy/model.h"
#include "user/policy/tables.h"

#define CHAIN_MAX 12
#define POKES_MAX 4
#define WIRE_MAX  4096

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
	const struct packet_spec *quote; /* ICMP: instead of a payload */
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

/* A config in the kernel, attached nowhere. */
struct subject {
	struct model model;
	struct tables tables;
	struct diag diag;
	struct generation generation; /* programs and counters only */
	struct filter_bpf *skeleton;
};

/*
 * Loads a config file, or the text of one. Complaints go to standard error.
 * Returns 0 or negative errno; -EINVAL and -E2BIG: the config is wrong. To be
 * released in any case.
 */
int subject_load(struct subject *subject, const char *path);
int subject_load_text(struct subject *subject, const char *text);
void subject_release(struct subject *subject);

/*
 * Asks the twin program; of a frame too short for the kernel to run, native
 * code. Only iface and track of answer are read. Returns 0 or negative errno.
 */
int subject_ask(const struct subject *subject, const void *frame, size_t size,
		struct explain *answer);

/* Asks native code, with the frame in memory of its own. */
void subject_ask_natively(const struct subject *subject, const void *frame,
			  size_t size, struct explain *answer);

/* Runs the filter as on that interface; returns the action or -errno. */
int subject_filter(const struct subject *subject, __u32 ifindex,
		   const void *frame, size_t size);

#endif
