# SPDX-License-Identifier: GPL-2.0-only
"""Every kind of traffic on the lab's gateway: frames, and what each is counted under."""

import os
import sys
from collections import Counter, namedtuple

import gateway
import tally
from table import ROOT

sys.path.append(os.path.join(ROOT, "tests/oracle"))
import build  # pylint: disable=wrong-import-position
import frames  # pylint: disable=wrong-import-position

PROXY, PROXY6 = "192.0.2.10", "2001:db8:0:1::10"
DIRECTOR, DIRECTOR6 = "10.0.0.5", "2001:db8:0:2::5"
CLIENT, EDGE = "10.1.0.7", "192.0.2.20"
OUTSIDER, ELSEWHERE = "192.0.2.99", "198.51.100.1"
MACS = 12
SYN, ACK, FIN = frames.SYN, frames.ACK, frames.FIN

# ends are roles, None for none; NO_ENDS: dropped or passed before they are looked at.
Kind = namedtuple("Kind", "name arm frame verdict reason rule ends")
NO_ENDS = ()


def config():
    """The table, and a rule each for UDP and ICMP; the clients' arm only observes."""
    return gateway.director_config(
        interfaces={"perimeter": {"mode": "native", "roles": ["reverse-proxy", "edge-internal"]},
                    "servers": {"mode": "native"},
                    "clients": {"mode": "native", "enforce": False}},
        rules={"dns": {"from": "director", "to": "internal-clients", "udp": 53},
               "ping": {"from": "internal-clients", "to": "director", "icmp": "echo"}})


def ipv4(source, target, protocol, payload, **field):
    """A frame with an IPv4 packet."""
    return build.frame(4, build.ipv4(source, target, protocol, payload, **field))


def tcp(source, target, sport, dport, flags, family=4):
    """A frame with a TCP segment."""
    return build.frame(family, build.packet(family, source, target, frames.TCP,
                                            build.tcp(sport, dport, flags)))


def error(source, target, quoted_port):
    """An ICMP error of source about what target sent it."""
    quote = build.ipv4(target, source, frames.TCP, build.tcp(33000, quoted_port, SYN))
    return ipv4(source, target, frames.ICMP, build.icmp(3, quote, code=3))


def passed():
    """What the rules allow."""
    query = build.udp(33000, 53, bytes(24))
    answer = build.udp(53, 33000, b"x")
    servers = "director", "reverse-proxy"
    return [
        Kind("opening", "perimeter", tcp(PROXY, DIRECTOR, 33000, 4443, SYN),
             "pass", "rule", "web-https", servers[::-1]),
        Kind("answer", "servers", tcp(DIRECTOR, PROXY, 4443, 33000, SYN | ACK),
             "pass", "reply", "web-https", servers),
        Kind("opening, IPv6", "perimeter", tcp(PROXY6, DIRECTOR6, 33000, 8080, SYN, 6),
             "pass", "rule", "web-http", servers[::-1]),
        Kind("answer, IPv6", "servers", tcp(DIRECTOR6, PROXY6, 8080, 33000, ACK, 6),
             "pass", "reply", "web-http", servers),
        Kind("UDP", "servers", ipv4(DIRECTOR, CLIENT, frames.UDP, query),
             "pass", "rule", "dns", ("director", "internal-clients")),
        Kind("UDP answer", "clients", ipv4(CLIENT, DIRECTOR, frames.UDP, answer),
             "pass", "reply", "dns", ("internal-clients", "director")),
        Kind("echo request", "clients", ipv4(CLIENT, DIRECTOR, frames.ICMP, build.icmp(8)),
             "pass", "rule", "ping", ("internal-clients", "director")),
        Kind("from any", "perimeter", tcp(OUTSIDER, EDGE, 33000, 50001, SYN),
             "pass", "rule", "cls-agent", (None, "edge-internal")),
        Kind("error about an allowed packet", "servers", error(DIRECTOR, PROXY, 4443),
             "pass", "related", None, servers),
        Kind("first fragment", "servers", ipv4(DIRECTOR, CLIENT, frames.UDP,
                                               build.udp(33000, 53, bytes(16), 40), more=True,
                                               id=77),
             "pass", "rule", "dns", ("director", "internal-clients")),
        Kind("later fragment", "servers", ipv4(DIRECTOR, CLIENT, frames.UDP, bytes(16), id=77,
                                               offset=24),
             "pass", "fragment", None, ("director", "internal-clients")),
        Kind("ARP", "servers", build.ethernet(frames.ARP, bytes(28)),
             "pass", "neighbor", None, NO_ENDS),
        Kind("LLDP", "perimeter", build.ethernet(0x88CC, bytes(46)),
             "pass", "non-ip", None, NO_ENDS),
    ]


