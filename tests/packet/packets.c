/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets as the tests describe them, to bytes. */
#include "tests/packet/packets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "user/policy/prefix.h"

static void die(const char *what, const char *on)
{
	fprintf(stderr, "packets: %s: %s\n", what, on);
	abort();
}

static void put(struct wire *wire, const void *bytes, size_t n)
{
	if (wire->size + n > sizeof(wire->bytes))
		die("too long", "frame");
	memcpy(wire->bytes + wire->size, bytes, n);
	wire->size += n;
}

static void put8(struct wire *wire, __u8 value)
{
	put(wire, &value, 1);
}

static void put16(struct wire *wire, __u16 value)
{
	put8(wire, value >> 8);
	put8(wire, value);
}

static void put32(struct wire *wire, __u32 value)
{
	put16(wire, value >> 16);
	put16(wire, value);
}

/* Bytes that are no header of anything. */
static void put_filler(struct wire *wire, size_t n)
{
	while (n--)
		put8(wire, 0xa5);
}

static void set16(struct wire *wire, size_t at, __u16 value)
{
	wire->bytes[at] = value >> 8;
	wire->bytes[at + 1] = value;
}

static struct prefix address_of(const char *text)
{
	struct prefix prefix;

	if (prefix_from_address(&prefix, text))
		die("no address", text);
	return prefix;
}

static void put_ethernet(struct wire *wire, const struct packet_spec *spec,
			 int family)
{
	static const __u8 addresses[2 * ETH_ALEN] = {2, 0, 0, 0, 0, 1,
						     2, 0, 0, 0, 0, 2};
	int i;

	put(wire, addresses, sizeof(addresses));
	for (i = spec->tags; i > 0; i--) {
		put16(wire, i > 1 ? ETH_P_8021AD : ETH_P_8021Q);
		put16(wire, 100 + i);
	}
	if (spec->ethertype)
		put16(wire, spec->ethertype);
	else
		put16(wire, family == 4 ? ETH_P_IP : ETH_P_IPV6);
}

static void put_options(struct wire *wire, const char *hex)
{
	unsigned int value;

	for (; hex && *hex; hex += 2) {
		if (sscanf(hex, "%2x", &value) != 1)
			die("no hex", hex);
		put8(wire, value);
	}
	while ((wire->size - wire->l3) % 4)
		put8(wire, 0);
}

static void put_ipv4(struct wire *wire, const struct packet_spec *spec)
{
	struct prefix from = address_of(spec->from), to = address_of(spec->to);

	put8(wire, 0);
	put8(wire, 0);
	put16(wire, 0); /* total length: finish_ip() */
	put16(wire, spec->id);
	put16(wire, (spec->more ? 0x2000 : 0) | spec->offset / 8);
	put8(wire, spec->hop_limit ? spec->hop_limit : 64);
	put8(wire, spec->protocol);
	put16(wire, 0);
	put(wire, from.address, 4);
	put(wire, to.address, 4);
	put_options(wire, spec->options);
	wire->bytes[wire->l3] = 0x40 | (wire->size - wire->l3) / 4;
}

/* One extension header, with the number of the next. */
static void put_extension(struct wire *wire, const struct packet_spec *spec,
			  __u8 kind, __u8 next)
{
	size_t end = wire->size;

	put8(wire, next);
	if (kind == IPPROTO_FRAGMENT) {
		put8(wire, 0);
		put16(wire, (spec->offset & 0xfff8) | spec->more);
		put32(wire, spec->id);
		return;
	}
	put8(wire, spec->extension);
	put8(wire, kind == IPPROTO_ROUTING ? spec->routing_type : 1);
	put8(wire, kind == IPPROTO_ROUTING ? 0 : 4);
	if (kind == IPPROTO_AH)
		end += (spec->extension + 2) * 4;
	else
		end += (spec->extension + 1) * 8;
	while (wire->size < end)
		put8(wire, 0);
}

