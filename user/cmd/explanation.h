/* SPDX-License-Identifier: GPL-2.0-only */
/* Why the filter passes or drops a packet, as JSON and as text. */
#ifndef ROLEGATE_USER_EXPLANATION_H
#define ROLEGATE_USER_EXPLANATION_H

#include <stdbool.h>

#include <jansson.h>

#include "bpf/packet.h"
#include "user/kernel/generation.h"

/* A packet that was judged. */
struct subject_packet {
	struct packet packet; /* as described, or what could be read of it */
	bool has_ports;	      /* and these, or its type, were */
	struct explain answer;
	__u32 number; /* in its capture; 0: it was described */
};

/*
 * {"verdict", "reason", "rule", "enforce", "from", "to", "nearest", "differs",
 * "allow", "advice", ...}: see rolegate(8). The verdict is the policy's; where
 * "enforce" is false, what it would drop passes.
 */
json_t *explanation(const struct generation *generation,
		    const struct subject_packet *subject);

void explanation_print(const struct image *image, const json_t *explanation,
		       const struct subject_packet *subject);

#endif
