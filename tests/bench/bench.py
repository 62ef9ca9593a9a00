#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the sections of the benchmark that are wanted, and reports."""

import argparse
import json
import os
import platform
import sys

import live
import load
import path

SECTIONS = {'path': path.run, 'live': live.run, 'load': load.run}
ROOT = os.path.realpath(f'{os.path.dirname(__file__)}/../..')


class Bench:
    """What the sections share."""

    def __init__(self, quick):
        self.quick = quick
        self.build = f'{ROOT}/build'
        self.work = f'{self.build}/bench/work'
        self.rounds = 3 if quick else 9
        self.packets = 262144 if quick else 1048576
        self.load_rounds = 2 if quick else 5
        self.change_rounds = 5 if quick else 25
        self.live_rounds = 3 if quick else 5
        self.live_seconds = 0.1 if quick else 0.3

    @staticmethod
    def say(text):
        print(text, flush=True)


def cpu_model():
    with open('/proc/cpuinfo') as file:
        for line in file:
            if line.startswith('model name'):
                return line.split(':', 1)[1].strip()
    return platform.machine()


def arguments():
    parser = argparse.ArgumentParser(prog='scripts/bench', description=__doc__)
    parser.add_argument('sections', nargs='*', metavar='SECTION',
                        help=f'of {", ".join(SECTIONS)}; all if none is named')
    parser.add_argument('--quick', action='store_true',
                        help='the smallest policy only, about a minute')
    parser.add_argument('--json', metavar='FILE',
                        help='writes everything that was measured')
    options = parser.parse_args()
    for name in options.sections:
        if name not in SECTIONS:
            parser.error(f'there is no section {name}')
    return options


def main():
    options = arguments()
    bench = Bench(options.quick)
    os.makedirs(bench.work, exist_ok=True)
    found = {'schema': 1, 'quick': options.quick,
             'machine': {'cpu': cpu_model(), 'kernel': platform.release(),
                         'cpus': os.cpu_count()}}
    for name in options.sections or SECTIONS:
        found[name] = SECTIONS[name](bench)
    if options.json:
        with open(options.json, 'w') as file:
            json.dump(found, file, indent=1)
            file.write('\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
