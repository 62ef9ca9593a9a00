#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Measures rolegate beside the least that any filter can cost, and its peers."""

import argparse
import json
import os
import platform
import sys
import time

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
All takes about a quarter of an hour, most of it live traffic.
"""
ROOT = os.path.realpath(f'{os.path.dirname(__file__)}/../..')
LAST = f'{ROOT}/tests/bench/last.json'
PICTURE = f'{ROOT}/tests/bench/last.svg'
AGAIN = 2  # times that what seems slower is measured once more
IDLE = 0.5  # processes that run meanwhile, at most


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
                        'tests/bench/last.json beyond the noise of both, '
                        'and is so again twice')
    parser.add_argument('--keep', action='store_true',
                        help='this run is the one to compare with: writes '
                        'tests/bench/last.json and last.svg')
    parser.add_argument('--from', dest='source', metavar='FILE',
                        help='measures nothing, takes what --json wrote')
    options = parser.parse_args()
    for name in options.sections:
        if name not in SECTIONS:
            parser.error(f'there is no section {name}')
    if options.keep and (options.quick or options.sections):
        parser.error('only a whole run is kept, not --quick nor one section')
    if options.check and not os.path.exists(LAST):
        parser.error(f'{LAST} is not there: --keep writes it')
    return options


def machine():
    return {'cpu': cpu_model(), 'kernel': platform.release(),
            'cpus': os.cpu_count()}


def measure(options, sections=None):
    bench = Bench(options.quick)
    os.makedirs(bench.work, exist_ok=True)
    load, *_ = os.getloadavg()
    if load > IDLE:
        bench.say(f'this machine is not idle (load {load:.1f}): that is noise')
    run = {'schema': 1, 'quick': options.quick, 'machine': machine(),
           'busy': load, 'seconds': {}, 'latency': path.latency(bench)}
    for name in sections or options.sections or SECTIONS:
        start = time.monotonic()
        run[name] = SECTIONS[name](bench)
        run['seconds'][name] = time.monotonic() - start
    return run


def read(file_name):
    with open(file_name) as file:
        return json.load(file)


def rounded(value):
    """Five digits: more is noise, and would fill diffs."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return float(f'{value:.5g}') if isinstance(value, float) else value


def write(run, file_name, **layout):
    with open(file_name, 'w') as file:
        json.dump(rounded(run), file, **layout)
        file.write('\n')


def check(options, run):
    """What is slower in this run and in all that follow it."""
    last = read(LAST)
    if last['machine'] != run['machine']:
        print(f"tests/bench/last.json is of another machine: {last['machine']}")
    lines, compared = compare.slower(run, last)
    for _ in range(0 if options.source else AGAIN):
        if not lines:
            break
        print('\n'.join(['', 'slower, so once more:', *lines.values()]),
              flush=True)
        sections = list(dict.fromkeys(map(compare.section_of, lines)))
        again, _ = compare.slower(measure(options, sections), last)
        lines = {key: line for key, line in again.items() if key in lines}
    for line in lines.values():
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
        write(run, options.json, separators=(',', ':'))
    if options.plot:
        plot.write(run, options.plot)
    status = check(options, run) if options.check else 0
    if options.keep:
        write(run, LAST, indent=1)
        plot.write(run, PICTURE)
    return status


if __name__ == '__main__':
    sys.exit(main())
