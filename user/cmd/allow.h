/* SPDX-License-Identifier: GPL-2.0-only */
/* What a config lacks to let one packet pass. */
#ifndef ROLEGATE_USER_ALLOW_H
#define ROLEGATE_USER_ALLOW_H

#include <stdbool.h>

#include <jansson.h>

#include "bpf/packet.h"
#include "user/policy/image.h"

/* Is it a reason that a rule could change? */
bool allow_by_rule(enum reason reason);

/*
 * The snippet with which the packet passes: a rule, and roles for ends without
 * one. NULL if no rule helps: then allow_advice() says what does. interface is
 * the number of the one that it comes in by, or IFACE_UNKNOWN.
 */
json_t *allow_snippet(const struct image *image, const struct packet *packet,
		      const struct explain *answer, __u32 interface);

/* What to do about a packet that no rule lets pass; NULL if a rule does. */
const char *allow_advice(const struct packet *packet,
			 const struct explain *answer);

#endif