/* Hop-by-hop, the chain, and a fragment header if it has none of its own. */
static size_t list_chain(const struct packet_spec *spec,
			 __u8 kinds[CHAIN_MAX + 3])
{
	size_t i, count = 0;

	if (spec->hop_by_hop)
		kinds[count++] = IPPROTO_HOPOPTS;
	for (i = 0; i < CHAIN_MAX && spec->chain[i]; i++)
		kinds[count++] = spec->chain[i];
	if (spec->is_fragment)
		kinds[count++] = IPPROTO_FRAGMENT;
	kinds[count] = spec->protocol;
	return count;
}

static void put_ipv6(struct wire *wire, const struct packet_spec *spec)
{
	struct prefix from = address_of(spec->from), to = address_of(spec->to);
	__u8 kinds[CHAIN_MAX + 3];
	size_t i, count = list_chain(spec, kinds);

	put32(wire, 0x60000000);
	put16(wire, 0); /* payload length: finish_ip() */
	put8(wire, kinds[0]);
	put8(wire, spec->hop_limit ? spec->hop_limit : 64);
	put(wire, from.address, 16);
	put(wire, to.address, 16);
	for (i = 0; i < count; i++)
		put_extension(wire, spec, kinds[i], kinds[i + 1]);
}

static void put_tcp(struct wire *wire, const struct packet_spec *spec)
{
	put16(wire, spec->sport);
	put16(wire, spec->dport);
	put32(wire, 1);
	put32(wire, 1);
	put8(wire, 5 << 4);
	put8(wire, spec->flags);
	put16(wire, 1024);
	put32(wire, 0);
}

static void put_l4(struct wire *wire, const struct packet_spec *spec)
{
	switch (spec->protocol) {
	case IPPROTO_TCP:
		put_tcp(wire, spec);
		break;
	case IPPROTO_UDP:
		put16(wire, spec->sport);
		put16(wire, spec->dport);
		put16(wire, 8 + spec->payload);
		put16(wire, 0);
		break;
	case IPPROTO_SCTP:
		put16(wire, spec->sport);
		put16(wire, spec->dport);
		put32(wire, 1);
		put32(wire, 0);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		put8(wire, spec->type);
		put8(wire, 0);
		put16(wire, 0);
		put32(wire, 0);
		break;
	}
}

static void put_quote(struct wire *wire, const struct packet_spec *spec)
{
	struct wire quote;
	size_t size;

	packet_build(spec->quote, &quote);
	size = quote.size - quote.l3;
	if (spec->quoted && spec->quoted < size)
		size = spec->quoted;
	put(wire, quote.bytes + quote.l3, size);
}

/* Writes the announced length, now that it is known. */
static void finish_ip(struct wire *wire, const struct packet_spec *spec,
		      int family)
{
	size_t length = wire->size - wire->l3 + spec->announce;

	if (family == 4)
		set16(wire, wire->l3 + 2, length);
	else
		set16(wire, wire->l3 + 4, length - sizeof(struct ipv6hdr));
}

static void put_datagram(struct wire *wire, const struct packet_spec *spec,
			 int family)
{
	if (family == 4)
		put_ipv4(wire, spec);
	else
		put_ipv6(wire, spec);
	wire->l4 = wire->size;
	if (!spec->no_l4)
		put_l4(wire, spec);
	if (spec->quote)
		put_quote(wire, spec);
	put_filler(wire, spec->payload);
	finish_ip(wire, spec, family);
}

static void set_wrong(struct wire *wire, const struct poke *poke)
{
	size_t at = poke->at;

	if (poke->layer == LAYER_NONE)
		return;
	if (poke->layer == LAYER_L3)
		at += wire->l3;
	if (poke->layer == LAYER_L4)
		at += wire->l4;
	if (at >= wire->size)
		die("beyond the end", "poke");
	wire->bytes[at] = poke->value;
}

void packet_build(const struct packet_spec *spec, struct wire *wire)
{
	int family = spec->from ? address_of(spec->from).family : 0;
	int i;

	memset(wire, 0, sizeof(*wire));
	put_ethernet(wire, spec, family);
	wire->l3 = wire->l4 = wire->size;
	if (family)
		put_datagram(wire, spec, family);
	else
		put_filler(wire, spec->payload);
	put_filler(wire, spec->pad);
	for (i = 0; i < POKES_MAX; i++)
		set_wrong(wire, &spec->pokes[i]);
	if (spec->keep && spec->keep < wire->size)
		wire->size = spec->keep;
}
