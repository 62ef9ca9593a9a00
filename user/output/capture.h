/* SPDX-License-Identifier: GPL-2.0-only */
/* Capture files (pcap): frames written to one, and read from one. */
#ifndef ROLEGATE_USER_CAPTURE_H
#define ROLEGATE_USER_CAPTURE_H

#include <stddef.h>

#include <linux/types.h>

struct pcap;
struct pcap_dumper;

/* All zeroes is a closed one. */
struct capture {
	struct pcap *pcap;
	struct pcap_dumper *dumper;
	const char *path;
	int err; /* of the first write that failed, negative */
	int link_type;
	__u32 number; /* of the frame last read, from 1 */
	__u8 *buffer;
	__u8 *frame; /* in the buffer */
};

/*
 * Begins a file of Ethernet frames cut to snaplen bytes, with nanoseconds;
 * "-" is standard output. Reports errors; returns 0 or negative errno.
 */
int capture_create(struct capture *capture, const char *path, __u32 snaplen);

/* Adds a frame of length bytes, of which caught are at hand. */
void capture_write(struct capture *capture, __u64 time_ns, const void *bytes,
		   __u32 caught, __u32 length);

/*
 * Hands what was written to the file. Reports the first error that writing
 * met; returns 0 or it.
 */
int capture_flush(struct capture *capture);

/* Opens a file, "-" being standard input. Reports errors; 0 or -errno. */
int capture_open(struct capture *capture, const char *path);

/*
 * The next frame as an Ethernet frame, valid until the next call: what was cut
 * off is zeroes, other link layers get a header, IP headers are aligned. Returns its size, 0 at the
 * end, or a negative errno, which is reported.
 */
long capture_read(struct capture *capture, const __u8 **frame);

void capture_close(struct capture *capture);

#endif
