/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets to try in turn, as files, programs of the bench and BPF see them. */
#ifndef ROLEGATE_TESTS_CORPUS_H
#define ROLEGATE_TESTS_CORPUS_H

#include <linux/types.h>

#define CORPUS_MAX 65536 /* packets, a power of two */

/* A file is this and then the packets: tests/bench/workload.py writes it. */
struct corpus_header {
	__u32 family;
	__u32 count; /* a power of two */
};

struct corpus_record {
	__u8 saddr[16]; /* network order, IPv4 in the first 4 */
	__u8 daddr[16];
	__u16 sport; /* host order */
	__u16 dport;
	__u8 tcp_flags;
	__u8 passes; /* what the policy says of it */
	__u8 pad[2];
};

/*
 * What differs between the packets of a corpus, ready to be stored into the
 * frame. A store is as wide as the widest load of the filter, or the load
 * would wait for it to leave the store buffer.
 */
struct corpus_end {
	__u32 ports;
	__u16 tcp; /* data offset and flags */
	__u16 pad;
};

struct corpus_v4 {
	__u64 addresses;
	struct corpus_end end;
};

struct corpus_v6 {
	__u64 addresses[4];
	struct corpus_end end;
};

/* Which packet is next. */
struct corpus_cursor {
	__u32 next;
	__u32 mask; /* count - 1 */
	__u32 family;
	__u32 pad;
};

/* A frame as it is sent; the rest is not. */
struct corpus_frame {
	__u8 bytes[64];
};

#define CORPUS_V4_ADDRESSES 26 /* offsets into a frame */
#define CORPUS_V4_L4	    34
#define CORPUS_V4_SIZE	    54
#define CORPUS_V6_ADDRESSES 22
#define CORPUS_V6_L4	    54
#define CORPUS_V6_SIZE	    74
#define CORPUS_TCP	    12 /* of the L4 header */

_Static_assert(sizeof(struct corpus_record) == 40, "record of the files");
_Static_assert(sizeof(struct corpus_v4) == 16, "four in a cache line");
_Static_assert(sizeof(struct corpus_v6) == 40, "no padding");

#endif