def dropped():
    """What they do not allow, and what nobody should send."""
    perimeter = "reverse-proxy", "director"
    whole = build.ipv4(PROXY, DIRECTOR, frames.TCP, build.tcp(33000, 4443, SYN))
    chain = [build.extension(frames.DESTINATION)] * 9
    return [
        Kind("port", "perimeter", tcp(PROXY, DIRECTOR, 33000, 3389, SYN),
             "drop", "port", None, perimeter),
        Kind("pair", "perimeter", tcp(PROXY, CLIENT, 33000, 443, SYN),
             "drop", "pair", None, ("reverse-proxy", "internal-clients")),
        Kind("direction", "servers", tcp(DIRECTOR, PROXY, 4443, 33000, SYN),
             "drop", "direction", None, perimeter[::-1]),
        Kind("unknown source", "perimeter", tcp(OUTSIDER, DIRECTOR, 33000, 4443, SYN),
             "drop", "unknown-source", None, (None, "director")),
        Kind("unknown destination", "servers", tcp(DIRECTOR, ELSEWHERE, 33000, 443, SYN),
             "drop", "unknown-destination", None, ("director", None)),
        Kind("strangers", "perimeter", tcp(OUTSIDER, ELSEWHERE, 33000, 443, SYN),
             "drop", "stranger", None, (None, None)),
        Kind("spoofed", "perimeter", tcp(DIRECTOR, PROXY, 4443, 33000, ACK),
             "drop", "spoofed", None, perimeter[::-1]),
        Kind("flags", "perimeter", tcp(PROXY, DIRECTOR, 33000, 4443, SYN | FIN),
             "drop", "bad-flags", None, perimeter),
        Kind("error about a forbidden packet", "servers", error(DIRECTOR, PROXY, 3389),
             "drop", "unrelated", None, perimeter[::-1]),
        Kind("orphaned fragment", "servers", ipv4(DIRECTOR, CLIENT, frames.UDP, bytes(16), id=78,
                                                  offset=24),
             "drop", "fragment", None, ("director", "internal-clients")),
        Kind("cut short", "perimeter", build.frame(4, whole)[:-1],
             "drop", "truncated", None, NO_ENDS),
        Kind("header length", "perimeter", ipv4(PROXY, DIRECTOR, frames.TCP, bytes(20), ihl=4),
             "drop", "malformed", None, NO_ENDS),
        Kind("three tags", "perimeter", build.frame(4, whole, (0x88A8, 0x8100, 0x8100)),
             "drop", "vlan-depth", None, NO_ENDS),
        Kind("source route", "perimeter", ipv4(PROXY, DIRECTOR, frames.TCP, bytes(20),
                                               options=b"\x83\7\4\1\2\3\4"),
             "drop", "source-route", None, NO_ENDS),
        Kind("extension headers", "perimeter",
             build.frame(6, build.ipv6(PROXY6, DIRECTOR6, frames.TCP, bytes(20), chain=chain)),
             "drop", "ext-chain", None, NO_ENDS),
        Kind("observed", "clients", tcp(CLIENT, DIRECTOR, 33000, 3389, SYN),
             "would-drop", "port", None, ("internal-clients", "director")),
    ]


def numbered():
    """Each kind and how often it is sent: another number for each."""
    return [(kind, 3 + place) for place, kind in enumerate(passed() + dropped())]


def send(wire, amounts):
    """Sends each kind as often as told, from its arm."""
    for kind, amount in amounts:
        for _ in range(amount):
            wire.sockets[kind.arm].send(wire.macs[kind.arm] + kind.frame[MACS:])


def expected(amounts):
    """What has to be counted, under the keys of tally.flatten()."""
    wanted = Counter()
    for kind, amount in amounts:
        size = amount * len(kind.frame)
        outcomes = {"would-drop": ("pass", "would_drop")}.get(kind.verdict, (kind.verdict,))
        tally.add(wanted, ("reason", kind.reason, kind.arm, kind.verdict), amount, size)
        if kind.rule:
            passage = ("replies",) if kind.reason == "reply" else ()
            tally.add(wanted, ("rule", kind.rule) + passage, amount, size)
        for outcome in outcomes:
            tally.add(wanted, ("interface", kind.arm, outcome), amount, size)
            if kind.ends:
                tally.add(wanted, ("pair", kind.ends[0] or "", kind.ends[1] or "", outcome),
                          amount, size)
    return dict(wanted)
