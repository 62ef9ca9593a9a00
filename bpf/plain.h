/* SPDX-License-Identifier: GPL-2.0-only */
/* What most packets are, in few steps: whole TCP or UDP right behind an untagged IP header. */
#ifndef ROLEGATE_PLAIN_H
#define ROLEGATE_PLAIN_H

#include "bpf/judge.h"

/*
 * Each of these reads what parse_l3() and parse_l4() would, and is false where
 * anything is unusual, be it wrong or not: judge() has to look at it then.
 */

/*
 * What a frame holds at least: of shorter ones, which carry UDP and hardly
 * anything in it, few come by Ethernet, where the least is 60 bytes.
 */
#define PLAIN_V6 (ETH_HLEN + sizeof(struct ipv6hdr) + TCP_HEADER)
_Static_assert(PLAIN_LEAST == ETH_HLEN + sizeof(struct iphdr) + TCP_HEADER,
	       "of IPv4");

#define PLAIN_IPV4 0x45 /* version, and no options */
#define PLAIN_IPV6 0x60 /* version, in the upper half */

/* Whatever is reserved above 224.0.0.0, or for loopback, is unusual. */
static __always_inline bool is_plain_source_v4(__be32 address)
{
	__u32 host = be32_to_host(address);

	return host < 0xe0000000 && host >> 24 != 127;
}

static __always_inline bool is_plain_source_v6(const __u32 *words)
{
	return words[0] && (be32_to_host(words[0]) >> 24) != 0xff;
}

/* In one comparison; least is not above most. */
static __always_inline bool is_between(__u32 number, __u32 least, __u32 most)
{
	return number - least <= most - least;
}

/* The L4 header, of length bytes with what it carries; at most so many. */
static __always_inline bool
parse_plain_l4(struct packet *packet, const __u8 *l4, __u32 length, __u32 most)
{
	if (packet->protocol == IPPROTO_TCP) {
		packet->slot = SLOT_TCP;
		packet->tcp_flags = l4[13] & TCP_FLAGS;
		return is_between(length, TCP_HEADER, most) &&
		       l4[12] >> 4 >= 5 && !are_bad_flags(packet->tcp_flags);
	}
	packet->slot = SLOT_UDP;
	return packet->protocol == IPPROTO_UDP &&
	       is_between(length, UDP_HEADER, most) &&
	       be16_to_host(*(const __be16 *)(l4 + 4)) >= UDP_HEADER;
}

static __always_inline bool parse_plain_v4(const struct frame *frame,
					   struct packet *packet,
					   const struct iphdr *ip)
{
	packet->family = 4;
	packet->protocol = ip->protocol;
	return *(const __u8 *)ip == PLAIN_IPV4 &&
	       !(ip->frag_off & host_to_be16(IPV4_MORE | IPV4_OFFSET)) &&
	       is_plain_source_v4(ip->saddr) &&
	       parse_plain_l4(packet, (const __u8 *)(ip + 1),
			      be16_to_host(ip->tot_len) - sizeof(*ip),
			      frame->len - ETH_HLEN - sizeof(*ip));
}

static __always_inline bool parse_plain_v6(const struct frame *frame,
					   struct packet *packet,
					   const struct ipv6hdr *ip)
{
	packet->family = 6;
	packet->protocol = ip->nexthdr;
	return (*(const __u8 *)ip & 0xf0) == PLAIN_IPV6 &&
	       is_plain_source_v6(ip->saddr.s6_addr32) &&
	       parse_plain_l4(packet, (const __u8 *)(ip + 1),
			      be16_to_host(ip->payload_len),
			      frame->len - ETH_HLEN - sizeof(*ip));
}

/*
 * Reads a plain packet, and looks for its ends' classes; false if it is none.
 * Of packet, only what rules go by is set: family, protocol, slot, ports, flags.
 */
static __always_inline bool classify_plain(const struct frame *frame,
					   struct packet *packet,
					   const __u8 **l4,
					   struct decision *decision)
{
	const __u8 *eth = frame->data;
	const struct ipv6hdr *v6;
	const struct iphdr *v4;

	if (BEHIND(eth, plain_least) > frame->data_end)
		return false;
	switch (*(const __be16 *)(eth + offsetof(struct ethhdr, h_proto))) {
	case host_to_be16(ETH_P_IP):
		v4 = (const void *)(eth + ETH_HLEN);
		if (!parse_plain_v4(frame, packet, v4))
			return false;
		*l4 = (const void *)(v4 + 1);
		classify_v4_ends(v4->saddr, v4->daddr, decision);
		return true;
	case host_to_be16(ETH_P_IPV6):
		v6 = (const void *)(eth + ETH_HLEN);
		if ((const void *)(eth + PLAIN_V6) > frame->data_end ||
		    !parse_plain_v6(frame, packet, v6))
			return false;
		*l4 = (const void *)(v6 + 1);
		classify_v6_ends((const void *)&v6->saddr, decision);
		return true;
	}
	return false;
}

/* Judges as judge_ip() does what classify_plain() has read. */
static __always_inline void judge_plain(const struct packet *packet,
					__u16 iface, struct decision *decision)
{
	if (is_spoofed(decision->sclass, iface))
		settle(decision, REASON_SPOOFED, false);
	else
		decide(packet, decision);
}

#endif
