#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Measures rolegate beside the least that any filter can cost, and its peers."""

import argparse
import json
import os
import platform
import sys

import compare
import count
import live
import load
import path
import plot
import tables

SECTIONS = {'count': count.run, 'path': path.run, 'live': live.run,
            'load': load.run}
ABOUT = """sections:
  count  instructions that each kind of packet takes
  path   ns a packet by BPF_PROG_TEST_RUN, over packets larger than the caches
  live   packets a second that one core drops and forwards by veth, and peers
  load   from text to enforcing, one change of a role, memory
Everything happens in namespaces of its own. Ratios are to be read, not times.
"""
ROOT = os.path.realpath(f'{os.path.dirname(__file__)}/../..')
LAST = f'{ROOT}/tests/bench/last.json'


class Bench:
    """What the sections share."""

    def __init__(self, quick):
        self.quick = quick
        self.build = f'{ROOT}/build'
        self.work = f'{self.build}/bench/work'
        self.rounds = 3 if quick else 9
        self.packets = 262144 if quick else 1048576
        self.live_rounds = 3 if quick else 5
        self.live_seconds = 0.1 if quick else 0.3
        self.load_rounds = 2 if quick else 5
        self.change_rounds = 5 if quick else 25

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
    parser = argparse.ArgumentParser(
        prog='scripts/bench', description=__doc__, epilog=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('sections', nargs='*', metavar='SECTION',
                        help='only these')
    parser.add_argument('--quick', action='store_true',
                        help='the smallest policy only, about a minute')
    parser.add_argument('--json', metavar='FILE',
                        help='writes all that was measured')
    parser.add_argument('--plot', metavar='FILE', help='draws it as SVG')
    parser.add_argument('--check', action='store_true',
                        help='fails if a ratio is worse than in '
                        'tests/bench/last.json beyond the noise of both')
    parser.add_argument('--from', dest='source', metavar='FILE',
                        help='measures nothing, takes what --json wrote')
    options = parser.parse_args()
    for name in options.sections:
        if name not in SECTIONS:
            parser.error(f'there is no section {name}')
    return options


def measure(options):
    bench = Bench(options.quick)
    os.makedirs(bench.work, exist_ok=True)
    run = {'schema': 1, 'quick': options.quick,
           'machine': {'cpu': cpu_model(), 'kernel': platform.release(),
                       'cpus': os.cpu_count()}}
    for name in options.sections or SECTIONS:
        run[name] = SECTIONS[name](bench)
    return run


def read(file_name):
    with open(file_name) as file:
        return json.load(file)


def check(run):
    lines, compared = compare.slower(run, read(LAST))
    for line in lines:
        print(f'slower: {line}')
    print(f'{compared} figures compared with tests/bench/last.json, '
          f'{len(lines)} slower')
    return 1 if lines or not compared else 0


def main():
    options = arguments()
    run = read(options.source) if options.source else measure(options)
    for text in tables.show(run):
        print(text)
    if options.json:
        with open(options.json, 'w') as file:
            json.dump(run, file, separators=(',', ':'))
            file.write('\n')
    if options.plot:
        plot.write(run, options.plot)
    return check(run) if options.check else 0


if __name__ == '__main__':
    sys.exit(main())
