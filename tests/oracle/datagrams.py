# SPDX-License-Identifier: GPL-2.0-only
"""Makes random datagrams (L4 and above) and wraps them into whole or fragmented IP packets."""

from types import SimpleNamespace

import build
from aim import random_address, random_flow
from frames import (AUTHENTICATION, DESTINATION, FRAGMENT, HOP_BY_HOP, ICMP, ICMPV6, MOBILITY,
                    ROUTING, SCTP, TCP, UDP, l4_kind)

LINK_LOCAL = 0xFE80 << 112
ERRORS_IPV4 = (3, 3, 11, 11, 12, 12, 4, 5, 13)
ERRORS_IPV6 = (1, 2, 2, 3, 4, 0, 5, 127)
PLAIN_OPTIONS = (b"\1", b"\1\1\1", b"\0", b"\x94\4\0\0", b"\7\7\4\1\2\3\4", b"\x44\2", b"\0\x83\1")
ODD_OPTIONS = (b"\x83\7\4\1\2\3\4", b"\x89\3\4", b"\x83\2", b"\x89", b"\x83", b"\7\0", b"\7\1",
               b"\7\x28", b"\x94\5\0\0", b"\x83\3\4\7\1", b"\0\x89\3\4", b"\x82\3\4", b"\x88\4\0\0")
KNOWN_CHAIN = (HOP_BY_HOP, DESTINATION, ROUTING, AUTHENTICATION, MOBILITY, DESTINATION)
UNKNOWN_CHAIN = (139, 140, 253, 254, 50, 59, 136, 138, 141, 252, 255, 61)


def random_payload(rng):
    size = rng.choice((0, 0, 0, 1, 3, 4, 7, 8, 20, 64, 200))
    if rng.random() < 0.02:
        size = rng.choice((1400, 1440, 1460, 1480))
    return rng.randbytes(size)


def flow_datagram(rng, flow, payload=None):
    """Headers of L4 and a payload, between the flow's ends."""
    payload = random_payload(rng) if payload is None else payload
    return SimpleNamespace(family=flow.family, src=flow.src, dst=flow.dst,
                           protocol=flow.protocol, hops=rng.choice((64, 64, 1, 255)),
                           payload=l4_bytes(flow, payload))


def l4_bytes(flow, payload):
    kind = l4_kind(flow)
    if kind == "tcp":
        return build.tcp(flow.sport, flow.dport, flow.flags, payload)
    if kind == "udp":
        return build.udp(flow.sport, flow.dport, payload)
    if kind == "sctp":
        return build.sctp(flow.sport, flow.dport, payload)
    if kind == "icmp":
        return build.icmp(flow.icmp_type, payload)
    return payload


def error_datagram(rng, aim):
    """An ICMP error that quotes a flow's packet, mostly to that packet's source."""
    flow = random_flow(rng, aim)
    inner = flow_datagram(rng, flow, rng.randbytes(rng.choice((0, 0, 8, 40))))
    if rng.random() < 0.08:
        inner.protocol = ICMP if flow.family == 4 else ICMPV6
        inner.payload = build.icmp(rng.choice((3, 11, 12, 1, 2, 4)), bytes(28))
    quote = random_quote(rng, inner)
    kind = rng.choice(ERRORS_IPV4 if flow.family == 4 else ERRORS_IPV6)
    family = flow.family if rng.random() < 0.97 else 10 - flow.family
    to_source = family == flow.family and rng.random() < 0.92
    points = [address for f, address in aim.every if f == family]
    points += [random_address(rng, family), random_address(rng, family)]
    return SimpleNamespace(
        family=family, src=flow.dst if to_source and rng.random() < 0.4 else rng.choice(points),
        dst=flow.src if to_source else rng.choice(points),
        protocol=ICMP if family == 4 else ICMPV6, hops=64, payload=build.icmp(kind, quote))


def random_quote(rng, inner):
    """The quoted packet: whole, a fragment, cut short, or with a broken field."""
    quote = wrap(rng, inner, 0.25)
    if rng.random() < 0.1:
        quote = rng.choice(fragment_packets(rng, inner))
    if rng.random() < 0.5:
        header = len(quote) - len(inner.payload)
        quote = quote[:max(0, header + rng.choice((8, 8, 8, 4, 3, 5, 0, -1, -4)))]
    if rng.random() < 0.06:
        quote = quote[:rng.randint(0, len(quote))]
    if quote and rng.random() < 0.08:
        quote = bytes([rng.choice((0x44, 0x44, 0x46, 0x4F, 0x55, 0x65, 0x60, 0x50))]) + quote[1:]
    return quote


