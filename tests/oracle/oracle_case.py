# SPDX-License-Identifier: GPL-2.0-only
"""The config that the oracle's own cases are judged by, and how one is checked."""

import copy
import unittest

from build import packet, tcp
from frames import ICMP, ICMPV6, SYN, TCP
from oracle import Oracle

CONFIG = {
    "interfaces": {"lan": {"roles": ["client"]}, "watch": {"roles": [], "enforce": False},
                   "wan": {}},
    "roles": {
        "client": ["10.0.0.0/24", "!10.0.0.7", "2001:db8:1::/64", "!2001:db8:1::7"],
        "server": ["10.1.0.1-10.1.0.9", "2001:db8:2::1-2001:db8:2::9"],
        "idle": ["10.2.0.0/16", "2001:db8:3::/48"],
        "nobody": []},
    "rules": {
        "web": {"from": "client", "to": "server", "tcp": [80, "8000-8099"]},
        "dns": {"from": ["client", "idle"], "to": "server", "udp": 53, "sport": "1024-65535"},
        "tunnel": {"from": "server", "to": "any", "protocol": 47},
        "signal": {"from": "client", "to": "server", "sctp": 2905},
        "ping": {"from": "client", "to": "server", "icmp": "echo"}},
}
CLIENT = {4: "10.0.0.1", 6: "2001:db8:1::1"}
SERVER = {4: "10.1.0.1", 6: "2001:db8:2::1"}
IDLE = {4: "10.2.0.1", 6: "2001:db8:3::1"}
STRANGER = {4: "198.51.100.1", 6: "2001:db8:9::1"}
EXCLUDED = {4: "10.0.0.7", 6: "2001:db8:1::7"}
PING = {4: ICMP, 6: ICMPV6}
ECHO = {4: 8, 6: 128}
ANSWER = {4: 0, 6: 129}
ERROR = {4: 3, 6: 1}


def with_settings(**settings):
    config = copy.deepcopy(CONFIG)
    config["settings"] = {name.replace("_", "-"): value for name, value in settings.items()}
    return config


def web(family, src=None, dst=None, l4=None, **field):
    return packet(family, src or CLIENT[family], dst or SERVER[family], TCP,
                  tcp(2000, 80, SYN) if l4 is None else l4, **field)


class OracleTest(unittest.TestCase):
    """`expect` judges a frame with a fresh oracle and compares `VERDICT REASON [RULE]`."""

    def expect(self, wanted, data, interface=None, config=None):
        self.expect_in_turn([(wanted, data)], interface, config)

    def expect_in_turn(self, steps, interface=None, config=None):
        oracle = Oracle(config or CONFIG)
        for wanted, data in steps:
            verdict = oracle.judge(data, interface)
            self.assertEqual(wanted, " ".join(part for part in verdict if part), data.hex())

    def both(self):
        for family in (4, 6):
            with self.subTest(family=family):
                yield family
