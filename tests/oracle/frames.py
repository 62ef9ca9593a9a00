# SPDX-License-Identifier: GPL-2.0-only
"""Reads a frame's headers, byte by byte, and raises the fault that ends the reading."""

from types import SimpleNamespace

ARP, IPV4, IPV6 = 0x0806, 0x0800, 0x86DD
TAGS = (0x8100, 0x88A8)
MAX_TAGS = 2

ICMP, TCP, UDP, ICMPV6, SCTP = 1, 6, 17, 58, 132

HOP_BY_HOP, ROUTING, FRAGMENT = 0, 43, 44
AUTHENTICATION, DESTINATION, MOBILITY = 51, 60, 135
EXTENSIONS = (HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION, MOBILITY)
UNKNOWN_EXTENSIONS = (139, 140, 253, 254)
MAX_EXTENSIONS = 8

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32


class Fault(Exception):
    """Nothing after this can be read; the text is the reason."""


def number(data, offset, size):
    return int.from_bytes(data[offset:offset + size], "big")


def need(packet, offset, size):
    """Bytes beyond the frame are cut off; bytes beyond the IP packet are padding."""
    if offset + size > len(packet.frame):
        raise Fault("truncated")
    if offset + size > packet.end:
        raise Fault("malformed")


def new_packet(frame, family):
    return SimpleNamespace(frame=frame, family=family, end=len(frame), src=None, dst=None,
                           hops=None, protocol=None, l4=None, fragment=None, fragment_id=None,
                           fragment_offset=0, fragment_length=0, source_route=False,
                           ext_chain=False, kind=None, sport=None, dport=None, flags=0,
                           icmp_type=None)


def read_ethernet(frame):
    """The ethertype behind the tags, and where its header begins."""
    if len(frame) < 14:
        raise Fault("truncated")
    offset = 12
    tags = 0
    while number(frame, offset, 2) in TAGS:
        if tags == MAX_TAGS:
            raise Fault("vlan-depth")
        if offset + 6 > len(frame):
            raise Fault("truncated")
        offset += 4
        tags += 1
    return number(frame, offset, 2), offset + 2


def read_ip(frame, ethertype, offset):
    if ethertype == IPV4:
        return read_ipv4(frame, offset)
    return read_ipv6(frame, offset)


def read_ipv4(frame, offset):
    packet = new_packet(frame, 4)
    need(packet, offset, 20)
    header = (frame[offset] & 15) * 4
    packet.end = offset + number(frame, offset + 2, 2)
    if packet.end > len(frame) or offset + header > len(frame):
        raise Fault("truncated")
    if frame[offset] >> 4 != 4 or header < 20 or packet.end < offset + header:
        raise Fault("malformed")
    read_ipv4_fields(packet, offset)
    if is_martian_ipv4(packet.src):
        raise Fault("malformed")
    packet.source_route = walk_options(frame[offset + 20:offset + header])
    return packet


def read_ipv4_fields(packet, offset):
    frame = packet.frame
    packet.src = number(frame, offset + 12, 4)
    packet.dst = number(frame, offset + 16, 4)
    packet.hops = frame[offset + 8]
    packet.protocol = frame[offset + 9]
    packet.l4 = offset + (frame[offset] & 15) * 4
    word = number(frame, offset + 6, 2)
    packet.fragment_id = number(frame, offset + 4, 2)
    packet.fragment_offset = (word & 0x1FFF) * 8
    packet.fragment_length = packet.end - packet.l4
    if packet.fragment_offset:
        packet.fragment = "later"
    elif word & 0x2000:
        packet.fragment = "first"


def is_martian_ipv4(address):
    first_byte = address >> 24
    return first_byte == 127 or 224 <= first_byte <= 239 or address == 0xFFFFFFFF


def walk_options(options):
    """True if there is a source route; a broken option is a fault, wherever it stands."""
    found = False
    at = 0
    while at < len(options) and options[at] != 0:
        if options[at] == 1:
            at += 1
            continue
        if at + 1 >= len(options):
            raise Fault("malformed")
        length = options[at + 1]
        if length < 2 or at + length > len(options):
            raise Fault("malformed")
        if options[at] in (131, 137):
            found = True
        at += length
    return found


def read_ipv6(frame, offset):
    packet = new_packet(frame, 6)
    need(packet, offset, 40)
    packet.end = offset + 40 + number(frame, offset + 4, 2)
    if packet.end > len(frame):
        raise Fault("truncated")
    if frame[offset] >> 4 != 6:
        raise Fault("malformed")
    read_ipv6_addresses(packet, offset)
    if packet.src >> 120 == 0xFF or packet.src == 1:
        raise Fault("malformed")
    walk_chain(packet, frame[offset + 6], offset + 40)
    return packet


