/* SPDX-License-Identifier: GPL-2.0-only */
/* L4 headers, and the packets that ICMP errors quote, to struct packet. */
#ifndef ROLEGATE_PARSE_L4_H
#define ROLEGATE_PARSE_L4_H

#include "bpf/parse.h"

#define TCP_HEADER  20
#define UDP_HEADER  8
#define ICMP_HEADER 8
#define SCTP_HEADER 12
#define PORTS_SIZE  4 /* what a quoted packet must hold of its L4 header */

#define TCP_FIN	  0x01
#define TCP_SYN	  0x02
#define TCP_RST	  0x04
#define TCP_ACK	  0x10
#define TCP_FLAGS 0x3f

/* The port of an ICMP message that answers nothing: no rule has it. */
#define ICMP_ANSWERS_NOTHING 256

/* Which type an ICMP message answers: RFC 792, RFC 950, RFC 4443. */
static __always_inline __u16 icmp_question(__u8 slot, __u8 type)
{
	if (slot == SLOT_ICMPV6)
		return type == 129 ? 128 : ICMP_ANSWERS_NOTHING;
	switch (type) {
	case 0: /* echo */
		return 8;
	case 14: /* timestamp */
		return 13;
	case 16: /* information */
		return 15;
	case 18: /* address mask */
		return 17;
	}
	return ICMP_ANSWERS_NOTHING;
}

/* RFC 792: unreachable, time exceeded, parameter problem; RFC 4443: 1 to 4. */
static __always_inline bool is_icmp_error(const struct packet *packet)
{
	__u16 type = packet->dport;

	if (packet->slot == SLOT_ICMP)
		return type == 3 || type == 11 || type == 12;
	return packet->slot == SLOT_ICMPV6 && type >= 1 && type <= 4;
}

/* Ports, or the ICMP type, from the L4 header's first PORTS_SIZE bytes. */
static __always_inline void read_ports(struct packet *packet, const __u8 *l4)
{
	switch (packet->slot) {
	case SLOT_TCP:
	case SLOT_UDP:
	case SLOT_SCTP:
		packet->sport = be16_to_host(*(const __be16 *)l4);
		packet->dport = be16_to_host(*(const __be16 *)(l4 + 2));
		break;
	case SLOT_ICMP:
	case SLOT_ICMPV6:
		packet->dport = l4[0];
		packet->sport = icmp_question(packet->slot, l4[0]);
		break;
	}
}

/* The n bytes of the L4 header, or why they cannot be had. */
static __always_inline enum reason need_l4(const struct frame *frame,
					   const struct packet *packet, __u32 n,
					   const __u8 **header)
{
	*header = frame_at(frame, packet->l4, n);
	if (packet->l4 + n <= packet->end)
		return *header ? REASON_NONE : REASON_TRUNCATED;
	if (packet->fragment == FRAGMENT_FIRST)
		return REASON_FRAGMENT;
	return *header ? REASON_MALFORMED : REASON_TRUNCATED;
}

/* For each set of flags one bit, which is set if the flag is one of them. */
#define SETS_WITH_FIN 0xaaaaaaaaaaaaaaaaULL
#define SETS_WITH_SYN 0xccccccccccccccccULL
#define SETS_WITH_RST 0xf0f0f0f0f0f0f0f0ULL
#define SETS_WITH_ACK 0xffff0000ffff0000ULL
#define SETS_BAD                                                    \
	(1ULL | (SETS_WITH_SYN & (SETS_WITH_FIN | SETS_WITH_RST)) | \
	 (SETS_WITH_FIN & ~SETS_WITH_ACK))

static __always_inline bool are_bad_flags(__u8 flags)
{
	return SETS_BAD >> (flags & TCP_FLAGS) & 1;
}

static __always_inline enum reason parse_tcp(const struct frame *frame,
					     struct packet *packet)
{
	const __u8 *tcp;
	enum reason reason = need_l4(frame, packet, TCP_HEADER, &tcp);

	if (reason)
		return reason;
	if (tcp[12] >> 4 < 5)
		return REASON_MALFORMED;
	packet->tcp_flags = tcp[13] & TCP_FLAGS;
	read_ports(packet, tcp);
	return are_bad_flags(packet->tcp_flags) ? REASON_BAD_FLAGS
						: REASON_NONE;
}

