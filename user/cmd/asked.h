/* SPDX-License-Identifier: GPL-2.0-only */
/* The protocol and port of a packet that somebody asks about. */
#ifndef ROLEGATE_USER_ASKED_H
#define ROLEGATE_USER_ASKED_H

#include "user/policy/frame.h"

#define ASKED_PROBLEM_SIZE 128

/*
 * Reads "tcp/5061", "icmp/echo", "icmp/3" or "vrrp" into spec, which has its
 * addresses. Returns 0, or -EINVAL with what is wrong with text in problem, of
 * ASKED_PROBLEM_SIZE bytes, as words that follow it: "needs a port".
 */
int asked_protocol(struct frame_spec *spec, const char *text, char *problem);

#endif