def read_ipv6_addresses(packet, offset):
    packet.src = number(packet.frame, offset + 8, 16)
    packet.dst = number(packet.frame, offset + 24, 16)
    packet.hops = packet.frame[offset + 7]


def walk_chain(packet, kind, offset):
    """Ends at the L4 header, at a later fragment, or with `ext_chain` set."""
    walked = 0
    while kind in EXTENSIONS:
        walked += 1
        if walked > MAX_EXTENSIONS:
            packet.ext_chain = True
            return
        size = extension_size(packet, kind, offset)
        need(packet, offset, size)
        if kind == ROUTING and packet.frame[offset + 2] == 0:
            packet.source_route = True
        if kind == FRAGMENT:
            read_fragment_header(packet, offset)
        kind = packet.frame[offset]
        offset += size
        if packet.fragment == "later":
            break
    if kind in UNKNOWN_EXTENSIONS and packet.fragment != "later":
        packet.ext_chain = True
        return
    packet.protocol = kind
    packet.l4 = offset


def extension_size(packet, kind, offset):
    need(packet, offset, 8)
    if kind == FRAGMENT:
        return 8
    if kind == AUTHENTICATION:
        return (packet.frame[offset + 1] + 2) * 4
    return (packet.frame[offset + 1] + 1) * 8


def read_fragment_header(packet, offset):
    word = number(packet.frame, offset + 2, 2)
    packet.fragment = None
    packet.fragment_offset = word & 0xFFF8
    packet.fragment_id = number(packet.frame, offset + 4, 4)
    packet.fragment_length = packet.end - (offset + 8)
    if packet.fragment_offset:
        packet.fragment = "later"
    elif word & 1:
        packet.fragment = "first"


def l4_kind(packet):
    if packet.protocol == TCP:
        return "tcp"
    if packet.protocol == UDP:
        return "udp"
    if packet.protocol == SCTP:
        return "sctp"
    if packet.protocol == (ICMP if packet.family == 4 else ICMPV6):
        return "icmp"
    return "portless"


def l4_size(kind):
    if kind == "tcp":
        return 20
    if kind == "sctp":
        return 12
    if kind in ("udp", "icmp"):
        return 8
    return 0


def read_l4(packet):
    """The whole L4 header must be there, and be possible."""
    packet.kind = l4_kind(packet)
    try:
        need(packet, packet.l4, l4_size(packet.kind))
    except Fault:
        if packet.fragment == "first":
            raise Fault("fragment") from None
        raise
    read_ports(packet)
    if packet.kind == "tcp":
        packet.flags = packet.frame[packet.l4 + 13]
        if packet.frame[packet.l4 + 12] >> 4 < 5:
            raise Fault("malformed")
    if packet.kind == "udp" and number(packet.frame, packet.l4 + 4, 2) < 8:
        raise Fault("malformed")


def read_ports(packet):
    if packet.kind == "icmp":
        packet.icmp_type = packet.frame[packet.l4]
    elif packet.kind != "portless":
        packet.sport = number(packet.frame, packet.l4, 2)
        packet.dport = number(packet.frame, packet.l4 + 2, 2)


def read_quote(packet):
    """The packet that an ICMP error quotes; raises a fault if too little of it is there."""
    data = packet.frame[packet.l4 + 8:packet.end]
    quote = new_packet(data, packet.family)
    if packet.family == 4:
        read_quoted_ipv4(quote)
    else:
        read_quoted_ipv6(quote)
    if quote.fragment == "later":
        raise Fault("fragment")
    quote.kind = l4_kind(quote)
    if quote.kind != "portless":
        need(quote, quote.l4, 4)
    read_ports(quote)
    quote.flags = ACK
    return quote


def read_quoted_ipv4(quote):
    need(quote, 0, 20)
    header = (quote.frame[0] & 15) * 4
    if quote.frame[0] >> 4 != 4 or header < 20:
        raise Fault("malformed")
    need(quote, 0, header)
    read_ipv4_fields(quote, 0)


def read_quoted_ipv6(quote):
    need(quote, 0, 40)
    if quote.frame[0] >> 4 != 6:
        raise Fault("malformed")
    read_ipv6_addresses(quote, 0)
    walk_chain(quote, quote.frame[6], 40)
    if quote.ext_chain:
        raise Fault("ext-chain")
