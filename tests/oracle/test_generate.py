#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks that random configs and packets are legal, repeatable, and reach every reason."""

import json
import random
import unittest

from generate import random_config, random_packets
from oracle import Oracle

REASONS = set("""truncated malformed vlan-depth neighbor non-ip source-route ext-chain spoofed
    bad-flags fragment related unrelated rule reply direction stranger unknown-source
    unknown-destination pair port""".split())


class GeneratorTest(unittest.TestCase):
    def test_lengths_and_repeatability(self):
        for seed in range(20):
            config = random_config(random.Random(seed))
            packets = random_packets(random.Random(seed), config, 200)
            self.assertEqual(packets, random_packets(random.Random(seed), config, 200))
            self.assertEqual(200, len(packets))
            for interface, data in packets:
                self.assertIn(len(data), range(14, 1515))
                self.assertTrue(interface is None or interface in config["interfaces"])

    def test_configs_are_json(self):
        for seed in range(100):
            config = random_config(random.Random(seed))
            self.assertEqual(config, json.loads(json.dumps(config)))
            self.assertLessEqual(len(config["roles"]), 256)
            self.assertLessEqual(len(config["interfaces"]), 60)

    def test_every_reason_is_reached(self):
        reached = set()
        for seed in range(10):
            rng = random.Random(seed)
            config = random_config(rng)
            oracle = Oracle(config)
            for interface, data in random_packets(rng, config, 1000):
                reached.add(oracle.judge(data, interface).reason)
        self.assertEqual(REASONS, reached)


if __name__ == "__main__":
    unittest.main()
