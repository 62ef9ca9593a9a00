# SPDX-License-Identifier: GPL-2.0-only
"""Policies of any size, the packets to try them with, and what should pass.

A second, slow implementation of what a policy means: it says of each packet of
a corpus whether it is to pass, and the filter and its peers have to agree.
"""

import dataclasses
import hashlib
import ipaddress
import json
import os
import random
import struct

CORPUS = 65536
HOT = 1024
ATTACKED = 16
# An answer that is handled in one batch with what it answers is of no
# connection yet, to conntrack; a veth's ring holds 256.
TOGETHER = 1024
FEW = 100  # so many plain prefixes are all of them hosts: xdp-filter holds no others
HEADER = struct.Struct('<II')  # family, packets
RECORD = struct.Struct('16s16sHHBBxx')  # see tests/bench/corpus.h
SYN, ACK = 0x02, 0x10
BITS = {4: 32, 6: 128}


@dataclasses.dataclass(frozen=True)
class Size:
    """How large a policy is; prefixes are of each family."""
    prefixes: int
    rules: int
    roles: int
    # Nested prefixes have roles of their own, and addresses several.
    overlap: bool = True
    # One source role, one destination role, one TCP port a rule; only IPv4:
    # what every peer can express.
    plain: bool = False

    @property
    def name(self):
        kind = 'plain' if self.plain else 'overlap' if self.overlap else 'apart'
        return f'{self.prefixes}-{self.rules}-{self.roles}-{kind}'


@dataclasses.dataclass(frozen=True)
class Rule:
    sources: tuple
    targets: tuple
    protocol: str
    low: int
    high: int


def is_unicast_v4(address):
    first = address >> 24
    return 1 <= first <= 223 and first != 127


class Prefixes:
    """The members of all roles of one family; by length, then by prefix."""

    def __init__(self, family):
        self.family = family
        self.bits = BITS[family]
        self.held = {}
        self.lengths = ()  # longest first
        self.all = []

    def add(self, value, length):
        """Adds the prefix that holds value; true if it is a new one."""
        value = value >> (self.bits - length) << (self.bits - length)
        if value in self.held.setdefault(length, {}):
            return False
        self.held[length][value] = None
        self.all.append((value, length))
        return True

    def containing(self, address, below=None):
        """The prefixes that hold the address, longest first."""
        for length in self.lengths:
            if below is not None and length >= below:
                continue
            value = address >> (self.bits - length) << (self.bits - length)
            role = self.held[length].get(value)
            if role is not None:
                yield role

    def give_roles(self, rng, roles, overlap):
        """One role each; without overlap a nested one takes what is around."""
        self.lengths = sorted(self.held, reverse=True)
        self.all.sort(key=lambda prefix: prefix[1])
        for value, length in self.all:
            role = None if overlap else next(
                self.containing(value, below=length), None)
            self.held[length][value] = rng.randrange(roles) \
                if role is None else role

    def random_inside(self, rng):
        value, length = rng.choice(self.all)
        return value | rng.getrandbits(self.bits - length) \
            if length < self.bits else value


def mix_v4(rng, count, hosts_only):
    """60 % hosts, 20 to 30 a /24; 20 % /24; 8 % /25-/31; the rest shorter."""
    found = Prefixes(4)
    hosts = count if hosts_only else count * 0.6
    short = {length: 0 for length in range(8, 16)}

    def somewhere():
        while True:
            address = rng.getrandbits(32)
            if is_unicast_v4(address):
                return address

    while len(found.all) < hosts:
        base = somewhere() & ~0xff
        for last in rng.sample(range(256), rng.randint(20, 30)):
            if len(found.all) < hosts:
                found.add(base | last, 32)
    while len(found.all) < count * 0.8:
        found.add(somewhere(), 24)
    while len(found.all) < count * 0.88:
        found.add(somewhere(), rng.randint(25, 31))
    while len(found.all) < count:
        length = rng.randint(8, 23)
        # Few of the widest, or nobody would be a stranger.
        if length < 16 and short[length] >= 3:
            length = rng.randint(16, 23)
        if found.add(somewhere(), length) and length < 16:
            short[length] += 1
    return found


def mix_v6(rng, count):
    """60 % hosts, 20 to 30 a /64; 20 % /64, 10 % /56, 8 % /48, 2 % shorter."""
    found = Prefixes(6)
    parts = ((0.01, 32), (0.02, 40), (0.10, 48), (0.20, 56), (0.40, 64))
    inside = {32: [], 40: [], 48: [], 56: [], 64: []}
    above = None

    for share, length in parts:
        while len(found.all) < max(count * share, 1):
            value = rng.choice(inside[above]) if above and inside[above] \
                else 1 << 125
            room = 125 if not inside.get(above) else 128 - above
            value |= rng.getrandbits(room)
            if found.add(value, length):
                inside[length].append(value >> (128 - length) << (128 - length))
        above = length if inside[length] else above
    while len(found.all) < count:
        base = rng.choice(inside[64])
        for _ in range(rng.randint(20, 30)):
            if len(found.all) < count:
                found.add(base | rng.getrandbits(16), 128)
    return found