static __always_inline enum reason parse_udp(const struct frame *frame,
					     struct packet *packet)
{
	const __u8 *udp;
	enum reason reason = need_l4(frame, packet, UDP_HEADER, &udp);

	if (reason)
		return reason;
	if (be16_to_host(*(const __be16 *)(udp + 4)) < UDP_HEADER)
		return REASON_MALFORMED;
	read_ports(packet, udp);
	return REASON_NONE;
}

/* Everything inside the L4 header, for packets that are no later fragments. */
static __always_inline enum reason parse_l4(const struct frame *frame,
					    struct packet *packet)
{
	const __u8 *header;
	enum reason reason = REASON_NONE;

	switch (packet->slot) {
	case SLOT_TCP:
		return parse_tcp(frame, packet);
	case SLOT_UDP:
		return parse_udp(frame, packet);
	case SLOT_SCTP:
		reason = need_l4(frame, packet, SCTP_HEADER, &header);
		break;
	case SLOT_ICMP:
	case SLOT_ICMPV6:
		reason = need_l4(frame, packet, ICMP_HEADER, &header);
		break;
	default:
		packet->sport = packet->protocol;
		packet->dport = packet->protocol;
		return REASON_NONE;
	}
	if (!reason)
		read_ports(packet, header);
	return reason;
}

/* Everything that the headers tell of a packet, as far as they can be read. */
static __always_inline enum reason read_headers(const struct frame *frame,
						struct packet *packet)
{
	enum reason reason = parse_l3(frame, packet);

	if (reason || packet->fragment == FRAGMENT_LATER)
		return reason;
	return parse_l4(frame, packet);
}

static __always_inline bool parse_quoted_ipv4(const struct frame *frame,
					      struct packet *quote, __u32 at)
{
	const struct iphdr *ip = frame_at(frame, at, sizeof(*ip));

	if (!ip || at + sizeof(*ip) > quote->end || ip->version != 4 ||
	    ip->ihl < 5 || at + ip->ihl * 4 > quote->end)
		return false;
	quote->family = 4;
	quote->protocol = ip->protocol;
	quote->slot = slot_of(4, ip->protocol);
	quote->l4 = at + ip->ihl * 4;
	copy_v4(quote->saddr, ip->saddr);
	copy_v4(quote->daddr, ip->daddr);
	return !(ip->frag_off & host_to_be16(IPV4_OFFSET));
}

static __always_inline bool parse_quoted_ipv6(const struct frame *frame,
					      struct packet *quote, __u32 at)
{
	const struct ipv6hdr *ip = frame_at(frame, at, sizeof(*ip));

	if (!ip || at + sizeof(*ip) > quote->end || ip->version != 6)
		return false;
	quote->family = 6;
	copy_v6(quote->saddr, &ip->saddr);
	copy_v6(quote->daddr, &ip->daddr);
	quote->l4 = at + sizeof(*ip);
	quote->protocol = ip->nexthdr;
	if (parse_chain_apart(frame, quote))
		return false;
	return !quote->ext_chain && quote->fragment != FRAGMENT_LATER;
}

/*
 * Reads the packet that an ICMP error quotes, up to its ports (RFC 792,
 * RFC 4443 section 2.4); quote is zeroed. False if too little is quoted to
 * tell its ports. Lengths in the quote are not believed, but not needed.
 */
static __always_inline bool parse_quote(const struct frame *frame,
					const struct packet *packet,
					struct packet *quote)
{
	__u32 at = packet->l4 + ICMP_HEADER;
	const __u8 *ports;
	bool known;

	quote->end = packet->end;
	known = packet->family == 4 ? parse_quoted_ipv4(frame, quote, at)
				    : parse_quoted_ipv6(frame, quote, at);
	if (!known)
		return false;
	if (quote->slot == SLOT_OTHER) {
		quote->sport = quote->protocol;
		quote->dport = quote->protocol;
		return true;
	}
	ports = frame_at(frame, quote->l4, PORTS_SIZE);
	if (!ports || quote->l4 + PORTS_SIZE > quote->end)
		return false;
	read_ports(quote, ports);
	quote->tcp_flags = TCP_ACK;
	return true;
}

#endif
