#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares a runner of the product with the oracle over random configs and packets."""

import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

from generate import random_config, random_packets
from minimise import minimise
from oracle import Oracle

RUNNER_SECONDS = 600


class RunnerError(Exception):
    """The runner refused the config, died, or answered too little."""


def main():
    options = read_options()
    if options.replay:
        return replay(options)
    print(f"seed {options.seed}", flush=True)
    histogram = collections.Counter()
    for number in range(options.start, options.start + options.configs):
        rng = random.Random(f"{options.seed}/{number}")
        config = random_config(rng)
        packets = random_packets(rng, config, options.packets)
        if not compare(options, number, config, packets, histogram):
            return 1
    reasons = " ".join(f"{name}={count}" for name, count in sorted(histogram.items()))
    print(f"{options.configs} configs, {options.configs * options.packets} packets, "
          f"no disagreement: {reasons}")
    return 0


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runner", required=True, metavar="PATH")
    parser.add_argument("--configs", type=int, default=200)
    parser.add_argument("--packets", type=int, default=1000, help="for each config")
    parser.add_argument("--seed", default=str(int.from_bytes(os.urandom(4), "big")))
    parser.add_argument("--start", type=int, default=0, metavar="N",
                        help="begin with the seed's Nth config")
    parser.add_argument("--no-minimise", action="store_true", help="stop at a disagreement")
    parser.add_argument("--keep", metavar="DIR", help="where a disagreement is kept")
    parser.add_argument("--replay", nargs="+", metavar="FILE", help="run kept cases instead")
    return parser.parse_args()


def compare(options, number, config, packets, histogram):
    """True if the runner agrees; otherwise shows and keeps a small case."""
    expected = ask_oracle(config, packets)
    try:
        got = ask_runner(options.runner, config, packets)
    except RunnerError as error:
        print(f"config {number}: the runner failed: {error}", file=sys.stderr)
        keep(options, number, {"config": config, "packets": [], "got": str(error)})
        return False
    at = first_difference(expected, got)
    if at is None:
        histogram.update(answer.split()[1] for answer in expected)
        return True
    print(f"config {number}, packet {at}: the oracle says {expected[at]}, the runner {got[at]}",
          flush=True)
    if options.no_minimise:
        return False
    config, packets = minimise(config, packets[:at + 1],
                               lambda c, p: does_disagree(options.runner, c, p))
    case = make_case(options.runner, config, packets)
    show(case)
    keep(options, number, case)
    return False


def ask_oracle(config, packets):
    oracle = Oracle(config)
    verdicts = [oracle.judge(frame, interface) for interface, frame in packets]
    return [f"{v.verdict} {v.reason} {v.rule or '-'}" for v in verdicts]


def ask_runner(runner, config, packets):
    """One answer a packet; run() feeds and reads at once, so no pipe can fill up."""
    lines = "".join(f"{interface or '-'} {frame.hex()}\n" for interface, frame in packets)
    with tempfile.NamedTemporaryFile("w", suffix=".json", prefix="differential-") as file:
        json.dump(config, file, indent=1)
        file.flush()
        try:
            done = subprocess.run([runner, file.name], input=lines, capture_output=True,
                                  text=True, errors="replace", timeout=RUNNER_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RunnerError(str(error)) from error
    answers = [" ".join(line.split()) for line in done.stdout.splitlines()]
    if done.returncode != 0:
        raise RunnerError(f"exit status {done.returncode}, {len(answers)} answers\n{done.stderr}")
    if len(answers) != len(packets):
        raise RunnerError(f"{len(answers)} answers to {len(packets)} packets\n{done.stderr}")
    return answers


def first_difference(expected, got):
    for at, (one, other) in enumerate(zip(expected, got)):
        if one != other:
            return at
    return None


def does_disagree(runner, config, packets):
    """True if the answers to the last packet differ."""
    try:
        expected = ask_oracle(config, packets)
        return ask_runner(runner, config, packets)[-1] != expected[-1]
    except (RunnerError, ValueError, KeyError):
        return False


def make_case(runner, config, packets):
    expected = ask_oracle(config, packets)
    got = ask_runner(runner, config, packets)
    return {"config": config, "got": got[-1],
            "packets": [{"in": interface, "hex": frame.hex(), "expect": answer}
                        for (interface, frame), answer in zip(packets, expected)]}


def show(case):
    print("config:", json.dumps(case["config"], indent=1))
    for packet in case["packets"]:
        print(f"in {packet['in'] or '-'}, {len(packet['hex']) // 2} bytes: {packet['hex']}")
        print(f"  oracle: {packet['expect']}")
    print(f"  runner: {case['got']}")


def keep(options, number, case):
    if not options.keep:
        return
    os.makedirs(options.keep, exist_ok=True)
    path = os.path.join(options.keep, f"case-{options.seed}-{number}.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(case, file, indent=1)
        file.write("\n")
    print(f"kept as {path}")


def replay(options):
    failed = [path for path in options.replay if not replay_case(options.runner, path)]
    print(f"{len(options.replay)} cases replayed, {len(failed)} failed")
    return 1 if failed else 0


def replay_case(runner, path):
    """The oracle and the runner both still say what the case expects."""
    with open(path, encoding="utf-8") as file:
        case = json.load(file)
    packets = [(packet["in"], bytes.fromhex(packet["hex"])) for packet in case["packets"]]
    expected = [packet["expect"] for packet in case["packets"]]
    try:
        answers = (("oracle", ask_oracle(case["config"], packets)),
                   ("runner", ask_runner(runner, case["config"], packets)))
    except RunnerError as error:
        print(f"{path}: the runner failed: {error}")
        return False
    agreed = True
    for who, got in answers:
        at = first_difference(expected, got)
        if at is not None:
            print(f"{path}: packet {at}: expected {expected[at]}, {who} says {got[at]}")
            agreed = False
    return agreed


if __name__ == "__main__":
    sys.exit(main())
