# SPDX-License-Identifier: GPL-2.0-only
"""Frames of many kinds for the lab's gateway, and what has to become of each."""

import ipaddress
import struct
from collections import namedtuple

from wire import ACK, ETH_P_IP, ETH_P_IPV6, SYN, TCP, End, Segment, checksum, frame

UDP, ICMP, HOP_BY_HOP, UNKNOWN_EXTENSION = 17, 1, 0, 139
ETH_P_8021Q, ETH_P_LLDP = 0x8100, 0x88CC

PROXY, PROXY6 = End("perimeter", "192.0.2.10"), End("perimeter", "2001:db8:0:1::10")
EDGE, OUTSIDER = End("perimeter", "192.0.2.20"), End("perimeter", "192.0.2.99")
DIRECTOR, DIRECTOR6 = End("servers", "10.0.0.5"), End("servers", "2001:db8:0:2::5")
FRONT_END, SERVER = End("servers", "10.0.0.17"), End("servers", "10.0.0.200")
CLIENT, GUEST = End("clients", "10.1.0.7"), End("clients", "10.1.9.9")
ENDS = (PROXY, PROXY6, EDGE, OUTSIDER, DIRECTOR, DIRECTOR6, FRONT_END, SERVER, CLIENT, GUEST)

# reason and verdict as counters and monitor name them; roles of both ends, None if they are
# not looked up.
Kind = namedtuple("Kind", "name arm frame reason verdict roles")


def ipv4(source, target, protocol, payload, options=b"", offset=0, length=None):
    """An IPv4 datagram; what is odd about it is given."""
    size = 20 + len(options)
    head = struct.pack("!BBHHHBBH4s4s", 0x40 | size // 4, 0, length or size + len(payload), 7,
                       offset // 8, 64, protocol, 0,
                       ipaddress.ip_address(source.address).packed,
                       ipaddress.ip_address(target.address).packed) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ipv6(source, target, next_header, payload):
    """An IPv6 packet."""
    return (struct.pack("!IHBB", 6 << 28, len(payload), next_header, 64)
            + ipaddress.ip_address(source.address).packed
            + ipaddress.ip_address(target.address).packed + payload)


def udp(sport, dport, payload=b"x" * 32):
    """A UDP datagram without a checksum."""
    return struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload


def icmp(type_, payload=bytes(40)):
    """An ICMP message."""
    head = struct.pack("!BBHI", type_, 0, 0, 0) + payload
    return head[:2] + struct.pack("!H", checksum(head)) + head[4:]


class Builder:
    """Makes the kinds for the MAC addresses of a wire."""

    def __init__(self, wire):
        self.macs = wire.macs

    def tcp(self, source, target, dport, flags=SYN, sport=33000):
        """A TCP segment as a frame."""
        return frame(self.macs[source.arm], Segment(source, target, sport, dport, flags), 1)

    def packet(self, source, datagram, ethertype=ETH_P_IP):
        """A datagram as a frame from its source's arm."""
        return self.macs[source.arm] + struct.pack("!H", ethertype) + datagram

    def kinds(self):
        """All kinds: some pass, most do not; the clients' arm only observes."""
        edge, director, proxy = ["edge-internal"], ["director"], ["reverse-proxy"]
        client, front_end, nobody = ["internal-clients"], ["front-end"], []
        syn = self.tcp(PROXY, DIRECTOR, 4443)
        tags = struct.pack("!HHHHHH", ETH_P_8021Q, 1, ETH_P_8021Q, 2, ETH_P_8021Q, 3)
        route = bytes([131, 7, 4, 10, 0, 0, 1, 0])
        rows = [
            ("rule", PROXY, syn, "rule", (proxy, director)),
            ("reply", DIRECTOR, self.tcp(DIRECTOR, PROXY, 33000, ACK, 4443), "reply",
             (director, proxy)),
            ("port", PROXY, self.tcp(PROXY, DIRECTOR, 3389), "port", (proxy, director)),
            ("port over IPv6", PROXY6, self.tcp(PROXY6, DIRECTOR6, 3389), "port",
             (proxy, director)),
            ("UDP port", EDGE, self.packet(EDGE, ipv4(EDGE, DIRECTOR, UDP, udp(
                5000, 53, b"x" * 400))),
             "port", (edge, director)),
            ("pair", FRONT_END, self.tcp(FRONT_END, PROXY, 80), "pair", (front_end, proxy)),
            ("ping", DIRECTOR, self.packet(DIRECTOR, ipv4(DIRECTOR, CLIENT, ICMP, icmp(8))),
             "pair", (director, client)),
            ("direction", DIRECTOR, self.tcp(DIRECTOR, PROXY, 33000, SYN, 4443), "direction",
             (director, proxy)),
            ("unknown source", OUTSIDER, self.tcp(OUTSIDER, DIRECTOR, 4443), "unknown-source",
             (nobody, director)),
            ("unknown destination", DIRECTOR, self.tcp(DIRECTOR, OUTSIDER, 25),
             "unknown-destination", (director, nobody)),
            ("stranger", OUTSIDER, self.tcp(OUTSIDER, SERVER, 22), "stranger",
             (nobody, nobody)),
            ("bad flags", PROXY, self.tcp(PROXY, DIRECTOR, 4443, 0), "bad-flags",
             (proxy, director)),
            ("unrelated", DIRECTOR, self.packet(DIRECTOR, ipv4(
                DIRECTOR, PROXY, ICMP, icmp(3, ipv4(PROXY, DIRECTOR, TCP, syn[34:54])[:20]))),
             "unrelated", (director, proxy)),
            ("fragment", PROXY, self.packet(PROXY, ipv4(PROXY, DIRECTOR, UDP, bytes(64),
                                                        offset=640)), "fragment",
             (proxy, director)),
            ("spoofed", DIRECTOR, self.packet(DIRECTOR, syn[14:]), "spoofed",
             (proxy, director)),
            ("truncated", PROXY, self.packet(PROXY, ipv4(PROXY, DIRECTOR, UDP, udp(1, 2),
                                                         length=900)), "truncated", None),
            ("malformed", PROXY, self.packet(PROXY, b"\x42" + syn[15:]), "malformed", None),
            ("VLAN depth", PROXY, syn[:12] + tags + syn[12:], "vlan-depth", None),
            ("not IP", PROXY, self.packet(PROXY, bytes(60), ETH_P_LLDP), "non-ip", None),
            ("source route", PROXY, self.packet(PROXY, ipv4(PROXY, DIRECTOR, UDP, udp(1, 2),
                                                            options=route)),
             "source-route", None),
            ("extensions", PROXY6, self.packet(PROXY6, ipv6(
                PROXY6, DIRECTOR6, HOP_BY_HOP, bytes([UNKNOWN_EXTENSION, 0, 1, 4]) + bytes(4)
                + bytes(40)), ETH_P_IPV6), "ext-chain", None),
            ("observed port", CLIENT, self.tcp(CLIENT, DIRECTOR, 3389), "port",
             (client, director)),
            ("observed guest", GUEST, self.tcp(GUEST, DIRECTOR, 443), "unknown-source",
             (nobody, director)),
        ]
        return [Kind(name, end.arm, data, reason, verdict(end.arm, reason), roles)
                for name, end, data, reason, roles in rows]


def verdict(arm, reason):
    """The clients' arm only observes."""
    if reason in ("rule", "reply"):
        return "pass"
    return "would-drop" if arm == "clients" else "drop"
