#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks the oracle with cases written by hand, row by row of the verdict table."""

import copy
import unittest

from build import ethernet, extension, fragment, frame, icmp, packet, routing, sctp, tcp, udp
from frames import (ACK, ARP, DESTINATION, FIN, ICMP, ICMPV6, IPV4, IPV6, PSH, RST, SCTP, SYN,
                    TCP, UDP)
from oracle_case import (ANSWER, CLIENT, CONFIG, ECHO, ERROR, EXCLUDED, IDLE, PING, SERVER,
                         STRANGER, OracleTest, web, with_settings)


class HeaderTest(OracleTest):
    def test_truncated(self):
        for family in self.both():
            whole = frame(family, web(family))
            self.expect("pass rule web", whole)
            for length in range(14, len(whole)):
                self.expect("drop truncated", whole[:length])

    def test_truncated_tag(self):
        self.expect("drop truncated", ethernet(0x8100))
        self.expect("drop truncated", ethernet(0x8100, bytes(3)))

    def test_padding_is_not_read(self):
        for family in self.both():
            self.expect("pass rule web", frame(family, web(family)) + bytes(9))
            self.expect("drop malformed", frame(family, web(family, l4=bytes(19))) + bytes(9))
            self.expect("drop truncated", frame(family, web(family, l4=bytes(19))))

    def test_malformed_ip(self):
        self.expect("drop malformed", frame(4, web(4, version=5)))
        self.expect("drop malformed", frame(6, web(6, version=4)))
        self.expect("drop malformed", frame(4, web(4, ihl=4)))
        self.expect("drop malformed", frame(4, web(4, total=19)))
        self.expect("drop truncated", frame(4, web(4, total=41)))
        self.expect("drop truncated", frame(6, web(6, length=21)))

    def test_malformed_source(self):
        for source in ("127.0.0.0", "127.255.255.255", "224.0.0.0", "239.255.255.255",
                       "255.255.255.255"):
            self.expect("drop malformed", frame(4, web(4, src=source)))
        for source in ("126.255.255.255", "128.0.0.0", "223.255.255.255", "240.0.0.0",
                       "255.255.255.254", "0.0.0.0"):
            self.expect("drop unknown-source", frame(4, web(4, src=source)))
        for source in ("::1", "ff00::", "ff02::1"):
            self.expect("drop malformed", frame(6, web(6, src=source)))
        for source in ("::", "::2", "feff::"):
            self.expect("drop unknown-source", frame(6, web(6, src=source)))

    def test_malformed_options(self):
        for options in (b"\7", b"\7\0", b"\7\1", b"\7\5\0\0", b"\x83\3\4\7"):
            self.expect("drop malformed", frame(4, web(4, options=options + b"\7" * 3)))
        self.expect("pass rule web", frame(4, web(4, options=b"\1\1\7\5\0\0\0\0")))
        self.expect("pass rule web", frame(4, web(4, options=b"\0\7\0\7")))

    def test_malformed_l4(self):
        for family in self.both():
            self.expect("drop malformed", frame(family, web(
                family, l4=tcp(2000, 80, SYN, data_offset=4))))
            for length, wanted in ((7, "drop malformed"), (8, "pass rule dns"),
                                   (9, "pass rule dns"), (0, "drop malformed")):
                dns = packet(family, CLIENT[family], SERVER[family], UDP,
                             udp(2000, 53, length=length))
                self.expect(wanted, frame(family, dns))

    def test_vlan_depth(self):
        for family in self.both():
            for tags in ((0x8100,), (0x88A8, 0x8100)):
                self.expect("pass rule web", frame(family, web(family), tags))
            self.expect("drop vlan-depth", frame(family, web(family), (0x88A8, 0x8100, 0x8100)))
            self.expect("drop vlan-depth", frame(family, web(family), (0x8100,) * 4))
        self.expect("pass non-ip", ethernet(0x9100, web(4), ()))

    def test_arp_and_non_ip(self):
        self.expect("pass neighbor", ethernet(ARP))
        self.expect("pass neighbor", ethernet(ARP, bytes(28), (0x8100,)))
        self.expect("pass non-ip", ethernet(0x88CC))
        self.expect("drop non-ip", ethernet(0x88CC), config=with_settings(non_ip="drop"))
        self.expect("drop truncated", ethernet(IPV4))
        self.expect("drop truncated", ethernet(IPV6))