def neighbor_datagram(rng, aim):
    """Neighbor discovery and MLD, mostly as the RFCs send them."""
    kind = rng.choice((133, 134, 135, 136, 137, 130, 131, 132, 143, 129, 138, 142, 144))
    right_hops = 255 if 133 <= kind <= 137 else 1
    src = rng.choice((LINK_LOCAL + rng.getrandbits(64), LINK_LOCAL, LINK_LOCAL, 0,
                      0xFEBF << 112 | rng.getrandbits(112), 0xFEC0 << 112, 0xFE7F << 112, 1,
                      random_flow(rng, aim).src))
    return SimpleNamespace(
        family=6, src=src & (1 << 128) - 1, dst=0xFF02 << 112 | 1, protocol=ICMPV6,
        hops=right_hops if rng.random() < 0.8 else rng.choice((0, 1, 2, 64, 254, 255)),
        payload=build.icmp(kind, random_payload(rng))[:rng.choice((0, 1, 4, 8, 64, 64, 64, 64))])


def wrap(rng, datagram, odds, **field):
    """The IP packet around it; `odds` of options or extension headers."""
    if datagram.family == 4 and rng.random() < odds:
        field["options"] = random_options(rng)
    if datagram.family == 6 and rng.random() < odds:
        field["chain"] = random_chain(rng, datagram)
    hops = {"ttl": datagram.hops} if datagram.family == 4 else {"hops": datagram.hops}
    return build.packet(datagram.family, datagram.src, datagram.dst, datagram.protocol,
                        datagram.payload, **hops, **field)


def random_options(rng):
    parts = [rng.choice(PLAIN_OPTIONS) for _ in range(rng.randint(0, 3))]
    if rng.random() < 0.5:
        parts.append(rng.choice(ODD_OPTIONS))
        rng.shuffle(parts)
    return b"".join(parts)[:40]


def random_chain(rng, datagram):
    """Extension headers; may end with an odd L4 protocol."""
    count = rng.choice((1, 1, 1, 2, 3, 5, 7, 8, 8, 9, 10))
    chain = [random_extension(rng) for _ in range(count)]
    for _ in range(rng.choice((0, 0, 0, 0, 0, 0, 1, 2))):
        header = build.fragment(rng.choice((0, 0, 0, 8)), rng.random() < 0.4, rng.randint(1, 3))
        chain.insert(rng.randint(0, len(chain)), header)
    if rng.random() < 0.15:
        kind = rng.choice(UNKNOWN_CHAIN)
        chain.insert(rng.randint(0, len(chain)), (kind, bytes(7)))
    if rng.random() < 0.05:
        datagram.protocol = rng.choice(UNKNOWN_CHAIN)
    return chain


def random_extension(rng):
    kind = rng.choice(KNOWN_CHAIN)
    units = rng.choice((0, 0, 0, 0, 1, 2))
    if kind == ROUTING:
        return build.routing(rng.choice((0, 1, 2, 2, 3, 4, 4)), units)
    return build.extension(kind, units)


def fragment_packets(rng, datagram):
    """All pieces of a datagram, in order."""
    number = rng.randint(1, 3)
    pieces = cut_pieces(rng, datagram)
    if datagram.family == 4:
        options = random_options(rng) if rng.random() < 0.1 else b""
        return [wrap(rng, piece, 0, id=number, offset=offset, more=more, options=options)
                for piece, offset, more in pieces]
    return [wrap(rng, piece, 0, chain=fragment_chain(rng, offset, more, number))
            for piece, offset, more in pieces]


def fragment_chain(rng, offset, more, number):
    chain = [build.fragment(offset, more, number)]
    if rng.random() < 0.1:
        chain.insert(0, random_extension(rng))
    if rng.random() < 0.06:
        chain.append(random_extension(rng))
    if rng.random() < 0.06:
        chain.append(build.fragment(rng.choice((0, 0, 8)), rng.random() < 0.5, number))
    return chain


def cut_pieces(rng, datagram):
    """(datagram, offset, more) with the payload cut at multiples of eight."""
    data = datagram.payload + rng.randbytes(rng.choice((0, 8, 24, 100)))
    pieces = []
    offset = 0
    while offset < len(data) or not pieces:
        size = 8 * rng.choice((1, 2, 3, 3, 4, 8, 50))
        part = SimpleNamespace(**vars(datagram))
        part.payload = data[offset:offset + size]
        pieces.append((part, offset, offset + size < len(data)))
        offset += size
    return disturb_pieces(rng, pieces)


def disturb_pieces(rng, pieces):
    """Sometimes a piece overlaps, leaves a hole, or is another protocol's or sender's."""
    if rng.random() < 0.75:
        return pieces
    at = rng.randrange(len(pieces))
    part, offset, more = pieces[at]
    change = rng.choice(("overlap", "hole", "protocol", "source", "more", "far"))
    if change == "overlap":
        offset = max(0, offset - 8)
    if change == "hole":
        offset += 8
    if change == "far":
        offset = rng.choice((65528, 32768, 32776, 16384, 8, 0, 1480))
    if change == "protocol":
        part.protocol = rng.choice((TCP, UDP, SCTP, ICMP, 47, FRAGMENT))
    if change == "source":
        part.src ^= 1
    if change == "more":
        more = not more
    pieces[at] = part, offset, more
    return pieces
