/* SPDX-License-Identifier: GPL-2.0-only */
/* A drop that was seen, as JSON and as a line of text. */
#ifndef ROLEGATE_USER_DESCRIBE_EVENT_H
#define ROLEGATE_USER_DESCRIBE_EVENT_H

#include <jansson.h>

#include "rolegate/events.h"
#include "user/policy/image.h"

/* An address of struct packet as a prefix of full length. */
struct prefix event_address(__u8 family, const __u32 *words);

/* ["syn", "ack"] */
json_t *describe_flags(__u8 flags);

/*
 * {"time", "interface", "verdict", "reason", "from", "to", "protocol", ...};
 * clock is what CLOCK_REALTIME is ahead of the event's clock. image may be
 * NULL: then roles are not known.
 */
json_t *describe_event(const struct event *event, const struct image *image,
		       __u64 clock);

/* Prints what describe_event() made as one line. */
void print_event(const json_t *described, const struct event *event,
		 __u64 clock);

#endif
