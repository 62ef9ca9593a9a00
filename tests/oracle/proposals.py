#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Random configs and drops: what explain and suggest propose passes these, and nothing else."""

import argparse
import json
import os
import random
import subprocess
import sys

from generate import random_config, random_packets


def main():
    options = read_options()
    print(f"seed {options.seed}", flush=True)
    with subprocess.Popen([options.runner, str(options.drops)], stdin=subprocess.PIPE,
                          text=True) as runner:
        for number in range(options.configs):
            rng = random.Random(f"{options.seed}/{number}")
            config = as_mappings(random_config(rng))
            packets = random_packets(rng, config, options.packets)
            row = {"config": config, "packets": [[name, frame.hex()] for name, frame in packets]}
            runner.stdin.write(json.dumps(row) + "\n")
        runner.stdin.close()
        return runner.wait()


def as_mappings(config):
    """The same config, with a mapping wherever a list of names will do as well."""
    if isinstance(config["interfaces"], list):
        config["interfaces"] = {name: {} for name in config["interfaces"]}
    return config


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runner", required=True, metavar="PATH")
    parser.add_argument("--configs", type=int, default=100)
    parser.add_argument("--packets", type=int, default=200, help="for each config")
    parser.add_argument("--drops", type=int, default=20,
                        help="for each config, tried with what explain names")
    parser.add_argument("--seed", default=str(int.from_bytes(os.urandom(4), "big")))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
