# SPDX-License-Identifier: GPL-2.0-only
"""What is measured beside rolegate, each with as much of the policy as it can."""

import glob
import ipaddress
import json
import subprocess
import tempfile
import time

from namespaces import IN
from workload import CORPUS

SECONDS_MAX = 300  # to apply a policy
XDP_FILTER_ADDRESSES = 10000


class Cannot(Exception):
    """Why a system does not take the policy."""


class Policy:
    """A plain policy, read from a workload's directory."""

    def __init__(self, directory):
        self.directory = directory
        with open(f'{directory}/rules.json') as file:
            self.rules = [(sources[0], targets[0], low)
                          for sources, targets, _, low, _ in json.load(file)]
        self.roles = []
        for role in range(len(glob.glob(f'{directory}/r*.txt'))):
            with open(f'{directory}/r{role}.txt') as file:
                self.roles.append(file.read().split())

    def outermost(self):
        """Prefixes of each role; nested ones hold the same role and go."""
        found = []
        for role, members in enumerate(self.roles):
            for member in members:
                network = ipaddress.IPv4Network(member)
                found.append((int(network.network_address), network.prefixlen,
                              role, member))
        end = 0
        roles = [[] for _ in self.roles]
        for address, length, role, member in sorted(found):
            if address >= end:
                end = address + (1 << 32 - length)
                roles[role].append(member)
        return roles


