/* SPDX-License-Identifier: GPL-2.0-only */
/* Datagrams of several fragments: what passes depends on what came before. */
#ifndef ROLEGATE_TESTS_FRAGMENT_CASES_H
#define ROLEGATE_TESTS_FRAGMENT_CASES_H

#include "tests/packet/error_cases.h"

/* One datagram's fragments, in the order in which they come. */
#define STEPS_MAX 6
struct datagram {
	struct verdict_case steps[STEPS_MAX]; /* up to one without a name */
};

#define FIRST_TO(port)                                              \
	TCP_TO("edge", "director", port, SYN), .is_fragment = true, \
					       .more = true, .payload = 4
#define FIRST	FIRST_TO(5061)
/* SIP with 4 bytes of payload: the first fragment ends there. */
#define SIP_END 24
#define LATER_FROM(src, at)                                       \
	.from = (src), .to = "director", .protocol = IPPROTO_TCP, \
	.no_l4 = true, .is_fragment = true, .offset = (at), .payload = 16
#define LATER(at) LATER_FROM("edge", at)

static const struct datagram datagrams[] = {
	{{
		{"in order, first", 0, PACKET(FIRST), PASSES_BY(RULE, "sip")},
		{"in order, second", 0, PACKET(LATER(SIP_END), .more = true),
		 PASSES(FRAGMENT)},
		{"in order, last", 0, PACKET(LATER(SIP_END + 16)),
		 PASSES(FRAGMENT)},
		{"another id", 0, PACKET(LATER(SIP_END), .id = 1),
		 DROPS(FRAGMENT)},
		{"another source", 0, PACKET(LATER_FROM("idle", SIP_END)),
		 DROPS(FRAGMENT)},
	}},
	{{
		{"later before first", 0, PACKET(LATER(SIP_END)),
		 DROPS(FRAGMENT)},
		{"first after later", 0, PACKET(FIRST), PASSES_BY(RULE, "sip")},
	}},
	{{
		{"first to be overlapped", 0, PACKET(FIRST),
		 PASSES_BY(RULE, "sip")},
		{"overlap of ports", 0, PACKET(LATER(8)), DROPS(FRAGMENT)},
		{"overlap of the last bytes", 0, PACKET(LATER(SIP_END - 8)),
		 DROPS(FRAGMENT)},
		{"behind the first", 0, PACKET(LATER(SIP_END)),
		 PASSES(FRAGMENT)},
	}},
	{{
		{"first is forbidden", 0, PACKET(FIRST_TO(80)), DROPS(PORT)},
		{"later of a forbidden", 0, PACKET(LATER(SIP_END)),
		 DROPS(FRAGMENT)},
	}},
	{{
		{"first is cut short", 0,
		 PACKET(SHORT_L4(IPPROTO_TCP, 16), .is_fragment = true,
			.more = true),
		 DROPS(FRAGMENT)},
		{"later of one cut short", 0, PACKET(LATER(16)),
		 DROPS(FRAGMENT)},
	}},
	{{
		{"first is spoofed", 0, IN("none0"), PACKET(FIRST),
		 DROPS(SPOOFED)},
		{"later of a spoofed", 0, PACKET(LATER(SIP_END)),
		 DROPS(FRAGMENT)},
	}},
	{{
		{"first, fragments drop", 0, WITH(FRAGMENTS_DROP),
		 PACKET(FIRST), PASSES_BY(RULE, "sip")},
		{"later, fragments drop", 0, WITH(FRAGMENTS_DROP),
		 PACKET(LATER(SIP_END)), DROPS(FRAGMENT)},
	}},
	{{
		{"observed first is forbidden", 0, IN("obs0"),
		 PACKET(FIRST_TO(80)), WOULD_DROP(PORT)},
		{"observed later", 0, IN("obs0"), PACKET(LATER(SIP_END)),
		 WOULD_DROP(FRAGMENT)},
	}},
	{{
		{"no L4 header to wait for, first", 0,
		 PACKET(.from = "edge", .to = "client", .protocol = 112,
			.is_fragment = true, .more = true, .payload = 8),
		 PASSES_BY(RULE, "vrrp")},
		{"no L4 header to wait for, last", 0,
		 PACKET(.from = "edge", .to = "client", .protocol = 112,
			.is_fragment = true, .offset = 8, .payload = 8),
		 PASSES(FRAGMENT)},
		{"the same id to another", 0,
		 PACKET(.from = "edge", .to = "director", .protocol = 112,
			.is_fragment = true, .offset = 8, .payload = 8),
		 DROPS(FRAGMENT)},
		{"the same id of another protocol", 4,
		 PACKET(.from = "edge", .to = "client", .protocol = 113,
			.is_fragment = true, .offset = 8, .payload = 8),
		 DROPS(FRAGMENT)},
		{"in IPv6 only the first names the protocol", 6,
		 PACKET(.from = "edge", .to = "client", .protocol = 113,
			.is_fragment = true, .offset = 8, .payload = 8),
		 PASSES(FRAGMENT)},
	}},
	{{
		{"UDP, first", 0,
		 PACKET(DNS, .is_fragment = true, .more = true, .payload = 16),
		 PASSES_BY(RULE, "dns")},
		{"UDP, last", 0,
		 PACKET(.from = "director", .to = "client",
			.protocol = IPPROTO_UDP, .no_l4 = true,
			.is_fragment = true, .offset = 24, .payload = 3),
		 PASSES(FRAGMENT)},
		{"UDP, beyond a hole", 0,
		 PACKET(.from = "director", .to = "client",
			.protocol = IPPROTO_UDP, .no_l4 = true,
			.is_fragment = true, .offset = 65528, .payload = 3),
		 PASSES(FRAGMENT)},
		{"UDP, from the other end", 0,
		 PACKET(.from = "client", .to = "director",
			.protocol = IPPROTO_UDP, .no_l4 = true,
			.is_fragment = true, .offset = 24, .payload = 3),
		 DROPS(FRAGMENT)},
	}},
	{{
		{"related error, first", 0,
		 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_sip,
			.is_fragment = true, .more = true),
		 PASSES(RELATED)},
		{"related error, last", 0,
		 PACKET(.from = "router", .to = "edge",
			.protocol = IPPROTO_ICMP, .no_l4 = true,
			.is_fragment = true, .offset = 1000, .payload = 8),
		 PASSES(FRAGMENT)},
		{"related error, overlap of the quote", 0,
		 PACKET(.from = "router", .to = "edge",
			.protocol = IPPROTO_ICMP, .no_l4 = true,
			.is_fragment = true, .offset = 24, .payload = 8),
		 DROPS(FRAGMENT)},
	}},
	{{
		{"first passes", 0, PACKET(FIRST), PASSES_BY(RULE, "sip")},
		{"a forbidden first changes nothing", 0, PACKET(FIRST_TO(80)),
		 DROPS(PORT)},
		{"its own rest still passes", 0, PACKET(LATER(SIP_END)),
		 PASSES(FRAGMENT)},
		{"the rest, spoofed", 0, IN("none0"), PACKET(LATER(SIP_END)),
		 DROPS(SPOOFED)},
	}},
	{{
		{"strangers' first, strangers pass", 0, WITH(STRANGERS_PASS),
		 PACKET(UDP_TO("stranger", "router", 53), .is_fragment = true,
			.more = true),
		 PASSES(STRANGER)},
		{"strangers' last, strangers pass", 0, WITH(STRANGERS_PASS),
		 PACKET(UDP_TO("stranger", "router", 53), .is_fragment = true,
			.offset = 8),
		 PASSES(FRAGMENT)},
	}},
};

#endif
