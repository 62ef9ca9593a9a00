# SPDX-License-Identifier: GPL-2.0-only
"""Builds frames from the inside out; every header field can be given a wrong value."""

import ipaddress

from frames import FRAGMENT, IPV4, IPV6, ROUTING

MACS = bytes.fromhex("020000000001020000000002")


def address(value, family):
    if isinstance(value, str):
        value = int(ipaddress.ip_address(value))
    return value.to_bytes(4 if family == 4 else 16, "big")


def word(value):
    return (value & 0xFFFF).to_bytes(2, "big")


def ethernet(ethertype, payload=b"", tags=()):
    tagged = b"".join(word(tag) + word(100 + n) for n, tag in enumerate(tags))
    return MACS + tagged + word(ethertype) + payload


def frame(family, packet, tags=()):
    return ethernet(IPV4 if family == 4 else IPV6, packet, tags)


def ipv4(src, dst, protocol, payload=b"", options=b"", **field):
    """Fields: version, ihl, total, id, offset (bytes), more, ttl."""
    options += bytes(-len(options) % 4)
    ihl = field.get("ihl", 5 + len(options) // 4)
    total = field.get("total", 20 + len(options) + len(payload))
    flags = field.get("offset", 0) >> 3 | (0x2000 if field.get("more") else 0)
    return (bytes([field.get("version", 4) << 4 | ihl, 0]) + word(total)
            + word(field.get("id", 1)) + word(flags)
            + bytes([field.get("ttl", 64), protocol]) + word(0)
            + address(src, 4) + address(dst, 4) + options + payload)


def ipv6(src, dst, next_header, payload=b"", **field):
    """Fields: version, length, hops, chain (a list of extension headers)."""
    for kind, body in reversed(field.get("chain", [])):
        payload = bytes([next_header]) + body + payload
        next_header = kind
    return (bytes([field.get("version", 6) << 4, 0, 0, 0])
            + word(field.get("length", len(payload)))
            + bytes([next_header, field.get("hops", 64)])
            + address(src, 6) + address(dst, 6) + payload)


def extension(kind, units=0):
    """(kind, bytes after the next-header byte), `units` as in its length byte."""
    size = (units + 2) * 4 if kind == 51 else (units + 1) * 8
    return kind, bytes([units]) + bytes([1, 4]) + bytes(size - 4)


def routing(kind, units=0):
    return ROUTING, bytes([units, kind]) + bytes((units + 1) * 8 - 3)


def fragment(offset, more, datagram=1):
    return FRAGMENT, b"\0" + word(offset & 0xFFF8 | bool(more)) + datagram.to_bytes(4, "big")


def tcp(sport, dport, flags, payload=b"", data_offset=5):
    return (word(sport) + word(dport) + bytes(8) + bytes([data_offset << 4, flags])
            + bytes(6) + payload)


def udp(sport, dport, payload=b"", length=None):
    length = 8 + len(payload) if length is None else length
    return word(sport) + word(dport) + word(length) + bytes(2) + payload


def sctp(sport, dport, payload=b""):
    return word(sport) + word(dport) + bytes(8) + payload


def icmp(kind, payload=b"", code=0):
    return bytes([kind, code]) + bytes(6) + payload


def packet(family, src, dst, protocol, payload=b"", **field):
    """An IPv4 or IPv6 packet with fields of either."""
    if family == 4:
        return ipv4(src, dst, protocol, payload, **field)
    return ipv6(src, dst, protocol, payload, **field)
