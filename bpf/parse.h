/* SPDX-License-Identifier: GPL-2.0-only */
/* Ethernet and IP headers to struct packet; no maps, no helpers. */
#ifndef ROLEGATE_PARSE_H
#define ROLEGATE_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/types.h>

#include "bpf/bytes.h"
#include "bpf/packet.h"
#include "rolegate/reasons.h"
#include "rolegate/tables.h"

/*
 * Steps return REASON_NONE to go on, or the reason that ends the walk.
 * Bytes missing from the frame are `truncated`; bytes that are there but lie
 * beyond the announced IP length are padding, so needing them is `malformed`.
 */

#define VLAN_TAGS_MAX	 2
#define EXT_HEADERS_MAX	 8
#define EXT_HEADER_LEAST 8 /* bytes; none is shorter */
#define IPV4_OPTIONS_MAX 40

#define IPV4_MORE   0x2000 /* RFC 791: flags and offset share 16 bits */
#define IPV4_OFFSET 0x1fff
#define IPV6_MORE   0x0001 /* RFC 8200 section 4.5 */
#define IPV6_OFFSET 0xfff8

#define OPTION_END  0 /* RFC 791 section 3.1 */
#define OPTION_NOP  1
#define OPTION_LSRR 131
#define OPTION_SSRR 137

/* Extension headers that linux/in.h does not name (IANA's list). */
#define NEXT_HIP   139
#define NEXT_SHIM6 140
#define NEXT_TEST1 253
#define NEXT_TEST2 254

static __always_inline void copy_v4(__u32 *to, __be32 address)
{
	to[0] = address;
	to[1] = 0;
	to[2] = 0;
	to[3] = 0;
}

static __always_inline void copy_v6(__u32 *to, const struct in6_addr *address)
{
	to[0] = address->s6_addr32[0];
	to[1] = address->s6_addr32[1];
	to[2] = address->s6_addr32[2];
	to[3] = address->s6_addr32[3];
}

/* Loopback, multicast and broadcast are never sources: RFC 1122 3.2.1.3. */
static __always_inline bool is_martian_v4(__be32 address)
{
	__u32 host = be32_to_host(address);

	return host >> 24 == 127 || host >> 28 == 0xe || host == 0xffffffff;
}

/* Multicast and ::1: RFC 4291 sections 2.5.3 and 2.7. */
static __always_inline bool is_martian_v6(const __u32 *address)
{
	if ((be32_to_host(address[0]) >> 24) == 0xff)
		return true;
	return !(address[0] | address[1] | address[2]) &&
	       address[3] == host_to_be32(1);
}

/* Which port space a protocol belongs to. */
static __always_inline __u8 slot_of(__u8 family, __u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return SLOT_TCP;
	case IPPROTO_UDP:
		return SLOT_UDP;
	case IPPROTO_SCTP:
		return SLOT_SCTP;
	case IPPROTO_ICMP:
		return family == 4 ? SLOT_ICMP : SLOT_OTHER;
	case IPPROTO_ICMPV6:
		return family == 6 ? SLOT_ICMPV6 : SLOT_OTHER;
	}
	return SLOT_OTHER;
}

/*
 * Steps that few packets need are functions apart in the kernel, so that the
 * verifier looks at each once instead of on every path that leads there. The
 * includer defines them, by the function named like each without "_apart".
 */
static __always_inline enum reason
parse_ipv4_options_apart(const struct frame *frame, struct packet *packet,
			 __u32 at);
static __always_inline enum reason parse_chain_apart(const struct frame *frame,
						     struct packet *packet);

/*
 * Notes the option that routes by source, and refuses options that cannot be
 * walked: they could hide it. Masking the offset, which never is that large,
 * lets the verifier see that all turns of the loop are alike.
 */
static __always_inline enum reason
parse_ipv4_options(const struct frame *frame, struct packet *packet, __u32 at)
{
	const __u8 *option;
	__u32 end = packet->l4, length;
	int i;

	for (i = 0; i < IPV4_OPTIONS_MAX && at < end; i++) {
		option = frame_at(frame, at, 1);
		if (!option)
			return REASON_TRUNCATED;
		if (option[0] == OPTION_END)
			break;
		if (option[0] == OPTION_NOP) {
			at = (at + 1) & FRAME_OFFSET_MAX;
			continue;
		}
		if (option[0] == OPTION_LSRR || option[0] == OPTION_SSRR)
			packet->source_route = 1;
		if (at + 2 > end)
			return REASON_MALFORMED;
		option = frame_at(frame, at, 2);
		if (!option)
			return REASON_TRUNCATED;
		length = option[1];
		if (length < 2 || at + length > end)
			return REASON_MALFORMED;
		at = (at + length) & FRAME_OFFSET_MAX;
	}
	return REASON_NONE;
}