class ChainTest(OracleTest):
    def neighbor(self, kind, source, hops, chain=()):
        return frame(6, packet(6, source, "ff02::1", ICMPV6, icmp(kind), hops=hops,
                               chain=list(chain)))

    def test_neighbor_discovery(self):
        for kind in range(133, 138):
            for source in ("::", "fe80::1", "2001:db8:9::1"):
                self.expect("pass neighbor", self.neighbor(kind, source, 255))
                self.expect("drop stranger", self.neighbor(kind, source, 254))
        self.expect("drop malformed", self.neighbor(135, "::1", 255))

    def test_multicast_listeners(self):
        for kind in (130, 131, 132, 143):
            for source in ("::", "fe80::1", "2001:db8:9::1"):
                self.expect("pass neighbor", self.neighbor(kind, source, 1, [extension(0)]))
                self.expect("drop stranger", self.neighbor(kind, source, 255))

    def test_neighbor_is_no_fragment(self):
        self.expect("pass neighbor", self.neighbor(135, "fe80::1", 255, [fragment(0, False)]))
        self.expect("drop stranger", self.neighbor(135, "fe80::1", 255, [fragment(0, True)]))
        self.expect("drop fragment", self.neighbor(135, "fe80::1", 255, [fragment(8, False)]))

    def test_source_route(self):
        for kind in (b"\x83", b"\x89"):
            self.expect("drop source-route", frame(4, web(4, options=b"\1" + kind + b"\3\4")))
        self.expect("pass rule web", frame(4, web(4, options=b"\0\x83\3\4")))
        self.expect("drop source-route", frame(6, web(6, chain=[extension(0), routing(0)])))
        self.expect("pass rule web", frame(6, web(6, chain=[routing(2)])))
        self.expect("drop source-route", frame(6, web(6, chain=[routing(0), extension(139)])))
        self.expect("pass neighbor", self.neighbor(135, "fe80::1", 255, [routing(0)]))

    def test_ext_chain(self):
        known = [extension(kind) for kind in (0, 60, 43, 51, 135, 60, 60)]
        self.expect("pass rule web", frame(6, web(6, chain=known + [fragment(0, False)])))
        self.expect("pass rule web", frame(6, web(6, chain=known + [extension(51, 5)])))
        self.expect("drop ext-chain", frame(6, web(6, chain=known + [extension(60)] * 2)))
        for kind in (139, 140, 253, 254):
            self.expect("drop ext-chain", frame(6, web(6, chain=[extension(kind)])))
        self.expect("drop malformed", frame(6, web(6, chain=[extension(60)], length=7)))
        self.expect("drop port", frame(6, packet(6, CLIENT[6], SERVER[6], 59)))

    def test_ninth_header_needs_no_bytes(self):
        chain = [extension(60)] * 8
        self.expect("drop ext-chain", frame(6, packet(6, CLIENT[6], SERVER[6], 60, chain=chain)))
        self.expect("drop truncated", frame(6, packet(6, CLIENT[6], SERVER[6], 60,
                                                      chain=chain[1:])))


