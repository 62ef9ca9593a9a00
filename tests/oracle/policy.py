# SPDX-License-Identifier: GPL-2.0-only
"""Reads a config into lists of ranges and rules, and decides a packet by walking them all."""

import ipaddress
import socket
from types import SimpleNamespace

from frames import ACK, RST, SYN, l4_kind

DEFAULTS = {"strangers": "drop", "non-ip": "pass", "fragments": "track",
            "icmp-errors": "related"}


def read_policy(config):
    if config.get("policies"):
        raise ValueError("the oracle reads no policy files")
    roles = [read_role(name, members) for name, members in config.get("roles", {}).items()]
    names = [name for name, _, _ in roles]
    return SimpleNamespace(
        roles=roles,
        rules=[read_rule(name, text, names) for name, text in config.get("rules", {}).items()],
        interfaces=read_interfaces(config.get("interfaces", {})),
        settings={**DEFAULTS, **config.get("settings", {})})


def as_list(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def read_interfaces(value):
    if isinstance(value, dict):
        return {name: options or {} for name, options in value.items()}
    return {name: {} for name in as_list(value)}


def read_role(name, members):
    included = [read_range(m) for m in as_list(members) if not m.startswith("!")]
    excluded = [read_range(m[1:]) for m in as_list(members) if m.startswith("!")]
    return name, included, excluded


def read_range(text):
    """(family, lowest, highest) of an address, a prefix, or `lowest-highest`."""
    if "-" in text:
        low, high = (ipaddress.ip_address(end) for end in text.split("-"))
        return low.version, int(low), int(high)
    network = ipaddress.ip_network(text)
    return network.version, int(network[0]), int(network[-1])


def read_rule(name, text, role_names):
    return SimpleNamespace(
        name=name,
        sources=read_ends(text["from"], role_names),
        destinations=read_ends(text["to"], role_names),
        tcp=read_ports(text.get("tcp")),
        udp=read_ports(text.get("udp")),
        sctp=read_ports(text.get("sctp")),
        sport=read_ports(text.get("sport")),
        icmp=as_list(text.get("icmp")),
        protocols=[read_protocol(p) for p in as_list(text.get("protocol"))])


def read_ends(value, role_names):
    """Role names, or None for `any`."""
    names = as_list(value)
    if "any" in names:
        return None
    for name in names:
        if name not in role_names:
            raise ValueError(f"no such role: {name}")
    return names


def read_ports(value):
    ranges = []
    for item in as_list(value):
        low, _, high = str(item).partition("-")
        ranges.append((int(low), int(high or low)))
    return ranges


def read_protocol(value):
    if isinstance(value, int) or value.isdigit():
        return int(value)
    return socket.getprotobyname(value)


def roles_of(policy, family, address):
    return [name for name, included, excluded in policy.roles
            if is_in(included, family, address) and not is_in(excluded, family, address)]


def is_in(ranges, family, address):
    for range_family, low, high in ranges:
        if range_family == family and low <= address <= high:
            return True
    return False


def decide(policy, packet):
    """(verdict, reason, rule) of a packet whose ports are read."""
    source = roles_of(policy, packet.family, packet.src)
    destination = roles_of(policy, packet.family, packet.dst)
    rule = first_match(policy, packet, source, destination)
    if rule:
        return "pass", "rule", rule.name
    answered = asked(packet)
    rule = answered and first_match(policy, answered, destination, source)
    if rule and can_answer(packet):
        return "pass", "reply", rule.name
    if rule:
        return "drop", "direction", None
    if not source and not destination:
        return policy.settings["strangers"], "stranger", None
    return "drop", why_no_rule(policy, source, destination), None


def why_no_rule(policy, source, destination):
    if not source:
        return "unknown-source"
    if not destination:
        return "unknown-destination"
    for rule in policy.rules:
        if names_hold(rule.sources, source) and names_hold(rule.destinations, destination):
            return "port"
    return "pair"


def first_match(policy, packet, source, destination):
    for rule in policy.rules:
        if names_hold(rule.sources, source) and names_hold(rule.destinations, destination):
            if is_service(rule, packet):
                return rule
    return None


def names_hold(names, held):
    return names is None or any(name in held for name in names)


def is_service(rule, packet):
    if packet.protocol in rule.protocols:
        return True
    kind = l4_kind(packet)
    if kind == "icmp":
        return any(is_icmp_type(wanted, packet) for wanted in rule.icmp)
    if kind == "portless":
        return False
    if rule.sport and not is_port_in(rule.sport, packet.sport):
        return False
    if kind == "tcp":
        return is_port_in(rule.tcp, packet.dport)
    if kind == "udp":
        return is_port_in(rule.udp, packet.dport)
    return is_port_in(rule.sctp, packet.dport)


def is_port_in(ranges, port):
    return any(low <= port <= high for low, high in ranges)


def is_icmp_type(wanted, packet):
    if wanted == "echo":
        return packet.icmp_type == (8 if packet.family == 4 else 128)
    return packet.icmp_type == int(wanted)


def asked(packet):
    """What this packet would be the answer to, or None if it answers nothing."""
    icmp_type = None
    if l4_kind(packet) == "icmp":
        icmp_type = request_type(packet.family, packet.icmp_type)
        if icmp_type is None:
            return None
    return SimpleNamespace(family=packet.family, protocol=packet.protocol, icmp_type=icmp_type,
                           sport=packet.dport, dport=packet.sport)


def request_type(family, answer_type):
    if family == 6:
        return 128 if answer_type == 129 else None
    if answer_type == 0:
        return 8
    if answer_type in (14, 16, 18):
        return answer_type - 1
    return None


def can_answer(packet):
    if packet.kind != "tcp" or packet.flags & ACK:
        return True
    return bool(packet.flags & RST) and not packet.flags & SYN
