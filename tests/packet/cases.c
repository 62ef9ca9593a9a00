/* SPDX-License-Identifier: GPL-2.0-only */
/* The config that the cases meet, and cases to packets of one family. */
#include "tests/packet/cases.h"

#include <assert.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char config_text[] =
	"interfaces:\n"
	"  in0: {}\n"
	"  obs0: {enforce: false}\n"
	"  obs1: {enforce: false, roles: []}\n"
	"  edge0: {roles: [edge]}\n"
	"  none0: {roles: []}\n"
	"roles:\n"
	"  edge: [192.0.2.20, \"2001:db8::20\"]\n"
	"  director: [10.0.0.5, \"2001:db8:1::5\"]\n"
	"  client: [10.1.0.0/16, 10.2.4.0/24, \"2001:db8:2::/64\"]\n"
	"  idle: [10.9.0.1, \"2001:db8:9::1\"]\n"
	"rules:\n"
	"  sip: {from: edge, to: director, tcp: 5061}\n"
	"  media: {from: edge, to: director, tcp: 443, sport: 50000-59999}\n"
	"  sig: {from: edge, to: director, sctp: 5000}\n"
	"  ping: {from: edge, to: director, icmp: echo}\n"
	"  query: {from: edge, to: director, icmp: [13, 15, 17]}\n"
	"  dns: {from: director, to: client, udp: 53}\n"
	"  vrrp: {from: edge, to: client, protocol: vrrp}\n"
	"  stun: {from: any, to: client, udp: 3478}\n"
	"  own: {from: idle, to: idle, tcp: 1}\n";

const char *const variant_settings[VARIANT_COUNT] = {
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

static const char *address_of(const char *name, int family)
{
	size_t i;

	for (i = 0; name && i < COUNT(ends); i++)
		if (!strcmp(ends[i].name, name))
			return ends[i].addresses[family == 6];
	return name;
}

static __u8 icmpv6_type(__u8 type)
{
	switch (type) {
	case 0:
		return 129;
	case 3:
		return 1;
	case 8:
		return 128;
	case 11:
		return 3;
	case 12:
		return 4;
	}
	return type;
}

void packet_resolve(struct resolved *resolved, const struct packet_spec *spec,
		    int family)
{
	struct packet_spec *out;
	int i;

	for (i = 0; spec; spec = spec->quote, i++) {
		assert(i < QUOTES_MAX);
		out = &resolved->specs[i];
		*out = *spec;
		out->from = address_of(spec->from, family);
		out->to = address_of(spec->to, family);
		if (family == 6 && spec->protocol == IPPROTO_ICMP) {
			out->protocol = IPPROTO_ICMPV6;
			out->type = icmpv6_type(spec->type);
		}
		if (spec->quote)
			out->quote = out + 1;
	}
}