class SpoofedTest(OracleTest):
    def test_spoofed(self):
        for family in self.both():
            self.expect("pass rule web", frame(family, web(family)), "lan")
            for source in (SERVER, IDLE):
                self.expect("drop spoofed", frame(family, web(family, src=source[family])), "lan")
            self.expect("drop unknown-source",
                        frame(family, web(family, src=STRANGER[family])), "lan")
            self.expect("drop spoofed", frame(family, web(
                family, src=SERVER[family], l4=tcp(1, 1, 0, data_offset=0))), "lan")

    def test_observing(self):
        for family in self.both():
            self.expect("would-drop spoofed", frame(family, web(family)), "watch")
            self.expect("would-drop truncated", frame(family, web(family))[:40], "watch")

    def test_bad_flags(self):
        for family in self.both():
            for flags in (0, 0xC0, SYN | FIN, SYN | RST, FIN, FIN | PSH, SYN | FIN | ACK):
                self.expect("drop bad-flags",
                            frame(family, web(family, l4=tcp(2000, 80, flags))), "wan")
            for flags in (SYN, ACK, FIN | ACK, RST, PSH, 0xC2):
                self.expect("pass rule web",
                            frame(family, web(family, l4=tcp(2000, 80, flags))), "wan")


class FragmentTest(OracleTest):
    def piece(self, family, offset, more, datagram=1, l4=None):
        if family == 4:
            return frame(4, web(4, l4=l4, offset=offset, more=more, id=datagram))
        return frame(6, web(6, l4=l4, chain=[fragment(offset, more, datagram)]))

    def test_tracked(self):
        for family in self.both():
            first = self.piece(family, 0, True, l4=tcp(2000, 80, SYN, bytes(20)))
            self.expect_in_turn([
                ("drop fragment", self.piece(family, 40, False)),
                ("pass rule web", first),
                ("pass fragment", self.piece(family, 40, True)),
                ("pass fragment", self.piece(family, 80, False)),
                ("drop fragment", self.piece(family, 32, False)),
                ("drop fragment", self.piece(family, 40, False, datagram=2))])

    def test_not_tracked(self):
        for family in self.both():
            self.expect_in_turn([
                ("pass rule web", self.piece(family, 0, True)),
                ("drop fragment", self.piece(family, 40, False))],
                config=with_settings(fragments="drop"))
            forbidden = self.piece(family, 0, True, l4=tcp(2000, 81, SYN))
            self.expect_in_turn([("drop port", forbidden),
                                 ("drop fragment", self.piece(family, 40, False))])
            self.expect_in_turn([("would-drop spoofed", self.piece(family, 0, True)),
                                 ("would-drop spoofed", self.piece(family, 40, False))], "watch")

    def test_newest_first_fragment_wins(self):
        for family in self.both():
            longer = self.piece(family, 0, True, l4=tcp(2000, 80, SYN, bytes(28)))
            self.expect_in_turn([
                ("pass rule web", self.piece(family, 0, True, l4=tcp(2000, 80, SYN, bytes(4)))),
                ("pass fragment", self.piece(family, 24, False)),
                ("pass rule web", longer),
                ("drop fragment", self.piece(family, 40, False)),
                ("pass fragment", self.piece(family, 48, False))])

    def test_tiny_first_fragment(self):
        for family in self.both():
            tiny = self.piece(family, 0, True, l4=bytes(16))
            self.expect("drop fragment", tiny)
            self.expect("drop fragment", tiny + bytes(20))
            bad = self.piece(family, 0, True, l4=tcp(2000, 80, SYN, data_offset=4))
            self.expect("drop malformed", bad)

    def test_ipv6_headers_of_fragments(self):
        self.expect("pass rule web", self.piece(6, 0, False))
        later = web(6, chain=[fragment(8, True), (139, bytes(7))])
        self.expect("drop fragment", frame(6, later))
        first = web(6, chain=[fragment(0, True), extension(DESTINATION)])
        self.expect("pass rule web", frame(6, first))