static __always_inline void note_fragment(struct packet *packet, __u32 offset,
					  bool more)
{
	packet->fragment_offset = offset;
	packet->fragment_length = packet->end - packet->l4;
	if (offset)
		packet->fragment = FRAGMENT_LATER;
	else
		packet->fragment = more ? FRAGMENT_FIRST : FRAGMENT_NONE;
}

/* RFC 791 section 3.1. */
static __always_inline enum reason parse_ipv4(const struct frame *frame,
					      struct packet *packet, __u32 at)
{
	const struct iphdr *ip = frame_at(frame, at, sizeof(*ip));
	__u32 header, total, fragment;

	if (!ip)
		return REASON_TRUNCATED;
	header = ip->ihl * 4;
	total = be16_to_host(ip->tot_len);
	if (frame_is_shorter(frame, at + total) ||
	    frame_is_shorter(frame, at + header))
		return REASON_TRUNCATED;
	if (ip->version != 4 || header < sizeof(*ip) || total < header ||
	    is_martian_v4(ip->saddr))
		return REASON_MALFORMED;

	packet->family = 4;
	packet->protocol = ip->protocol;
	packet->slot = slot_of(4, ip->protocol);
	packet->l4 = at + header;
	packet->end = at + total;
	copy_v4(packet->saddr, ip->saddr);
	copy_v4(packet->daddr, ip->daddr);
	packet->fragment_id = ip->id;
	fragment = be16_to_host(ip->frag_off);
	note_fragment(packet, (fragment & IPV4_OFFSET) * 8,
		      fragment & IPV4_MORE);
	if (header == sizeof(*ip))
		return REASON_NONE;
	return parse_ipv4_options_apart(frame, packet, at + sizeof(*ip));
}

enum extension { EXTENSION_NO, EXTENSION_KNOWN, EXTENSION_UNKNOWN };

/* Is this next header an extension header? What ends a chain is none. */
static __always_inline enum extension extension_of(__u8 next)
{
	switch (next) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_FRAGMENT:
	case IPPROTO_AH:
	case IPPROTO_DSTOPTS:
	case IPPROTO_MH:
		return EXTENSION_KNOWN;
	case NEXT_HIP:
	case NEXT_SHIM6:
	case NEXT_TEST1:
	case NEXT_TEST2:
		return EXTENSION_UNKNOWN;
	}
	return EXTENSION_NO;
}

/* RFC 8200 section 4, RFC 4302 section 2.2 (AH counts words, less two). */
static __always_inline __u32 extension_length(__u8 next, __u8 length)
{
	if (next == IPPROTO_FRAGMENT)
		return 8;
	if (next == IPPROTO_AH)
		return (length + 2) * 4;
	return (length + 1) * 8;
}

/* Reads the fragment header and goes behind it; RFC 8200 section 4.5. */
static __always_inline void parse_fragment_header(struct packet *packet,
						  const __u8 *header)
{
	__u16 fragment = be16_to_host(*(const __be16 *)(header + 2));

	packet->fragment_id = *(const __u32 *)(header + 4);
	note_fragment(packet, fragment & IPV6_OFFSET, fragment & IPV6_MORE);
}

/*
 * Goes from the extension header at packet->l4, which is of the kind
 * packet->protocol, to the L4 header. A later fragment ends the walk: what
 * follows is mere payload.
 */
static __always_inline enum reason parse_chain(const struct frame *frame,
					       struct packet *packet)
{
	__u8 kind = packet->protocol;
	__u32 at = packet->l4, length;
	const __u8 *header;
	int i;

	for (i = 0; i < EXT_HEADERS_MAX; i++) {
		if (extension_of(kind) != EXTENSION_KNOWN ||
		    packet->fragment == FRAGMENT_LATER)
			break;
		header = frame_at(frame, at, EXT_HEADER_LEAST);
		if (!header)
			return REASON_TRUNCATED;
		if (at + EXT_HEADER_LEAST > packet->end)
			return REASON_MALFORMED;
		length = extension_length(kind, header[1]);
		if (frame_is_shorter(frame, at + length))
			return REASON_TRUNCATED;
		if (at + length > packet->end)
			return REASON_MALFORMED;
		at += length;
		packet->l4 = at;
		if (kind == IPPROTO_ROUTING && header[2] == 0)
			packet->source_route = 1;
		if (kind == IPPROTO_FRAGMENT)
			parse_fragment_header(packet, header);
		kind = header[0];
	}
	packet->protocol = kind;
	packet->slot = slot_of(6, kind);
	packet->ext_chain = packet->fragment != FRAGMENT_LATER &&
			    extension_of(kind) != EXTENSION_NO;
	return REASON_NONE;
}

