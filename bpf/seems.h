/* SPDX-License-Identifier: GPL-2.0-only */
/* Which end of a dropped packet's flow probably opened it. */
#ifndef ROLEGATE_SEEMS_H
#define ROLEGATE_SEEMS_H

#include <stdbool.h>

#include "bpf/parse_l4.h"
#include "rolegate/events.h"

/* Below this, clients of Linux (32768) and Windows (49152) take no ports. */
#define EPHEMERAL_FIRST 32768

/*
 * Does the packet seem to answer something? In TCP, SYN tells which end it
 * is; of later segments, and of UDP and SCTP, the end with a port that clients
 * do not take is the server. Only a guess, for proposals: no verdict hangs on
 * it. What seems an answer would pass by a rule of the other direction.
 */
static __always_inline bool seems_answer(const struct packet *packet)
{
	switch (packet->slot) {
	case SLOT_TCP:
		if (packet->tcp_flags & TCP_SYN)
			return packet->tcp_flags & TCP_ACK;
		return packet->tcp_flags & (TCP_ACK | TCP_RST) &&
		       packet->sport < packet->dport;
	case SLOT_UDP:
	case SLOT_SCTP:
		return packet->sport < EPHEMERAL_FIRST &&
		       packet->dport >= EPHEMERAL_FIRST;
	case SLOT_ICMP:
	case SLOT_ICMPV6:
		return packet->sport != ICMP_ANSWERS_NOTHING;
	}
	return false;
}

/* The same as a kind of flow; the reason is why it was dropped. */
static __always_inline enum flow_kind flow_kind_of(const struct packet *packet,
						   enum reason reason)
{
	if (reason == REASON_DIRECTION)
		return FLOW_WRONG_WAY;
	return seems_answer(packet) ? FLOW_ANSWERS : FLOW_OPENS;
}

static __always_inline __u16 flow_port_of(const struct packet *packet,
					  enum flow_kind kind)
{
	return kind == FLOW_ANSWERS ? packet->sport : packet->dport;
}

#endif