class IcmpErrorTest(OracleTest):
    def error(self, family, quote, to=None, kind=None, source=None, **field):
        kind = ERROR[family] if kind is None else kind
        return frame(family, packet(family, source or STRANGER[family], to or CLIENT[family],
                                    PING[family], icmp(kind, quote), **field))

    def test_related(self):
        for family in self.both():
            for kind in (3, 11, 12) if family == 4 else (1, 2, 3, 4):
                self.expect("pass related", self.error(family, web(family), kind=kind))
            answer = web(family, src=SERVER[family], dst=CLIENT[family], l4=tcp(80, 9, SYN))
            self.expect("pass related", self.error(family, answer, to=SERVER[family]))
            echo = packet(family, CLIENT[family], SERVER[family], PING[family],
                          icmp(ECHO[family]))
            self.expect("pass related", self.error(family, echo))
            self.expect("pass related", self.error(family, echo[:-4]))

    def test_related_quotes(self):
        option = web(4, options=b"\x83\3\4")
        self.expect("pass related", self.error(4, option[:28]))
        self.expect("pass related", self.error(4, web(4, more=True)[:24]))
        chain = web(6, chain=[routing(0), fragment(0, True)])
        self.expect("pass related", self.error(6, chain))
        for family in self.both():
            tunnel = packet(family, SERVER[family], STRANGER[family], 47)
            self.expect("pass related", self.error(family, tunnel, to=SERVER[family]))

    def test_unrelated(self):
        for family in self.both():
            header = 20 if family == 4 else 40
            forbidden = web(family, l4=tcp(2000, 81, SYN))
            inner = packet(family, CLIENT[family], SERVER[family], PING[family],
                           icmp(ERROR[family]))
            for quote in (forbidden, inner, web(family)[:header + 3], web(family)[:header - 1],
                          web(10 - family), b"", web(family, version=5)):
                self.expect("drop unrelated", self.error(family, quote))
            self.expect("drop unrelated", self.error(family, web(family), to=IDLE[family]))

    def test_unrelated_quotes(self):
        self.expect("drop unrelated", self.error(4, web(4, offset=8)))
        self.expect("drop unrelated", self.error(4, web(4, ihl=4)))
        self.expect("drop unrelated", self.error(6, web(6, chain=[fragment(8, False)])))
        self.expect("drop unrelated", self.error(6, web(6, chain=[extension(139)])))
        self.expect("drop unrelated", self.error(6, web(6, chain=[extension(60)] * 9)))
        self.expect("pass related", self.error(6, web(6, chain=[extension(60)] * 8)))

    def test_settings(self):
        stranger = with_settings(strangers="pass")
        for family in self.both():
            self.expect("drop unrelated", self.error(family, web(family)),
                        config=with_settings(icmp_errors="drop"))
            self.expect("pass related", self.error(family, b""),
                        config=with_settings(icmp_errors="pass"))
            quote = web(family, src=STRANGER[family], dst=STRANGER[family])
            error = self.error(family, quote, to=STRANGER[family])
            self.expect("drop unrelated", error)
            self.expect("pass related", error, config=stranger)

    def test_other_messages_need_a_rule(self):
        self.expect("drop unknown-source", self.error(4, web(4), kind=5))
        self.expect("drop unknown-source", self.error(6, web(6), kind=5))
        self.expect("drop unknown-source", self.error(6, web(6), kind=0))

    def test_spoofed_comes_first(self):
        for family in self.both():
            self.expect("drop spoofed", self.error(family, web(family), source=SERVER[family]),
                        "lan")


