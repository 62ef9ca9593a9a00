# SPDX-License-Identifier: GPL-2.0-only
"""Picks flows that lie at, just inside or just outside the edges of a config's rules."""

from types import SimpleNamespace

from frames import ICMP, ICMPV6, SCTP, TCP, UDP, l4_kind
from policy import as_list, read_policy, read_range

FLAGS = (2, 2, 2, 16, 16, 16, 18, 18, 24, 17, 4, 20, 8, 32, 1, 0, 3, 6, 0x42, 0xC0, 0xC2, 0x52,
         0x3F, 0x29, 0x13, 0x16)
MARTIANS = ((4, 0x7EFFFFFF), (4, 0x7F000000), (4, 0x7FFFFFFF), (4, 0x80000000), (4, 0xDFFFFFFF),
            (4, 0xE0000000), (4, 0xEFFFFFFF), (4, 0xF0000000), (4, 0xFFFFFFFE), (4, 0xFFFFFFFF),
            (4, 0), (6, 0), (6, 1), (6, 2), (6, 0xFFFF7F000001), (6, 0xFEFF << 112),
            (6, 0xFF00 << 112), (6, 0xFF02 << 112 | 1), (6, (1 << 128) - 1), (6, 1 << 127))


def make_aim(config):
    policy = read_policy(config)
    points = {name: [point for member in as_list(members) for point in edge_points(member)]
              for name, members in config["roles"].items()}
    every = [point for some in points.values() for point in some]
    return SimpleNamespace(points=points, every=every or list(MARTIANS), rules=policy.rules,
                           interfaces=list(policy.interfaces.items()), old_datagrams=[])


def edge_points(member):
    """(family, address) at and around the ends of a member."""
    family, low, high = read_range(member.lstrip("!"))
    top = (1 << (32 if family == 4 else 128)) - 1
    wanted = (low, low, high, high, (low + high) // 2, min(low + 1, high), low - 1, high + 1)
    return [(family, address) for address in wanted if 0 <= address <= top]


def random_flow(rng, aim):
    """A flow near a rule, in the rule's direction or the answer's."""
    rule = rng.choice(aim.rules)
    family = random_family(rng, aim, rule)
    flow = SimpleNamespace(
        family=family,
        src=random_end(rng, aim, rule.sources, family),
        dst=random_end(rng, aim, rule.destinations, family),
        sport=rng.randint(0, 65535), dport=rng.randint(0, 65535),
        icmp_type=rng.randint(0, 255), flags=rng.choice(FLAGS))
    aim_service(rng, flow, rule)
    if rng.random() < 0.35:
        turn_round(rng, flow)
    return flow


def random_family(rng, aim, rule):
    """Mostly one that both ends have."""
    sources = {family for family, _ in end_points(aim, rule.sources)}
    destinations = {family for family, _ in end_points(aim, rule.destinations)}
    return rng.choice(sorted(sources & destinations or sources))


def end_points(aim, names):
    if names is None:
        return aim.every
    return [point for name in names for point in aim.points[name]] or aim.every


def random_end(rng, aim, names, family):
    chance = rng.random()
    if chance < 0.04:
        return random_address(rng, family)
    if chance < 0.06:
        return rng.choice([address for f, address in MARTIANS if f == family])
    wanted = aim.every if chance < 0.12 else end_points(aim, names)
    found = [address for f, address in wanted if f == family]
    return rng.choice(found) if found else random_address(rng, family)


def random_address(rng, family):
    return rng.getrandbits(32 if family == 4 else 128)


def aim_service(rng, flow, rule):
    """Protocol, ports and ICMP type of one of the rule's services, or next to it."""
    kinds = [kind for kind in ("tcp", "udp", "sctp", "icmp") if getattr(rule, kind)]
    kinds += ["protocol"] if rule.protocols else []
    kind = rng.choice(kinds)
    if rng.random() < 0.06:
        kind = rng.choice(("tcp", "udp", "sctp", "icmp"))
    if kind == "protocol":
        flow.protocol = rng.choice(rule.protocols)
    elif kind == "icmp":
        flow.protocol = ICMP if flow.family == 4 else ICMPV6
        aim_icmp(rng, flow, rule)
    else:
        flow.protocol = {"tcp": TCP, "udp": UDP, "sctp": SCTP}[kind]
        flow.dport = port_near(rng, getattr(rule, kind))
        flow.sport = port_near(rng, rule.sport)
    if rng.random() < 0.03:
        flow.protocol = rng.randint(0, 255)


def aim_icmp(rng, flow, rule):
    wanted = rng.choice(rule.icmp or ["echo"])
    if wanted == "echo":
        wanted = 8 if flow.family == 4 else 128
    flow.icmp_type = wanted
    if rng.random() < 0.25:
        flow.icmp_type = rng.choice((wanted + 1, wanted - 1, 0, 5, 8, 8, 14, 128, 128, 129)) & 255


def port_near(rng, ranges):
    if not ranges or rng.random() < 0.03:
        return rng.choice((0, 1, 80, 443, 1024, 40000, 65535, rng.randint(0, 65535)))
    low, high = rng.choice(ranges)
    choices = [low, high, (low + high) // 2, low, high, low - 1, high + 1]
    return min(65535, max(0, rng.choice(choices)))


def turn_round(rng, flow):
    """Makes it the answer, mostly with flags that an answer has."""
    flow.src, flow.dst = flow.dst, flow.src
    flow.sport, flow.dport = flow.dport, flow.sport
    if rng.random() < 0.6:
        flow.flags = rng.choice((16, 18, 24, 17, 4, 20))
    if l4_kind(flow) == "icmp":
        answers = {8: 0, 13: 14, 15: 16, 17: 18} if flow.family == 4 else {128: 129}
        flow.icmp_type = answers.get(flow.icmp_type, flow.icmp_type)


def random_interface(rng, aim):
    if rng.random() < 0.2:
        return None
    return rng.choice(aim.interfaces)[0]
