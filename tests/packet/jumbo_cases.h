/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames in several buffers: headers are read in the first one, and only there. */
#ifndef ROLEGATE_TESTS_JUMBO_CASES_H
#define ROLEGATE_TESTS_JUMBO_CASES_H

#include "tests/packet/error_cases.h"

/*
 * A test run puts into the first buffer what fits into a page of 4096 bytes
 * with headroom and tailroom: 3520 bytes. Two extension headers of that size
 * bring L4 to 3510.
 */
#define TO_THE_BORDER	.chain = {60, 60}, .extension = 215
#define OVER_THE_BORDER .chain = {60, 60}, .extension = 255

static const struct verdict_case jumbo_cases[] = {
	{"jumbo", 0, PACKET(SIP, .payload = 8900), PASSES_BY(RULE, "sip")},
	{"jumbo, tagged", 0, PACKET(SIP, .payload = 8900, .tags = 2),
	 PASSES_BY(RULE, "sip")},
	{"longest", 0, PACKET(SIP, .payload = 65000), PASSES_BY(RULE, "sip")},
	{"jumbo answer", 0, PACKET(SIP_REPLY, .payload = 8900),
	 PASSES_BY(REPLY, "sip")},
	{"jumbo UDP", 0, PACKET(DNS, .payload = 8900), PASSES_BY(RULE, "dns")},
	{"jumbo echo", 0,
	 PACKET(ICMP_TO("edge", "director", 8), .payload = 8900),
	 PASSES_BY(RULE, "ping")},
	{"jumbo, another port", 0,
	 PACKET(TCP_TO("edge", "director", 80, ACK), .payload = 8900),
	 DROPS(PORT)},
	{"jumbo, bad flags", 0,
	 PACKET(TCP_TO("edge", "director", 5061, 0), .payload = 8900),
	 DROPS(BAD_FLAGS)},
	{"jumbo, observed", 0, IN("obs0"),
	 PACKET(TCP_TO("edge", "director", 80, ACK), .payload = 8900),
	 WOULD_DROP(PORT)},
	{"jumbo, a byte less than announced", 0,
	 PACKET(SIP, .payload = 8900, .announce = 1), DROPS(TRUNCATED)},
	{"jumbo, all padding", 0, PACKET(SIP, .pad = 8900),
	 PASSES_BY(RULE, "sip")},
	{"jumbo, TCP in the padding", 0,
	 PACKET(SHORT_L4(IPPROTO_TCP, 19), .pad = 8900), DROPS(MALFORMED),
	 LATE},
	{"jumbo first fragment", 0,
	 PACKET(SIP, .payload = 8900, .is_fragment = true, .more = true),
	 PASSES_BY(RULE, "sip")},
	{"jumbo later fragment", 0,
	 PACKET(SIP, .payload = 8900, .is_fragment = true, .offset = 1000,
		.id = 999),
	 DROPS(FRAGMENT)},
	{"jumbo error", 0,
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_sip,
		.payload = 8900),
	 PASSES(RELATED)},
	{"jumbo of another kind", 4,
	 PACKET(.ethertype = 0x88cc, .payload = 8900), PASSES(NON_IP)},
	{"L4 up to the border", 6, PACKET(DNS, TO_THE_BORDER, .payload = 8900),
	 PASSES_BY(RULE, "dns")},
	{"L4 over the border", 6, PACKET(SIP, TO_THE_BORDER), DROPS(TRUNCATED),
	 LATE, BEYOND},
	{"L4 beyond the border", 6, PACKET(SIP, OVER_THE_BORDER),
	 DROPS(TRUNCATED), LATE, BEYOND},
	{"L4 beyond the border, not allowed", 6,
	 PACKET(TCP_TO("idle", "director", 1, SYN), OVER_THE_BORDER),
	 DROPS(TRUNCATED), LATE, BEYOND},
	{"L4 beyond the border, spoofed", 6, IN("none0"),
	 PACKET(SIP, OVER_THE_BORDER), DROPS(SPOOFED)},
	{"extension beyond the border", 6,
	 PACKET(SIP, .chain = {60, 60, 60}, .extension = 255), DROPS(TRUNCATED),
	 BEYOND},
	{"extension ends beyond the border", 6,
	 PACKET(SIP, OVER_THE_BORDER, .payload = 8900), DROPS(TRUNCATED), LATE,
	 BEYOND},
	{"first fragment, L4 beyond the border", 6,
	 PACKET(SIP, .chain = {44, 60, 60}, .extension = 255, .more = true),
	 DROPS(TRUNCATED), LATE, BEYOND},
	{"quote over the border", 6,
	 PACKET(ICMP_TO("router", "edge", 3), .quote = &quote_sip,
		TO_THE_BORDER),
	 DROPS(UNRELATED), BEYOND},
	{"no header beyond the border is needed", 6,
	 PACKET(.from = "edge", .to = "client", .protocol = 112,
		OVER_THE_BORDER),
	 PASSES_BY(RULE, "vrrp")},
};

#endif