class System:
    """One way to enforce a policy; the base enforces none."""
    seconds = None  # that applying took
    wrong = ()  # corpora whose verdicts it cannot give

    def __init__(self, gateway, build):
        self.gateway = gateway
        self.build = build

    def apply(self, policy):
        """Text to enforcing; raises Cannot."""

    def remove(self):
        """Takes away what outlives the namespace."""

    def expected(self, corpus, passing):
        """How many packets of the corpus the system lets pass."""
        return passing

    def run(self, *command, stdin=None):
        """Runs a command and keeps the time it took."""
        start = time.monotonic()
        process = self.gateway.popen(
            *command, stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            _, said = process.communicate(timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Cannot(f'not applied after {SECONDS_MAX} s') from None
        self.seconds = time.monotonic() - start
        if process.returncode:
            said = said.decode(errors='replace').strip()[:200]
            raise Cannot(f'{command[0]}: {said}')

    def run_with_text(self, lines, *command):
        with tempfile.TemporaryFile('w+') as file:
            file.writelines(lines)
            file.seek(0)
            self.run(*command, stdin=file)


class NoFilter(System):
    """The kernel forwards."""
    name = 'no-filter'

    def expected(self, corpus, passing):
        return CORPUS


class XdpDrop(System):
    """An XDP program that drops all: no filter can cost less."""
    name = 'xdp-drop'
    program = 'bench_drop'

    def apply(self, policy):
        self.gateway.call('ip', 'link', 'set', 'dev', IN, 'xdpdrv', 'object',
                          f'{self.build}/bench/send.bpf.o', 'program',
                          self.program)

    def expected(self, corpus, passing):
        return 0


class XdpRead(XdpDrop):
    """One that looks at each packet, and drops all."""
    name = 'xdp-read'
    program = 'bench_read'


class XdpPass(XdpDrop):
    """One that passes all: the kernel forwards, by way of XDP."""
    name = 'xdp-pass'
    program = 'bench_pass'

    def expected(self, corpus, passing):
        return CORPUS


class Rolegate(System):
    name = 'rolegate'

    def apply(self, policy):
        self.instance = self.gateway.name
        self.command = (f'{self.build}/rolegate', '-i', self.instance, '-c',
                        f'{policy.directory}/bench.yaml')
        self.run(*self.command, 'load')

    def remove(self):
        self.run(*self.command, 'unload')


def vmap(name, kind, policy, value):
    """Lines of an nft map from prefixes to something by role."""
    yield f'map {name} {{ type ipv4_addr : {kind}; flags interval; elements = {{\n'
    for role, members in enumerate(policy.outermost()):
        for member in members:
            yield f'{member} : {value(role)},\n'
    yield '} }\n'


def port_sets(prefix, pairs):
    """A set of (mark of the other role, port) for each role."""
    for role, allowed in pairs.items():
        elements = ', '.join(f'{other + 1} . {port}'
                             for other, port in sorted(set(allowed)))
        yield (f'set {prefix}{role} {{ type mark . inet_service; '
               f'elements = {{ {elements} }} }}\n')


def by_role(policy, own, other):
    found = {}
    for rule in policy.rules:
        found.setdefault(rule[own], []).append((rule[other], rule[2]))
    return found


class Nftables(System):
    """Maps of verdicts by source, of marks by destination, sets of ports."""
    with_answers = True

    def chains(self, policy):
        opens = by_role(policy, 0, 1)
        answers = by_role(policy, 1, 0) if self.with_answers else {}
        yield from port_sets('opens', opens)
        yield from port_sets('answers', answers)
        for role in range(len(policy.roles)):
            yield (f'chain from{role} {{\n'
                   'meta mark set ip daddr map @targets\n')
            if role in opens:
                yield f'meta mark . tcp dport @opens{role} accept\n'
            if role in answers:
                yield ('tcp flags & (ack|rst) != 0 '
                       f'meta mark . tcp sport @answers{role} accept\n')
            yield '}\n'

    def table(self, policy):
        yield from vmap('targets', 'mark', policy, lambda role: role + 1)
        yield from self.chains(policy)
        yield from vmap('sources', 'verdict', policy,
                        lambda role: f'jump from{role}')

    def apply(self, policy):
        self.run_with_text(self.ruleset(policy), 'nft', '-f', '-')


class NftIngress(Nftables):
    name = 'nft-ingress'

    def ruleset(self, policy):
        yield 'table netdev bench {\n'
        yield from self.table(policy)
        yield (f'chain in {{ type filter hook ingress device {IN} priority 0; '
               'policy drop; ip saddr vmap @sources\n}\n}\n')


class NftForward(Nftables):
    name = 'nft-forward-ct'
    with_answers = False

    def ruleset(self, policy):
        yield 'table ip bench {\n'
        yield from self.table(policy)
        yield ('chain forward { type filter hook forward priority 0; '
               'policy drop; ct state established,related accept\n'
               'ip saddr vmap @sources\n}\n}\n')


class Ipset(System):
    """A set for each role, a rule for each tuple."""

    def sets(self, policy):
        for role, members in enumerate(policy.roles):
            yield (f'create {self.gateway.name[6:]}-{role} hash:net '
                   f'maxelem {max(len(members), 1) + 64}\n')
            for member in members:
                yield f'add {self.gateway.name[6:]}-{role} {member}\n'

    def match(self, ports, source, target):
        """Ports come first: they cost less, and most rules end there."""
        name = self.gateway.name[6:]
        return (f'-p tcp -m tcp {ports} -m set --match-set {name}-{source} src '
                f'-m set --match-set {name}-{target} dst')

    def apply(self, policy):
        self.run_with_text(self.sets(policy), 'ipset', 'restore')
        seconds = self.seconds
        self.run_with_text(self.rules(policy), 'iptables-restore')
        self.seconds += seconds


class IpsetRaw(Ipset):
    name = 'ipset-raw'

    def rules(self, policy):
        yield '*raw\n:PREROUTING DROP [0:0]\n'
        for source, target, port in policy.rules:
            opens = self.match(f'--dport {port}', source, target)
            answers = self.match(f'--sport {port} ! --syn', target, source)
            yield f'-A PREROUTING {opens} -j ACCEPT\n'
            yield f'-A PREROUTING {answers} -j ACCEPT\n'
        yield 'COMMIT\n'


class IpsetForward(Ipset):
    name = 'ipset-forward-ct'

    def rules(self, policy):
        yield ('*filter\n:FORWARD DROP [0:0]\n-A FORWARD -m conntrack '
               '--ctstate ESTABLISHED,RELATED -j ACCEPT\n')
        for source, target, port in policy.rules:
            opens = self.match(f'--dport {port}', source, target)
            yield f'-A FORWARD {opens} -j ACCEPT\n'
        yield 'COMMIT\n'


class XdpFilter(System):
    """Sources that may send anything; it knows neither pairs nor their ports."""
    name = 'xdp-filter'
    wrong = ('mixed',)

    def apply(self, policy):
        sources = sorted({member for source, target, _ in policy.rules
                          for role in (source, target)
                          for member in policy.roles[role]})
        if any('/' in member for member in sources):
            raise Cannot('it holds addresses, no prefixes')
        if len(sources) > XDP_FILTER_ADDRESSES:
            raise Cannot(f'it holds {XDP_FILTER_ADDRESSES} addresses')
        self.run('xdp-filter', 'load', '-m', 'native', '-p', 'deny', '-f',
                 'ipv4', IN)
        seconds = self.seconds
        start = time.monotonic()
        for member in sources:
            self.run('xdp-filter', 'ip', '-m', 'src', member)
        self.seconds = seconds + time.monotonic() - start

    def remove(self):
        self.run('xdp-filter', 'unload', '--all')


# No peers, but what there is least to do.
FLOORS = (XdpDrop, XdpRead, XdpPass, NoFilter)
SYSTEMS = (*FLOORS, Rolegate, NftIngress, NftForward, IpsetRaw, IpsetForward,
           XdpFilter)
