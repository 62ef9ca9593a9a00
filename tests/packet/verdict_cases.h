/* SPDX-License-Identifier: GPL-2.0-only */
/* The contract's table of verdicts as packets, and the config they meet. */
#ifndef ROLEGATE_TESTS_VERDICT_CASES_H
#define ROLEGATE_TESTS_VERDICT_CASES_H

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

static const char config_text[] =
	"interfaces:\n"
	"  in0: {}\n"
	"  obs0: {enforce: false}\n"
	"  edge0: {roles: [edge]}\n"
	"  none0: {roles: []}\n"
	"roles:\n"
	"  edge: [192.0.2.20, \"2001:db8::20\"]\n"
	"  director: [10.0.0.5, \"2001:db8:1::5\"]\n"
	"  client: [10.1.0.0/16, \"2001:db8:2::/64\"]\n"
	"  idle: [10.9.0.1, \"2001:db8:9::1\"]\n"
	"rules:\n"
	"  sip: {from: edge, to: director, tcp: 5061}\n"
	"  media: {from: edge, to: director, tcp: 443, sport: 50000-59999}\n"
	"  sig: {from: edge, to: director, sctp: 5000}\n"
	"  ping: {from: edge, to: director, icmp: echo}\n"
	"  dns: {from: director, to: client, udp: 53}\n"
	"  vrrp: {from: edge, to: client, protocol: vrrp}\n"
	"  stun: {from: any, to: client, udp: 3478}\n"
	"  own: {from: idle, to: idle, tcp: 1}\n";

enum variant {
	STANDARD,
	STRANGERS_PASS,
	NON_IP_DROP,
	FRAGMENTS_DROP,
	ERRORS_DROP,
	ERRORS_PASS,
	VARIANT_COUNT
};

static const char *const variant_settings[VARIANT_COUNT] = {
	[STANDARD] = "",
	[STRANGERS_PASS] = "settings: {strangers: pass}\n",
	[NON_IP_DROP] = "settings: {non-ip: drop}\n",
	[FRAGMENTS_DROP] = "settings: {fragments: drop}\n",
	[ERRORS_DROP] = "settings: {icmp-errors: drop}\n",
	[ERRORS_PASS] = "settings: {icmp-errors: pass}\n",
};

/* The ends of packets that are sent in both families. */
static const struct end {
	const char *name;
	const char *addresses[2]; /* IPv4, IPv6 */
} ends[] = {
	{"edge", {"192.0.2.20", "2001:db8::20"}},
	{"director", {"10.0.0.5", "2001:db8:1::5"}},
	{"client", {"10.1.2.3", "2001:db8:2::3"}},
	{"idle", {"10.9.0.1", "2001:db8:9::1"}},
	{"stranger", {"198.51.100.1", "2001:db8:f::1"}},
	{"router", {"203.0.113.1", "2001:db8:e::1"}},
};

/*
 * What one packet must meet. Ends are names of ends[] or addresses; in IPv6
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
	bool late; /* truncated or malformed only once addresses are known */
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
#define PASSES(why)	     .verdict = VERDICT_PASS, .reason = REASON_##why
#define PASSES_BY(why, name) PASSES(why), .rule = (name)
#define DROPS(why)	     .verdict = VERDICT_DROP, .reason = REASON_##why
#define WOULD_DROP(why)	     .verdict = VERDICT_WOULD_DROP, .reason = REASON_##why

/* Quoted by ICMP errors. */
static const struct packet_spec quote_sip = {SIP};
static const struct packet_spec quote_sip_reply = {SIP_REPLY};
static const struct packet_spec quote_dns = {DNS};
static const struct packet_spec quote_ping = {ICMP_TO("edge", "director", 8)};
static const struct packet_spec quote_vrrp = {
	.from = "edge", .to = "client", .protocol = 112};
static const struct packet_spec quote_port = {
	TCP_TO("edge", "director", 80, SYN)};
