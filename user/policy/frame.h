/* SPDX-License-Identifier: GPL-2.0-only */
/* A described packet as the bytes of a frame. */
#ifndef ROLEGATE_USER_FRAME_H
#define ROLEGATE_USER_FRAME_H

#include <stddef.h>

#include "user/policy/prefix.h"

struct frame_spec {
	struct prefix from; /* both of full length and one family */
	struct prefix to;
	__u8 protocol;
	__u8 flags;  /* TCP */
	__u16 sport; /* TCP, UDP, SCTP */
	__u16 port;  /* the same; ICMP: type */
};

#define FRAME_SIZE_MAX 126

/* As a driver lays it: two bytes ahead, so that IP headers are aligned. */
struct frame_buffer {
	__u8 pad[2];
	__u8 bytes[FRAME_SIZE_MAX];
} __attribute__((aligned(4)));

/*
 * Writes Ethernet, IP and L4 headers without payload; checksums are left
 * zero. Neighbor discovery and MLD have the hop limits that they are sent
 * with. Returns the frame's size, or -EINVAL if the families differ.
 */
int frame_build(const struct frame_spec *spec, struct frame_buffer *frame);

#endif