def random_rule(rng, size):
    if size.plain:
        low = rng.randint(1, 65535)
        return Rule((rng.randrange(size.roles),), (rng.randrange(size.roles),),
                    'tcp', low, low)
    few = min(3, size.roles)
    kind = rng.random()
    if kind < 0.6:
        low = high = rng.randint(1, 49151)
    elif kind < 0.75:
        low, high = 49152, 65535
    elif kind < 0.9:
        low = rng.randint(1, 48000)
        high = low + 999
    else:
        low, high = 1, 65535
    return Rule(tuple(sorted(rng.sample(range(size.roles), rng.randint(1, few)))),
                tuple(sorted(rng.sample(range(size.roles), rng.randint(1, few)))),
                'tcp' if rng.random() < 0.8 else 'udp', low, high)


class Workload:
    """A policy and the packets for it; the same for the same size."""

    def __init__(self, size, seed=2013):
        rng = random.Random(f'{seed} {size}')
        self.size = size
        self.rng = rng
        self.prefixes = {4: mix_v4(rng, size.prefixes, size.plain and
                                   size.prefixes <= FEW)}
        if not size.plain:
            self.prefixes[6] = mix_v6(rng, size.prefixes)
        for prefixes in self.prefixes.values():
            prefixes.give_roles(rng, size.roles, size.overlap)
        self.rules = [random_rule(rng, size) for _ in range(size.rules)]
        self.tcp_rules = [rule for rule in self.rules if rule.protocol == 'tcp']
        self._index()

    def _index(self):
        """Sets of rules, as bits, by role at either end and by TCP port."""
        self.opens = [0] * self.size.roles
        self.is_opened = [0] * self.size.roles
        edges = [0] * 65537
        for number, rule in enumerate(self.rules):
            for role in rule.sources:
                self.opens[role] |= 1 << number
            for role in rule.targets:
                self.is_opened[role] |= 1 << number
            if rule.protocol == 'tcp':
                edges[rule.low] ^= 1 << number
                edges[rule.high + 1] ^= 1 << number
        self.at_port = []
        rules = 0
        for edge in edges[:65536]:
            rules ^= edge
            self.at_port.append(rules)

    def _rules_of(self, table, family, address):
        rules = 0
        for role in self.prefixes[family].containing(address):
            rules |= table[role]
        return rules

    def passes(self, family, packet):
        """Does the policy let a TCP segment pass?"""
        source, target, sport, dport, flags = packet
        if self._rules_of(self.opens, family, source) & \
                self._rules_of(self.is_opened, family, target) & \
                self.at_port[dport]:
            return True
        return bool(flags & ACK) and bool(
            self._rules_of(self.opens, family, target) &
            self._rules_of(self.is_opened, family, source) &
            self.at_port[sport])

    # --- Addresses -----------------------------------------------------------

    def _anywhere(self, family):
        if family == 6:
            return 1 << 125 | self.rng.getrandbits(125)
        while True:
            address = self.rng.getrandbits(32)
            if is_unicast_v4(address):
                return address

    def _mostly_inside(self, family):
        if self.rng.random() < 0.85:
            return self.prefixes[family].random_inside(self.rng)
        return self._anywhere(family)

    def _stranger(self, family):
        while True:
            address = self._anywhere(family)
            if next(self.prefixes[family].containing(address), None) is None:
                return address

    def _members(self):
        """IPv4 prefixes by role."""
        by_role = [[] for _ in range(self.size.roles)]
        for length, held in self.prefixes[4].held.items():
            for value, role in held.items():
                by_role[role].append((value, length))
        return by_role

    # --- Corpora -------------------------------------------------------------

    def _port(self):
        if self.tcp_rules and self.rng.random() < 0.5:
            rule = self.rng.choice(self.tcp_rules)
            return self.rng.randint(rule.low, rule.high)
        return self.rng.randint(1, 65535)

    def traffic(self, family, count):
        """Packets of established connections, most of members."""
        return [(self._mostly_inside(family), self._mostly_inside(family),
                 self.rng.randint(1024, 65535), self._port(), ACK)
                for _ in range(count)]

    def flood(self, family):
        """Opening packets from anywhere to a few members."""
        attacked = [self.prefixes[family].random_inside(self.rng)
                    for _ in range(ATTACKED)]
        return [(self._anywhere(family), self.rng.choice(attacked),
                 self.rng.randint(1024, 65535), self._port(), SYN)
                for _ in range(CORPUS)]

    def strangers(self):
        """Opening packets to what is open, from addresses without a role."""
        targets = self._openings()
        return [(self._stranger(4), *packet[1:]) for packet in targets]

    def _openings(self):
        """Opening packets that conform, all of IPv4."""
        members = self._members()
        rules = [rule for rule in self.tcp_rules
                 if any(members[role] for role in rule.sources) and
                 any(members[role] for role in rule.targets)]

        def inside(roles):
            role = self.rng.choice([role for role in roles if members[role]])
            value, length = self.rng.choice(members[role])
            return value | self.rng.getrandbits(32 - length) \
                if length < 32 else value

        found = []
        while len(found) < CORPUS:
            rule = self.rng.choice(rules)
            found.append((inside(rule.sources), inside(rule.targets),
                          self.rng.randint(1024, 65535),
                          self.rng.randint(rule.low, rule.high), SYN))
        return found

    def conforming(self):
        """Connections under way: segments of many, then their answers."""
        found = []
        flows = self._openings()[::2]
        for first in range(0, len(flows), TOGETHER):
            part = flows[first:first + TOGETHER]
            found += [(source, target, sport, dport, ACK)
                      for source, target, sport, dport, _ in part]
            found += [(target, source, dport, sport, ACK)
                      for source, target, sport, dport, _ in part]
        return found

    def mixed(self):
        """Half conforming; the others to a port that is closed to them."""
        found = self._openings()
        for i in range(1, CORPUS, 2):
            source, target, sport, dport, flags = found[i]
            while self.passes(4, (source, target, sport, dport, flags)):
                dport = self.rng.randint(1, 65535)
            found[i] = (source, target, sport, dport, flags)
        return found

    # --- Files ---------------------------------------------------------------

    def write_corpus(self, path, family, packets):
        with open(path, 'wb') as file:
            file.write(HEADER.pack(family, len(packets)))
            size = 4 if family == 4 else 16
            for packet in packets:
                source, target, sport, dport, flags = packet
                file.write(RECORD.pack(source.to_bytes(size, 'big'),
                                       target.to_bytes(size, 'big'),
                                       sport, dport, flags,
                                       self.passes(family, packet)))

    def lines(self):
        """Every member as text, by role."""
        found = [[] for _ in range(self.size.roles)]
        for family, prefixes in self.prefixes.items():
            text = ipaddress.IPv4Address if family == 4 else \
                ipaddress.IPv6Address
            for length, held in prefixes.held.items():
                end = '' if length == prefixes.bits else f'/{length}'
                for value, role in held.items():
                    found[role].append(f'{text(value)}{end}\n')
        for lines in found:
            self.rng.shuffle(lines)
        return found

    def write_config(self, directory, interfaces):
        """Writes bench.yaml and a file of members a role."""
        for role, lines in enumerate(self.lines()):
            with open(f'{directory}/r{role}.txt', 'w') as file:
                file.writelines(lines)
        with open(f'{directory}/rules.json', 'w') as file:
            json.dump([dataclasses.astuple(rule) for rule in self.rules], file)
        with open(f'{directory}/bench.yaml', 'w') as file:
            file.write(f'interfaces: [{", ".join(interfaces)}]\nroles:\n')
            for role in range(self.size.roles):
                file.write(f'  r{role}: {{file: r{role}.txt}}\n')
            file.write('rules:\n')
            for number, rule in enumerate(self.rules):
                file.write(
                    f'  rule-{number}: {{from: [{names(rule.sources)}], '
                    f'to: [{names(rule.targets)}], '
                    f'{rule.protocol}: {rule.low}-{rule.high}}}\n')