static const struct packet_spec quote_backwards = {
	TCP_TO("director", "edge", 5061, SYN)};
static const struct packet_spec quote_error = {ICMP_TO("edge", "director", 3),
					       .quote = &quote_sip};
static const struct packet_spec quote_later = {SIP, .is_fragment = true,
					       .offset = 8};

static const struct verdict_case frame_cases[] = {
	/* truncated */
	{"no Ethernet header", 4, PACKET(SIP, .keep = 13), DROPS(TRUNCATED)},
	{"VLAN tag cut", 4, PACKET(SIP, .tags = 1, .keep = 17),
	 DROPS(TRUNCATED)},
	{"nothing after Ethernet", 0, PACKET(SIP, .keep = 14),
	 DROPS(TRUNCATED)},
	{"IPv4 header cut", 4, PACKET(SIP, .keep = 33), DROPS(TRUNCATED)},
	{"IPv6 header cut", 6, PACKET(SIP, .keep = 53), DROPS(TRUNCATED)},
	{"TCP header cut", 0, PACKET(SIP, .keep = 40), DROPS(TRUNCATED)},
	{"a byte less than announced", 0, PACKET(SIP, .announce = 1),
	 DROPS(TRUNCATED)},
	{"more than announced is padding", 0, PACKET(SIP, .pad = 30),
	 PASSES_BY(RULE, "sip")},
	{"options beyond the frame", 4, PACKET(SIP, POKE(L3, 0, 0x4f)),
	 DROPS(TRUNCATED)},
	{"extension beyond the frame", 6,
	 PACKET(SIP, .chain = {60}, POKE(L3, 41, 10)), DROPS(TRUNCATED)},
	{"no room for TCP", 0, PACKET(SHORT_L4(IPPROTO_TCP, 19)),
	 DROPS(TRUNCATED), LATE},
	{"no room for UDP", 0, PACKET(SHORT_L4(IPPROTO_UDP, 7)),
	 DROPS(TRUNCATED), LATE},
	{"no room for SCTP", 0, PACKET(SHORT_L4(IPPROTO_SCTP, 11)),
	 DROPS(TRUNCATED), LATE},
	{"no room for ICMP", 0, PACKET(SHORT_L4(IPPROTO_ICMP, 7)),
	 DROPS(TRUNCATED), LATE},
	/* malformed */
	{"version 5", 4, PACKET(SIP, POKE(L3, 0, 0x55)), DROPS(MALFORMED)},
	{"version 4 as IPv6", 6, PACKET(SIP, POKE(L3, 0, 0x40)),
	 DROPS(MALFORMED)},
	{"IHL 4", 4, PACKET(SIP, POKE(L3, 0, 0x44)), DROPS(MALFORMED)},
	{"total length under the header", 4, PACKET(SIP, .announce = -21),
	 DROPS(MALFORMED)},
	{"options beyond the total length", 4,
	 PACKET(SIP, .pad = 40, POKE(L3, 0, 0x4f)), DROPS(MALFORMED)},
	{"extension beyond the payload length", 6,
	 PACKET(SIP, .chain = {60}, .pad = 99, POKE(L3, 41, 10)),
	 DROPS(MALFORMED)},
	{"total length under TCP's", 0, PACKET(SIP, .announce = -1),
	 DROPS(MALFORMED), LATE},
	{"TCP in the padding", 0, PACKET(SHORT_L4(IPPROTO_TCP, 4), .pad = 40),
	 DROPS(MALFORMED), LATE},
	{"data offset 4", 0, PACKET(SIP, POKE(L4, 12, 0x40)), DROPS(MALFORMED),
	 LATE},
	{"UDP length 7", 0, PACKET(DNS, POKE(L4, 5, 7)), DROPS(MALFORMED),
	 LATE},
	{"multicast source", 4, PACKET(UDP_TO("224.0.0.1", "client", 3478)),
	 DROPS(MALFORMED)},
	{"broadcast source", 4,
	 PACKET(UDP_TO("255.255.255.255", "client", 3478)), DROPS(MALFORMED)},
	{"loopback source", 4, PACKET(UDP_TO("127.0.0.1", "client", 3478)),
	 DROPS(MALFORMED)},
	{"multicast source", 6, PACKET(UDP_TO("ff02::1", "client", 3478)),
	 DROPS(MALFORMED)},
	{"loopback source", 6, PACKET(UDP_TO("::1", "client", 3478)),
	 DROPS(MALFORMED)},
	/* vlan-depth */
	{"one tag", 0, PACKET(SIP, .tags = 1), PASSES_BY(RULE, "sip")},
	{"two tags", 0, PACKET(SIP, .tags = 2), PASSES_BY(RULE, "sip")},
	{"three tags", 0, PACKET(SIP, .tags = 3), DROPS(VLAN_DEPTH)},
	/* neighbor */
	{"ARP", 4, PACKET(.ethertype = ETH_P_ARP, .payload = 28),
	 PASSES(NEIGHBOR)},
	{"tagged ARP", 4, IN("none0"),
	 PACKET(.ethertype = ETH_P_ARP, .payload = 28, .tags = 2),
	 PASSES(NEIGHBOR)},
	{"router solicitation", 6, PACKET(ICMP6_TO("::", "ff02::2", 133, 255)),
	 PASSES(NEIGHBOR)},
	{"router advertisement", 6,
	 PACKET(ICMP6_TO("fe80::1", "ff02::1", 134, 255)), PASSES(NEIGHBOR)},
	{"neighbor solicitation", 6, IN("none0"),
	 PACKET(ICMP6_TO("edge", "ff02::1:ff00:5", 135, 255)),
	 PASSES(NEIGHBOR)},
	{"neighbor advertisement", 6,
	 PACKET(ICMP6_TO("director", "edge", 136, 255)), PASSES(NEIGHBOR)},
	{"redirect", 6, PACKET(ICMP6_TO("fe80::1", "edge", 137, 255)),
	 PASSES(NEIGHBOR)},
	{"routed neighbor solicitation", 6,
	 PACKET(ICMP6_TO("edge", "director", 135, 254)), DROPS(PORT)},
	{"MLD query", 6, PACKET(ICMP6_TO("fe80::1", "ff02::1", 130, 1)),
	 PASSES(NEIGHBOR)},
	{"MLD report", 6,
	 PACKET(ICMP6_TO("::", "ff02::16", 143, 1), .hop_by_hop = true),
	 PASSES(NEIGHBOR)},
	{"routed MLD report", 6,
	 PACKET(ICMP6_TO("fe80::1", "ff02::16", 143, 2)), DROPS(STRANGER)},
	/* non-ip */
	{"LLDP", 4, PACKET(.ethertype = 0x88cc, .payload = 46), PASSES(NON_IP)},
	{"LLDP, non-ip drop", 4, WITH(NON_IP_DROP),
	 PACKET(.ethertype = 0x88cc, .payload = 46), DROPS(NON_IP)},
	{"ARP, non-ip drop", 4, WITH(NON_IP_DROP),
	 PACKET(.ethertype = ETH_P_ARP, .payload = 28), PASSES(NEIGHBOR)},
	/* source-route */
	{"loose source route", 4, PACKET(SIP, .options = "830704c0000201"),
	 DROPS(SOURCE_ROUTE)},
	{"strict source route", 4, PACKET(SIP, .options = "01890704c0000201"),
	 DROPS(SOURCE_ROUTE)},
	{"record route", 4, PACKET(SIP, .options = "070704c0000201"),
	 PASSES_BY(RULE, "sip")},
	{"option without a length", 4, PACKET(SIP, .options = "070083070400"),
	 DROPS(MALFORMED)},
	{"routing header type 0", 6, PACKET(SIP, .chain = {43}),
	 DROPS(SOURCE_ROUTE)},
	{"routing header type 4", 6,
	 PACKET(SIP, .chain = {43}, .routing_type = 4), PASSES_BY(RULE, "sip")},
	/* ext-chain */
	{"eight extension headers", 6,
	 PACKET(SIP, .hop_by_hop = true,
		.chain = {60, 51, 135, 60, 60, 60, 60}),
	 PASSES_BY(RULE, "sip")},
	{"nine extension headers", 6,
	 PACKET(SIP, .hop_by_hop = true,
		.chain = {60, 60, 60, 60, 60, 60, 60, 60}),
	 DROPS(EXT_CHAIN)},
	{"unknown extension header", 6, PACKET(SIP, .chain = {60, 139}),
	 DROPS(EXT_CHAIN)},
};