/* RFC 8200 section 3. */
static __always_inline enum reason parse_ipv6(const struct frame *frame,
					      struct packet *packet, __u32 at)
{
	const struct ipv6hdr *ip = frame_at(frame, at, sizeof(*ip));

	if (!ip)
		return REASON_TRUNCATED;
	packet->family = 6;
	packet->hop_limit = ip->hop_limit;
	packet->end = at + sizeof(*ip) + be16_to_host(ip->payload_len);
	copy_v6(packet->saddr, &ip->saddr);
	copy_v6(packet->daddr, &ip->daddr);
	if (frame_is_shorter(frame, packet->end))
		return REASON_TRUNCATED;
	if (ip->version != 6 || is_martian_v6(packet->saddr))
		return REASON_MALFORMED;
	packet->l4 = at + sizeof(*ip);
	packet->protocol = ip->nexthdr;
	packet->slot = slot_of(6, ip->nexthdr);
	if (extension_of(ip->nexthdr) == EXTENSION_NO)
		return REASON_NONE;
	return parse_chain_apart(frame, packet);
}

/*
 * Neighbor discovery (RFC 4861) and MLD (RFC 2710, 3810), from this link by the
 * hop limit. Whether the source is one to heed is for the hosts to tell.
 */
static __always_inline bool is_neighbor(const struct frame *frame,
					const struct packet *packet)
{
	const __u8 *type;

	if (packet->slot != SLOT_ICMPV6 || packet->fragment)
		return false;
	type = frame_at(frame, packet->l4, 1);
	if (!type || packet->l4 + 1 > packet->end)
		return false;
	switch (*type) {
	case 133: /* router and neighbor solicitations, adverts, redirect */
	case 134:
	case 135:
	case 136:
	case 137:
		return packet->hop_limit == 255;
	case 130: /* query, reports, done */
	case 131:
	case 132:
	case 143:
		return packet->hop_limit == 1;
	}
	return false;
}

/* Ethernet and up to two tags (IEEE 802.1Q, 802.1ad); sets where L3 begins. */
static __always_inline enum reason parse_ethernet(const struct frame *frame,
						  __u32 *at, __u16 *ethertype)
{
	const struct ethhdr *eth = frame_at(frame, 0, sizeof(*eth));
	const __be16 *tag;
	__u32 offset = sizeof(*eth);
	__be16 type;
	int i;

	if (!eth)
		return REASON_TRUNCATED;
	type = eth->h_proto;
	for (i = 0; i <= VLAN_TAGS_MAX; i++) {
		if (type != host_to_be16(ETH_P_8021Q) &&
		    type != host_to_be16(ETH_P_8021AD))
			break;
		if (i == VLAN_TAGS_MAX)
			return REASON_VLAN_DEPTH;
		tag = frame_at(frame, offset, 4);
		if (!tag)
			return REASON_TRUNCATED;
		type = tag[1];
		offset += 4;
	}
	*at = offset;
	*ethertype = be16_to_host(type);
	return REASON_NONE;
}

/* Everything that is decided before addresses are looked up. */
static __always_inline enum reason parse_l3(const struct frame *frame,
					    struct packet *packet)
{
	enum reason reason;
	__u16 ethertype;
	__u32 at;

	reason = parse_ethernet(frame, &at, &ethertype);
	if (reason)
		return reason;
	switch (ethertype) {
	case ETH_P_ARP:
		return REASON_NEIGHBOR;
	case ETH_P_IP:
		reason = parse_ipv4(frame, packet, at);
		break;
	case ETH_P_IPV6:
		reason = parse_ipv6(frame, packet, at);
		break;
	default:
		return REASON_NON_IP;
	}
	if (reason)
		return reason;
	if (is_neighbor(frame, packet))
		return REASON_NEIGHBOR;
	if (packet->source_route)
		return REASON_SOURCE_ROUTE;
	if (packet->ext_chain)
		return REASON_EXT_CHAIN;
	return REASON_NONE;
}

#endif
