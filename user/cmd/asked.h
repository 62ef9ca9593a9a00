/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet that somebody asks about: its protocol and port, and all of it. */
#ifndef ROLEGATE_USER_ASKED_H
#define ROLEGATE_USER_ASKED_H

#include "bpf/packet.h"
#include "user/policy/frame.h"

#define ASKED_PROBLEM_SIZE 128

/*
 * Reads "tcp/5061", "icmp/echo", "icmp/3" or "vrrp" into spec, which has its
 * addresses. Returns 0, or -EINVAL with what is wrong with text in problem, of
 * ASKED_PROBLEM_SIZE bytes, as words that follow it: "needs a port".
 */
int asked_protocol(struct frame_spec *spec, const char *text, char *problem);

/*
 * Gives a packet the addresses, protocol and ports of spec, also where the
 * filter stops reading before them.
 */
void asked_packet(const struct frame_spec *spec, struct packet *packet);

#endif
