/* SPDX-License-Identifier: GPL-2.0-only */
/* How a case of the contract's table is written, and the config it meets. */
#ifndef ROLEGATE_TESTS_CASES_H
#define ROLEGATE_TESTS_CASES_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>

#include "rolegate/reasons.h"
#include "tests/packet/packets.h"

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define PSH 0x08
#define ACK 0x10
#define URG 0x20
#define ECE 0x40
#define CWR 0x80

/* Where packets come in when a case says nothing. */
#define IFACE_PLAIN "in0"

/* The config, and what each variant adds to it. */
extern const char config_text[];
enum variant {
	STANDARD,
	STRANGERS_PASS,
	NON_IP_DROP,
	FRAGMENTS_DROP,
	ERRORS_DROP,
	ERRORS_PASS,
	VARIANT_COUNT
};

extern const char *const variant_settings[];

/*
 * What one packet must meet. Ends are names (cases.c) or addresses; in IPv6
 * ICMP becomes ICMPv6 with the like types.
 */
struct verdict_case {
	const char *name;
	int family; /* 0: both */
	enum variant variant;
	const char *iface;
	struct packet_spec packet;
	enum verdict verdict;
	enum reason reason;
	const char *rule;
	bool late;   /* truncated or malformed only once addresses are known */
	bool beyond; /* the first buffer ends before a header: kernel only */
};

#define TCP_TO(src, dst, port, bits)                                         \
	.from = (src), .to = (dst), .protocol = IPPROTO_TCP, .sport = 40000, \
	.dport = (port), .flags = (bits)
#define TCP_BACK(src, dst, port, bits)                                        \
	.from = (src), .to = (dst), .protocol = IPPROTO_TCP, .sport = (port), \
	.dport = 40000, .flags = (bits)
#define SIP	  TCP_TO("edge", "director", 5061, SYN)
#define SIP_REPLY TCP_BACK("director", "edge", 5061, SYN | ACK)
#define UDP_TO(src, dst, port)                                               \
	.from = (src), .to = (dst), .protocol = IPPROTO_UDP, .sport = 40000, \
	.dport = (port)
#define UDP_BACK(src, dst, port)                                              \
	.from = (src), .to = (dst), .protocol = IPPROTO_UDP, .sport = (port), \
	.dport = 40000
#define DNS UDP_TO("director", "client", 53)
#define SCTP_TO(src, dst, from_port, to_port)                 \
	.from = (src), .to = (dst), .protocol = IPPROTO_SCTP, \
	.sport = (from_port), .dport = (to_port)
#define ICMP_TO(src, dst, icmp_type)                          \
	.from = (src), .to = (dst), .protocol = IPPROTO_ICMP, \
	.type = (icmp_type)
#define ICMP6_TO(src, dst, icmp_type, hops)                     \
	.from = (src), .to = (dst), .protocol = IPPROTO_ICMPV6, \
	.type = (icmp_type), .hop_limit = (hops)
#define SHORT_L4(number, bytes)                                                \
	.from = "edge", .to = "director", .protocol = (number), .no_l4 = true, \
	.payload = (bytes)
#define POKE(where, place, byte) .pokes = {{LAYER_##where, place, byte}}

#define PACKET(...)	     .packet = {__VA_ARGS__}
#define IN(name)	     .iface = (name)
#define WITH(setting)	     .variant = (setting)
#define LATE		     .late = true
#define BEYOND		     .beyond = true
#define PASSES(why)	     .verdict = VERDICT_PASS, .reason = REASON_##why
#define PASSES_BY(why, name) PASSES(why), .rule = (name)
#define DROPS(why)	     .verdict = VERDICT_DROP, .reason = REASON_##why
#define WOULD_DROP(why)	     .verdict = VERDICT_WOULD_DROP, .reason = REASON_##why

/* A packet with its addresses, and the packets that it quotes. */
#define QUOTES_MAX 3
struct resolved {
	struct packet_spec specs[QUOTES_MAX];
};

void packet_resolve(struct resolved *resolved, const struct packet_spec *spec,
		    int family);

#endif
