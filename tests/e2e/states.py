# SPDX-License-Identifier: GPL-2.0-only
"""A small policy in variants, frames that tell them apart, and what each passes and counts."""

import ipaddress
import itertools
from collections import Counter

import gateway
from wire import SYN, End, Segment, Wire

PORTS = {"proxy-web": ("proxy", "server", 443), "client-web": ("client", "server", 8443),
         "guest-web": ("guest", "server", 80), "server-mail": ("server", "proxy", 25)}
ROLES = {"proxy": ["192.0.2.10", "192.0.2.66", "2001:db8:0:1::10", "2001:db8:0:1::66"],
         "server": ["10.0.0.5", "2001:db8:0:2::5"],
         "client": ["10.1.0.0/24", "!10.1.0.99", "2001:db8:0:3::/112", "!2001:db8:0:3::99"],
         "guest": ["203.0.113.1"]}
TARGETS = {"servers": ("10.0.0.5", "2001:db8:0:2::5"),
           "perimeter": ("192.0.2.10", "2001:db8:0:1::10")}
# Arm, source and port; .10, .7 and .5 always pass, .99, .9 and port 3389 never do.
SENT = [("perimeter", "192.0.2.{}", "2001:db8:0:1::{}", "servers",
         [(66, 443), (77, 443), (77, 80), (99, 443), (10, 3389), (10, 443)]),
        ("clients", "10.1.0.{}", "2001:db8:0:3::{}", "servers", [(99, 8443), (7, 80), (7, 8443)]),
        ("clients", "10.1.7.{}", "2001:db8:0:3:7::{}", "servers", [(7, 8443)]),
        ("servers", "10.0.0.{}", "2001:db8:0:2::{}", "perimeter", [(9, 25), (5, 26), (5, 25)])]
ALWAYS = {("192.0.2.10", 443), ("10.1.0.7", 8443), ("10.0.0.5", 25)}


def all_segments():
    """A frame for each of SENT in both families; last one fence for each arm."""
    made = []
    for arm, v4, v6, to, sources in SENT:
        for (host, port), family in itertools.product(sources, (1, 0)):
            source = End(arm, (v4, v6)[family].format(host))
            made.append(Segment(source, End(to, TARGETS[to][family]), 33000, port, SYN))
    return sorted(made, key=lambda segment: (segment.source.address, segment.dport) in ALWAYS)


SEGMENTS = all_segments()


class State:
    """What is loaded: members of roles, and the arms that are filtered; none if there are none."""

    def __init__(self, roles=None, arms=gateway.ARMS):
        self.roles = {**ROLES, **(roles or {})}
        self.arms = arms

    def config(self):
        """A config that makes it so."""
        return {"interfaces": list(self.arms), "roles": self.roles,
                "rules": {name: {"from": source, "to": target, "tcp": port}
                          for name, (source, target, port) in PORTS.items()}}

    def holds(self, role, address):
        """Does an address hold a role?"""
        address = ipaddress.ip_address(address)
        inside = [member.startswith("!") for member in self.roles[role]
                  if address in ipaddress.ip_network(member.lstrip("!"))]
        return bool(inside) and not any(inside)

    def rule(self, segment):
        """The rule that passes a segment, or None."""
        for name, (source, target, port) in PORTS.items():
            if (segment.dport == port and self.holds(source, segment.source.address)
                    and self.holds(target, segment.target.address)):
                return name
        return None

    def passes(self, segment):
        """Does it arrive?"""
        return segment.source.arm not in self.arms or self.rule(segment) is not None


NOTHING = State(arms=())


class Trial(State):
    """On trial: arms of the new policy by it, others by the old one, if there is one."""

    def __init__(self, old, new):
        super().__init__(new.roles, tuple(sorted({*old.arms, *new.arms})))
        self.old, self.new = old, new

    def rule(self, segment):
        by = self.new if segment.source.arm in self.new.arms else self.old
        return by.rule(segment)


class Books:
    """Sends the frames, and keeps in mind what ought to be counted."""

    def __init__(self, lab, devices=None):
        self.lab = lab
        self.wire = Wire(lab, devices)
        self.wire.neighbours([End(arm, address) for arm, pair in TARGETS.items()
                              for address in pair])
        self.rules = Counter()
        self.ifaces = Counter()

    def load(self, state, *options):
        """Loads a state; returns what load said."""
        self.lab.write(state.config())
        return self.lab.must("load", *options)

    def wrong(self, state):
        """Sends all frames: what of them is not judged as in a state, in words."""
        arrived = self.wire.send(SEGMENTS, fences=len(ALWAYS))
        for segment, passed in zip(SEGMENTS, arrived):
            if segment.source.arm in state.arms:
                self.ifaces[segment.source.arm, "pass" if passed else "drop"] += 1
                if passed:
                    self.rules[state.rule(segment)] += 1
        return [f"{s.source.address} port {s.dport}" for s, passed in zip(SEGMENTS, arrived)
                if passed != state.passes(s)]

    def miscounted(self):
        """What rolegate counted otherwise: by rule, and of the interfaces that there are.

        What an interface counted is gone with it.
        """
        shown = self.lab.json("counters")
        seen = {rule["name"]: rule["packets"] for rule in shown["rules"]}
        wanted = {name: self.rules[name] for name in seen}
        arms = {iface["name"] for iface in shown["interfaces"]}
        self.ifaces = Counter({key: n for key, n in self.ifaces.items() if key[0] in arms})
        for iface in shown["interfaces"]:
            for verdict in ("pass", "drop"):
                seen[iface["name"], verdict] = iface[verdict]["packets"]
                wanted[iface["name"], verdict] = self.ifaces[iface["name"], verdict]
        return {key: f"{seen[key]}, not {wanted[key]}" for key in seen if seen[key] != wanted[key]}
