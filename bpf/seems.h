/* SPDX-License-Identifier: GPL-2.0-only */
/* Which end of a dropped packet's flow probably opened it. */
#ifndef ROLEGATE_SEEMS_H
#define ROLEGATE_SEEMS_H

#include <stdbool.h>

#include "bpf/parse_l4.h"

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

#endif