static const struct verdict_case policy_cases[] = {
	/* spoofed */
	{"role of the interface", 0, IN("edge0"), PACKET(SIP),
	 PASSES_BY(RULE, "sip")},
	{"role of none of it", 0, IN("edge0"), PACKET(DNS), DROPS(SPOOFED)},
	{"no role there", 0, IN("edge0"),
	 PACKET(UDP_TO("stranger", "client", 3478)), PASSES_BY(RULE, "stun")},
	{"any role where none may be", 0, IN("none0"), PACKET(SIP),
	 DROPS(SPOOFED)},
	{"no role where none may be", 0, IN("none0"),
	 PACKET(UDP_TO("stranger", "client", 3478)), PASSES_BY(RULE, "stun")},
	{"spoofed before bad flags", 0, IN("none0"),
	 PACKET(TCP_TO("edge", "director", 5061, 0)), DROPS(SPOOFED)},
	{"spoofed before short L4", 0, IN("none0"),
	 PACKET(SHORT_L4(IPPROTO_TCP, 4)), DROPS(SPOOFED)},
	/* fragment; datagrams of several are in test_datagrams() */
	{"first fragment", 0, PACKET(SIP, .is_fragment = true, .more = true),
	 PASSES_BY(RULE, "sip")},
	{"first fragment, not allowed", 0,
	 PACKET(TCP_TO("edge", "director", 80, SYN), .is_fragment = true,
		.more = true),
	 DROPS(PORT)},
	{"first fragment, short", 0,
	 PACKET(SHORT_L4(IPPROTO_TCP, 16), .is_fragment = true, .more = true),
	 DROPS(FRAGMENT)},
	{"only fragment", 6, PACKET(SIP, .is_fragment = true),
	 PASSES_BY(RULE, "sip")},
	{"later fragment alone", 0,
	 PACKET(SIP, .is_fragment = true, .offset = 1000, .id = 999),
	 DROPS(FRAGMENT)},
	{"later fragment, spoofed", 0, IN("none0"),
	 PACKET(SIP, .is_fragment = true, .offset = 1000, .id = 999),
	 DROPS(SPOOFED)},
	{"first fragment, fragments drop", 0, WITH(FRAGMENTS_DROP),
	 PACKET(SIP, .is_fragment = true, .more = true),
	 PASSES_BY(RULE, "sip")},
	/* related, unrelated */
	{"about what was opened", 0,
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_sip),
	 PASSES(RELATED)},
	{"about an answer", 0,
	 PACKET(ICMP_TO("router", "director", 11), .quote = &quote_sip_reply),
	 PASSES(RELATED)},
	{"about UDP", 0,
	 PACKET(ICMP_TO("client", "director", 3), .quote = &quote_dns),
	 PASSES(RELATED)},
	{"about an echo", 0,
	 PACKET(ICMP_TO("director", "edge", 12), .quote = &quote_ping),
	 PASSES(RELATED)},
	{"about another protocol", 0,
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_vrrp),
	 PASSES(RELATED)},
	{"packet too big", 6,
	 PACKET(ICMP6_TO("router", "edge", 2, 64), .quote = &quote_sip),
	 PASSES(RELATED)},
	{"about just the ports", 4,
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_sip,
		.quoted = 24),
	 PASSES(RELATED)},
	{"about less than the ports", 4,
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_sip,
		.quoted = 23),
	 DROPS(UNRELATED)},
	{"about just the ports", 6,
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_sip,
		.quoted = 44),
	 PASSES(RELATED)},
	{"about less than the ports", 6,
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_sip,
		.quoted = 43),
	 DROPS(UNRELATED)},
	{"about nothing", 0, PACKET(ICMP_TO("router", "edge", 3)),
	 DROPS(UNRELATED)},
	{"to another than the sender", 0,
	 PACKET(ICMP_TO("router", "director", 3), .quote = &quote_sip),
	 DROPS(UNRELATED)},
	{"about a port not allowed", 0,
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_port),
	 DROPS(UNRELATED)},
	{"about the wrong direction", 0,
	 PACKET(ICMP_TO("router", "director", 3), .quote = &quote_backwards),
	 DROPS(UNRELATED)},
	{"about an error", 0,
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_error),
	 DROPS(UNRELATED)},
	{"about a later fragment", 0,
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_later),
	 DROPS(UNRELATED)},
	{"related, icmp-errors drop", 0, WITH(ERRORS_DROP),
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_sip),
	 DROPS(UNRELATED)},
	{"unrelated, icmp-errors pass", 0, WITH(ERRORS_PASS),
	 PACKET(ICMP_TO("router", "edge", 3)), PASSES(RELATED)},
	{"no error without a rule", 4,
	 PACKET(ICMP_TO("director", "edge", 5), .quote = &quote_sip),
	 DROPS(PAIR)},
	/* rule, reply, direction */
	{"TCP", 0, PACKET(SIP), PASSES_BY(RULE, "sip")},
	{"TCP with ECN", 0,
	 PACKET(TCP_TO("edge", "director", 5061, SYN | ECE | CWR)),
	 PASSES_BY(RULE, "sip")},
	{"UDP", 0, PACKET(DNS, .payload = 99), PASSES_BY(RULE, "dns")},
	{"SCTP", 0, PACKET(SCTP_TO("edge", "director", 7, 5000)),
	 PASSES_BY(RULE, "sig")},
	{"echo", 0, PACKET(ICMP_TO("edge", "director", 8)),
	 PASSES_BY(RULE, "ping")},
	{"another protocol", 0,
	 PACKET(.from = "edge", .to = "client", .protocol = 112),
	 PASSES_BY(RULE, "vrrp")},
	{"from any", 0, PACKET(UDP_TO("idle", "client", 3478)),
	 PASSES_BY(RULE, "stun")},
	{"lowest source port", 0,
	 PACKET(.from = "edge", .to = "director", .protocol = IPPROTO_TCP,
		.sport = 50000, .dport = 443, .flags = SYN),
	 PASSES_BY(RULE, "media")},
	{"source port too low", 0,
	 PACKET(.from = "edge", .to = "director", .protocol = IPPROTO_TCP,
		.sport = 49999, .dport = 443, .flags = SYN),
	 DROPS(PORT)},
	{"source port too high", 0,
	 PACKET(.from = "edge", .to = "director", .protocol = IPPROTO_TCP,
		.sport = 60000, .dport = 443, .flags = SYN),
	 DROPS(PORT)},
	{"answer to a source port", 0,
	 PACKET(.from = "director", .to = "edge", .protocol = IPPROTO_TCP,
		.sport = 443, .dport = 59999, .flags = ACK),
	 PASSES_BY(REPLY, "media")},
	{"answer to another source port", 0,
	 PACKET(.from = "director", .to = "edge", .protocol = IPPROTO_TCP,
		.sport = 443, .dport = 60000, .flags = ACK),
	 DROPS(PAIR)},
	{"TCP answer", 0, PACKET(SIP_REPLY), PASSES_BY(REPLY, "sip")},
	{"UDP answer", 0, PACKET(UDP_BACK("client", "director", 53)),
	 PASSES_BY(REPLY, "dns")},
	{"SCTP answer", 0, PACKET(SCTP_TO("director", "edge", 5000, 7)),
	 PASSES_BY(REPLY, "sig")},
	{"echo reply", 0, PACKET(ICMP_TO("director", "edge", 0)),
	 PASSES_BY(REPLY, "ping")},
	{"echo the other way", 0, PACKET(ICMP_TO("director", "edge", 8)),
	 DROPS(PAIR)},
	{"echo reply the other way", 0, PACKET(ICMP_TO("edge", "director", 0)),
	 DROPS(PORT)},
	{"another protocol's answer", 0,
	 PACKET(.from = "client", .to = "edge", .protocol = 112),
	 PASSES_BY(REPLY, "vrrp")},
	{"answer to a stranger", 0,
	 PACKET(UDP_BACK("client", "stranger", 3478)),
	 PASSES_BY(REPLY, "stun")},
	{"opens where it may answer", 0,
	 PACKET(TCP_BACK("director", "edge", 5061, SYN)), DROPS(DIRECTION)},
	{"neither ACK nor RST", 0,
	 PACKET(TCP_BACK("director", "edge", 5061, PSH)), DROPS(DIRECTION)},
	/* without a rule */
	{"strangers", 0, PACKET(UDP_TO("stranger", "router", 53)),
	 DROPS(STRANGER)},
	{"strangers, strangers pass", 0, WITH(STRANGERS_PASS),
	 PACKET(UDP_TO("stranger", "router", 53)), PASSES(STRANGER)},
	{"bad flags of strangers, strangers pass", 0, WITH(STRANGERS_PASS),
	 PACKET(TCP_TO("stranger", "router", 80, SYN | FIN)), DROPS(BAD_FLAGS)},
	{"stranger to a role, strangers pass", 0, WITH(STRANGERS_PASS),
	 PACKET(SCTP_TO("stranger", "director", 1, 2)), DROPS(UNKNOWN_SOURCE)},
	{"stranger to a role", 0, PACKET(UDP_TO("stranger", "director", 53)),
	 DROPS(UNKNOWN_SOURCE)},
	{"role to a stranger", 0, PACKET(UDP_TO("director", "stranger", 53)),
	 DROPS(UNKNOWN_DESTINATION)},
	{"roles without a rule", 0, PACKET(TCP_TO("idle", "director", 1, SYN)),
	 DROPS(PAIR)},
	{"another port", 0, PACKET(TCP_TO("edge", "director", 5060, SYN)),
	 DROPS(PORT)},
	{"another protocol's port", 0, PACKET(UDP_TO("edge", "director", 5061)),
	 DROPS(PORT)},
	/* no-policy, and observing */
	{"unknown interface", 0, IN("lo"), PACKET(SIP), DROPS(NO_POLICY)},
	{"observed: allowed", 0, IN("obs0"), PACKET(SIP),
	 PASSES_BY(RULE, "sip")},
	{"observed: port", 0, IN("obs0"),
	 PACKET(TCP_TO("edge", "director", 80, SYN)), WOULD_DROP(PORT)},
	{"observed: truncated", 0, IN("obs0"), PACKET(SIP, .announce = 1),
	 WOULD_DROP(TRUNCATED)},
	{"observed: tags", 0, IN("obs0"), PACKET(SIP, .tags = 3),
	 WOULD_DROP(VLAN_DEPTH)},
	{"observed: bad flags", 0, IN("obs0"),
	 PACKET(TCP_TO("edge", "director", 5061, 0)), WOULD_DROP(BAD_FLAGS)},
};

#endif