def names(roles):
    return ', '.join(f'r{role}' for role in roles)


PATH_CORPORA = ('v4-hot', 'v4-cold', 'v4-flood', 'v6-hot', 'v6-cold', 'v6-flood')
LIVE_CORPORA = ('strangers', 'mixed', 'conforming')


def packets_of(workload, corpus):
    """The family and packets of a corpus by name."""
    if corpus in LIVE_CORPORA:
        return 4, getattr(workload, corpus)()
    family = int(corpus[1])
    kind = corpus[3:]
    if kind == 'flood':
        return family, workload.flood(family)
    return family, workload.traffic(family, HOT if kind == 'hot' else CORPUS)


def version():
    """Changes whenever this file does: then workloads are others."""
    with open(__file__, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()[:8]


def prepare(root, size, interfaces):
    """The directory of a workload, written unless a run before did."""
    directory = f'{root}/{version()}/{size.name}-{"-".join(interfaces)}'
    if os.path.exists(f'{directory}/done'):
        return directory
    os.makedirs(directory, exist_ok=True)
    workload = Workload(size)
    workload.write_config(directory, interfaces)
    for corpus in LIVE_CORPORA if size.plain else PATH_CORPORA:
        workload.write_corpus(f'{directory}/{corpus}',
                              *packets_of(workload, corpus))
    open(f'{directory}/done', 'w').close()
    return directory