class DecisionTest(OracleTest):
    def judge(self, wanted, family, src, dst, protocol, l4, config=None):
        self.expect(wanted, frame(family, packet(family, src[family], dst[family], protocol, l4)),
                    config=config)

    def test_rule(self):
        for family in self.both():
            for port, wanted in ((80, "pass rule web"), (79, "drop port"), (7999, "drop port"),
                                 (8000, "pass rule web"), (8099, "pass rule web"),
                                 (8100, "drop port")):
                self.judge(wanted, family, CLIENT, SERVER, TCP, tcp(9, port, ACK))
            self.judge("pass rule signal", family, CLIENT, SERVER, SCTP, sctp(9, 2905))
            self.judge("pass rule tunnel", family, SERVER, STRANGER, 47, b"")
            self.judge("pass rule ping", family, CLIENT, SERVER, PING[family],
                       icmp(ECHO[family]))
            self.judge("drop port", family, CLIENT, SERVER, PING[10 - family],
                       icmp(ECHO[family]))

    def test_source_port(self):
        for family in self.both():
            self.judge("drop port", family, CLIENT, SERVER, UDP, udp(1023, 53))
            self.judge("pass rule dns", family, CLIENT, SERVER, UDP, udp(1024, 53))
            self.judge("pass reply dns", family, SERVER, CLIENT, UDP, udp(53, 1024))
            self.judge("drop port", family, SERVER, CLIENT, UDP, udp(53, 1023))

    def test_first_rule_is_named(self):
        config = copy.deepcopy(CONFIG)
        config["rules"]["all"] = {"from": "any", "to": "any", "tcp": "0-65535", "protocol": 17}
        for family in self.both():
            self.judge("pass rule web", family, CLIENT, SERVER, TCP, tcp(9, 80, SYN), config)
            self.judge("pass rule all", family, CLIENT, SERVER, TCP, tcp(9, 81, SYN), config)
            self.judge("pass rule all", family, SERVER, CLIENT, TCP, tcp(80, 9, ACK), config)
            self.judge("pass rule all", family, IDLE, STRANGER, UDP, udp(1, 1), config)

    def test_reply(self):
        for family in self.both():
            for flags in (ACK, SYN | ACK, RST, RST | ACK, FIN | ACK):
                self.judge("pass reply web", family, SERVER, CLIENT, TCP, tcp(80, 9, flags))
            self.judge("pass reply signal", family, SERVER, CLIENT, SCTP, sctp(2905, 9))
            self.judge("pass reply tunnel", family, STRANGER, SERVER, 47, b"")
            self.judge("pass reply ping", family, SERVER, CLIENT, PING[family],
                       icmp(ANSWER[family]))
            self.judge("drop port", family, SERVER, CLIENT, PING[family], icmp(ECHO[family]))
            self.judge("drop port", family, CLIENT, SERVER, PING[family], icmp(ANSWER[family]))

    def test_direction(self):
        for family in self.both():
            for flags in (SYN, PSH, SYN | PSH, 0xC2):
                self.judge("drop direction", family, SERVER, CLIENT, TCP, tcp(80, 9, flags))

    def test_icmp_answers(self):
        config = copy.deepcopy(CONFIG)
        config["rules"] = {"all": {"from": "client", "to": "server", "protocol": 1}}
        for answer in (0, 14, 16, 18):
            self.judge("pass reply all", 4, SERVER, CLIENT, ICMP, icmp(answer), config)
        for other in (5, 8, 9, 13, 15, 17):
            self.judge("drop pair", 4, SERVER, CLIENT, ICMP, icmp(other), config)
        self.judge("pass reply all", 6, SERVER, CLIENT, ICMP, b"", config)

    def test_no_rule(self):
        for family in self.both():
            syn = tcp(9, 99, SYN)
            self.judge("drop stranger", family, STRANGER, STRANGER, TCP, syn)
            self.judge("drop unknown-source", family, STRANGER, SERVER, TCP, syn)
            self.judge("drop unknown-source", family, EXCLUDED, SERVER, TCP, syn)
            self.judge("drop unknown-destination", family, CLIENT, STRANGER, TCP, syn)
            self.judge("drop pair", family, CLIENT, IDLE, TCP, syn)
            self.judge("drop port", family, CLIENT, SERVER, TCP, syn)
            self.judge("pass stranger", family, STRANGER, STRANGER, TCP, syn,
                       with_settings(strangers="pass"))


if __name__ == "__main__":
    unittest.main()
