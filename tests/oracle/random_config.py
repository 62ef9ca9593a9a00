# SPDX-License-Identifier: GPL-2.0-only
"""Makes random configs: roles that overlap, rules of all kinds, every setting both ways."""

import ipaddress

from policy import read_range

BASES = ("10.0.0.0", "10.0.1.0", "10.0.255.0", "192.0.2.0", "198.51.100.128", "172.16.0.0",
         "2001:db8::", "2001:db8:0:1::", "2001:db8:ffff::8000:0:0:0", "fe80::", "fd00::")
IPV4_LENGTHS = (0, 1, 8, 12, 16, 20, 23, 24, 24, 25, 26, 27, 28, 29, 30, 31, 32, 32, 32)
IPV6_LENGTHS = (0, 1, 7, 32, 47, 48, 56, 63, 64, 64, 65, 96, 120, 124, 126, 127, 128, 128, 128)
CROWD = 0x0AC80000  # 10.200.0.0
CROWD_ROLES = 11  # their classes are so many that pairs are of groups (CLASSES_UNGROUPED)
# No rule names them, or there would be more different pairs than are held.
CROWD_UNNAMED = [f"crowd-{n}" for n in range(CROWD_ROLES) if n % 3]
PORTS = (0, 1, 22, 53, 80, 443, 443, 1023, 1024, 5060, 5061, 8080, 32768, 50000, 59999, 65534,
         65535)
PROTOCOLS = (0, 1, 2, 4, 6, 17, 41, 43, 46, 47, 50, 51, 58, 59, 60, 89, 103, 112, 132, 135, 139,
             253, 255)
ICMP_TYPES = ("echo", "echo", "echo", "echo", "echo", 0, 3, 5, 8, 10, 13, 14, 15, 16, 17, 17, 30,
              128, 129, 133, 135, 139, 255)


def random_config(rng):
    roles = random_roles(rng)
    config = {
        "interfaces": random_interfaces(rng, list(roles)),
        "roles": roles,
        "rules": random_rules(rng, [name for name in roles if name not in CROWD_UNNAMED]),
    }
    settings = random_settings(rng)
    if settings:
        config["settings"] = settings
    return config


def count_of(rng, usual, rare, limit):
    """Mostly few, sometimes many, seldom as many as are allowed."""
    chance = rng.random()
    if chance < 0.02:
        return limit
    return rng.randint(1, rare if chance < 0.12 else usual)


def random_name(rng, prefix, number):
    """Names in no order, some as long as allowed."""
    name = f"{rng.choice('abcxyz')}{prefix}{number}"
    return name if rng.random() < 0.9 else name + "-" + "z" * (31 - len(name))


def random_roles(rng):
    count = count_of(rng, 12, 90, 240)
    names = [random_name(rng, "-role-", n) for n in range(count)]
    roles = {name: random_members(rng) for name in names}
    if rng.random() < 0.04:
        roles.update(crowd())
    return roles


def crowd():
    """Roles that overlap in every way: no two addresses of a prefix are in the same ones."""
    return {f"crowd-{n}": [f"{to_text(4, first)}/{32 - n}"
                           for first in range(CROWD + (1 << n), CROWD + (1 << CROWD_ROLES),
                                              2 << n)]
            for n in range(CROWD_ROLES)}


def random_members(rng):
    if rng.random() < 0.04:
        return []
    members = [random_member(rng) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.15 and len(members) == 1:
        return members[0]
    if rng.random() < 0.4:
        members += ["!" + member_near(rng, rng.choice(members)) for _ in range(rng.randint(1, 3))]
    rng.shuffle(members)
    return members


def random_member(rng):
    base = ipaddress.ip_address(rng.choice(BASES))
    bits = base.max_prefixlen
    spread = rng.choice((0, 2, 4, 8, 10, bits // 2))
    address = int(base) ^ rng.getrandbits(spread) if spread else int(base)
    return random_range(rng, base.version, address)


def random_range(rng, version, address):
    """A prefix around the address, itself, or a range that begins there."""
    bits = 32 if version == 4 else 128
    chance = rng.random()
    if chance < 0.2:
        return to_text(version, address)
    if chance < 0.35:
        last = min(address + rng.choice((0, 1, 2, 5, 20, 255, 256, 1000)), (1 << bits) - 1)
        return f"{to_text(version, address)}-{to_text(version, last)}"
    length = rng.choice(IPV4_LENGTHS if version == 4 else IPV6_LENGTHS)
    host_bits = bits - length
    return f"{to_text(version, address >> host_bits << host_bits)}/{length}"


def member_near(rng, member):
    """Something to exclude: inside the member, at its edges, around it, or itself."""
    version, low, high = read_range(member)
    if rng.random() < 0.03:
        return member
    address = rng.choice((low, high, (low + high) // 2, rng.randint(low, high)))
    return random_range(rng, version, address)


def to_text(version, address):
    if version == 4:
        return str(ipaddress.IPv4Address(address))
    return str(ipaddress.IPv6Address(address))


def random_interfaces(rng, roles):
    count = count_of(rng, 4, 10, 60)
    names = [f"port{n}" for n in range(count)]
    if rng.random() < 0.15:
        return names
    return {name: random_options(rng, roles) for name in names}


def random_options(rng, roles):
    options = {}
    if rng.random() < 0.35:
        most = rng.choice((0, 1, 3, len(roles) // 2, len(roles)))
        options["roles"] = rng.sample(roles, min(most, len(roles)))
    if rng.random() < 0.5:
        options["enforce"] = rng.random() < 0.6
    return options


def random_rules(rng, roles):
    count = count_of(rng, 14, 40, 60)
    return {random_name(rng, "-rule-", n): random_rule(rng, roles) for n in range(count)}


def random_rule(rng, roles):
    rule = {"from": random_ends(rng, roles), "to": random_ends(rng, roles)}
    rule.update(random_services(rng))
    if rng.random() < 0.3 and not any(kind in rule for kind in ("icmp", "protocol")):
        rule["sport"] = random_ports(rng)
    if rng.random() < 0.1:
        rule["about"] = "free text: with a colon"
    return rule


def random_ends(rng, roles):
    if rng.random() < 0.15:
        return "any"
    names = rng.sample(roles, min(len(roles), rng.choice((1, 1, 1, 2, 3))))
    return names[0] if len(names) == 1 and rng.random() < 0.7 else names


def random_services(rng):
    services = {}
    while not services or rng.random() < 0.25:
        kind = rng.choice(("tcp", "tcp", "tcp", "udp", "udp", "sctp", "icmp", "protocol"))
        if kind == "icmp":
            services[kind] = rng.choice(ICMP_TYPES)
        elif kind == "protocol":
            services[kind] = rng.choice(PROTOCOLS)
        else:
            services[kind] = random_ports(rng)
    return services


def random_ports(rng):
    if rng.random() < 0.6:
        return random_port_item(rng)
    return [random_port_item(rng) for _ in range(rng.randint(1, 4))]


def random_port_item(rng):
    low = rng.choice(PORTS) if rng.random() < 0.8 else rng.randint(0, 65535)
    if rng.random() < 0.6:
        return low
    high = min(65535, low + rng.choice((0, 1, 9, 100, 1000, 9999, 65535)))
    return f"{low}-{high}"


def random_settings(rng):
    choices = (("strangers", ("drop", "pass")), ("non-ip", ("pass", "drop")),
               ("fragments", ("track", "track", "drop")),
               ("icmp-errors", ("related", "related", "related", "drop", "pass")),
               ("boot", ("closed", "open")))
    return {name: rng.choice(values) for name, values in choices if rng.random() < 0.6}
