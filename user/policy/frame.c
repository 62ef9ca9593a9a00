/* SPDX-License-Identifier: GPL-2.0-only */
/* A described packet as the bytes of a frame. */
#include "user/policy/frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <string.h>

#define ICMP_SIZE 8
#define SCTP_SIZE 12
#define HOPS	  64

/* ICMPv6 that does not leave its link: RFC 4861, RFC 2710, RFC 3810. */
#define ROUTER_SOLICITATION 133
#define REDIRECT	    137
#define MLD_QUERY	    130
#define MLD_DONE	    132
#define MLD_REPORT	    143
#define HOPS_DISCOVERY	    255
#define HOPS_MLD	    1

static size_t build_l4(const struct frame_spec *spec, __u8 *l4)
{
	struct tcphdr tcp = {.doff = 5};
	struct udphdr udp = {.len = htons(sizeof(udp))};
	__be16 ports[2] = {htons(spec->sport), htons(spec->port)};

	switch (spec->protocol) {
	case IPPROTO_TCP:
		memcpy(l4, &tcp, sizeof(tcp));
		memcpy(l4, ports, sizeof(ports));
		l4[13] = spec->flags;
		return sizeof(tcp);
	case IPPROTO_UDP:
		memcpy(l4, &udp, sizeof(udp));
		memcpy(l4, ports, sizeof(ports));
		return sizeof(udp);
	case IPPROTO_SCTP:
		memcpy(l4, ports, sizeof(ports));
		return SCTP_SIZE;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		l4[0] = spec->port;
		return ICMP_SIZE;
	}
	return 0;
}

static size_t build_ipv4(const struct frame_spec *spec, __u8 *l3)
{
	size_t size = build_l4(spec, l3 + sizeof(struct iphdr));
	struct iphdr ip = {
		.version = 4,
		.ihl = 5,
		.ttl = HOPS,
		.protocol = spec->protocol,
		.tot_len = htons(sizeof(ip) + size),
	};

	memcpy(&ip.saddr, spec->from.address, sizeof(ip.saddr));
	memcpy(&ip.daddr, spec->to.address, sizeof(ip.daddr));
	memcpy(l3, &ip, sizeof(ip));
	return sizeof(ip) + size;
}

/* Neighbors are told apart from others by what no router lets through. */
static __u8 hops_of(const struct frame_spec *spec)
{
	__u16 type = spec->port;

	if (spec->protocol != IPPROTO_ICMPV6)
		return HOPS;
	if (type >= ROUTER_SOLICITATION && type <= REDIRECT)
		return HOPS_DISCOVERY;
	if ((type >= MLD_QUERY && type <= MLD_DONE) || type == MLD_REPORT)
		return HOPS_MLD;
	return HOPS;
}

static size_t build_ipv6(const struct frame_spec *spec, __u8 *l3)
{
	size_t size = build_l4(spec, l3 + sizeof(struct ipv6hdr));
	struct ipv6hdr ip = {
		.version = 6,
		.hop_limit = hops_of(spec),
		.nexthdr = spec->protocol,
		.payload_len = htons(size),
	};

	memcpy(&ip.saddr, spec->from.address, sizeof(ip.saddr));
	memcpy(&ip.daddr, spec->to.address, sizeof(ip.daddr));
	memcpy(l3, &ip, sizeof(ip));
	return sizeof(ip) + size;
}

int frame_build(const struct frame_spec *spec, struct frame_buffer *frame)
{
	__u8 *l3 = frame->bytes + sizeof(struct ethhdr);
	struct ethhdr eth = {};

	if (spec->from.family != spec->to.family)
		return -EINVAL;
	memset(frame, 0, sizeof(*frame));
	eth.h_proto = htons(spec->from.family == 4 ? ETH_P_IP : ETH_P_IPV6);
	memcpy(frame->bytes, &eth, sizeof(eth));
	if (spec->from.family == 4)
		return sizeof(eth) + build_ipv4(spec, l3);
	return sizeof(eth) + build_ipv6(spec, l3);
}
