# SPDX-License-Identifier: GPL-2.0-only
"""Judges a frame by the rows of the contract's verdict table, in their order."""

from collections import namedtuple

from frames import (ACK, ARP, FIN, ICMPV6, IPV4, IPV6, PSH, RST, SYN, URG, Fault, read_ethernet,
                    read_ip, read_l4, read_quote)
from policy import as_list, decide, read_policy, roles_of

Verdict = namedtuple("Verdict", "verdict reason rule")


class Oracle:
    """One config, and the datagrams whose first fragment it let pass."""

    def __init__(self, config):
        self.policy = read_policy(config)
        self.first_fragments = {}

    def judge(self, frame, interface):
        options = {} if interface is None else self.policy.interfaces[interface]
        try:
            verdict = judge_frame(self.policy, self.first_fragments, frame, options)
        except Fault as fault:
            verdict = Verdict("drop", str(fault), None)
        if verdict.verdict == "drop" and not options.get("enforce", True):
            return verdict._replace(verdict="would-drop")
        return verdict


def judge_frame(policy, first_fragments, frame, options):
    ethertype, offset = read_ethernet(frame)
    if ethertype == ARP:
        return Verdict("pass", "neighbor", None)
    if ethertype not in (IPV4, IPV6):
        return Verdict(policy.settings["non-ip"], "non-ip", None)
    packet = read_ip(frame, ethertype, offset)
    verdict = judge_packet(policy, first_fragments, packet, options)
    if packet.fragment == "first" and verdict.verdict == "pass":
        first_fragments[fragment_key(packet)] = packet.fragment_length
    return verdict


def judge_packet(policy, first_fragments, packet, options):
    if is_neighbor(packet):
        return Verdict("pass", "neighbor", None)
    if packet.source_route:
        return Verdict("drop", "source-route", None)
    if packet.ext_chain:
        return Verdict("drop", "ext-chain", None)
    if is_spoofed(policy, packet, options):
        return Verdict("drop", "spoofed", None)
    if packet.fragment == "later":
        return judge_later_fragment(policy, first_fragments, packet)
    read_l4(packet)
    if packet.kind == "tcp" and are_bad_flags(packet.flags):
        return Verdict("drop", "bad-flags", None)
    if is_icmp_error(packet):
        return judge_icmp_error(policy, packet)
    return Verdict(*decide(policy, packet))


def is_neighbor(packet):
    if packet.protocol != ICMPV6 or packet.family != 6 or packet.fragment:
        return False
    if packet.l4 >= packet.end:
        return False
    icmp_type = packet.frame[packet.l4]
    if 133 <= icmp_type <= 137:
        return packet.hops == 255
    if icmp_type in (130, 131, 132, 143):
        return packet.hops == 1
    return False


def is_spoofed(policy, packet, options):
    if "roles" not in options:
        return False
    held = roles_of(policy, packet.family, packet.src)
    listed = as_list(options["roles"])
    return bool(held) and not any(name in listed for name in held)


def fragment_key(packet):
    if packet.family == 4:
        return packet.src, packet.dst, packet.protocol, packet.fragment_id
    return packet.src, packet.dst, packet.fragment_id


def judge_later_fragment(policy, first_fragments, packet):
    length = first_fragments.get(fragment_key(packet))
    is_known = length is not None and packet.fragment_offset >= length
    if policy.settings["fragments"] == "track" and is_known:
        return Verdict("pass", "fragment", None)
    return Verdict("drop", "fragment", None)


def are_bad_flags(flags):
    if not flags & (FIN | SYN | RST | PSH | ACK | URG):
        return True
    if flags & SYN and flags & (FIN | RST):
        return True
    return bool(flags & FIN) and not flags & ACK


def is_icmp_error(packet):
    if packet.kind != "icmp":
        return False
    if packet.family == 4:
        return packet.icmp_type in (3, 11, 12)
    return packet.icmp_type in (1, 2, 3, 4)


def judge_icmp_error(policy, packet):
    setting = policy.settings["icmp-errors"]
    if setting == "pass" or setting == "related" and is_related(policy, packet):
        return Verdict("pass", "related", None)
    return Verdict("drop", "unrelated", None)


def is_related(policy, packet):
    try:
        quote = read_quote(packet)
    except Fault:
        return False
    if quote.src != packet.dst or is_icmp_error(quote):
        return False
    verdict, _, _ = decide(policy, quote)
    return verdict == "pass"
