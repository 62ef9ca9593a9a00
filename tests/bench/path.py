# SPDX-License-Identifier: GPL-2.0-only
"""Nanoseconds a packet, by BPF_PROG_TEST_RUN over corpora larger than caches."""

import json
import subprocess

import samples
import workload
from workload import PATH_CORPORA, Size

PREFIXES = (30, 10000, 100000, 1000000)
RULES = tuple(Size(10000, rules, 6) for rules in (12, 100, 1000, 4096))
ROLES = tuple(Size(10000, 1000, roles, overlap=False)
              for roles in (6, 64, 256, 1024))

# At most so many times the program that drops all; by number of prefixes.
TARGETS = {
    'v4-hot': (1.8, 2.0, 2.3, 2.8),
    'v4-cold': (3.0, 3.5, 7, 11),
    'v6-hot': (2.6, 2.8, 3.0, 3.6),
    'v4-flood': (1.8, 2.0, 2.2, 3.0),
}
STEADY = 1.15  # hot, from the smallest to the largest number of rules or roles

HOT = ('v4-hot', 'v6-hot')


def groups(quick):
    """Policies and their corpora; those of a group are measured in turn."""
    if quick:
        return [[(Size(30, 12, 6), PATH_CORPORA)]]
    sizes = [Size(prefixes, 12, 6) for prefixes in PREFIXES]
    found = [[(size, PATH_CORPORA)] for size in sizes]
    found[sizes.index(RULES[0])] += [(size, HOT) for size in RULES[1:]]
    return found + [[(size, HOT) for size in ROLES]]


def target(size, corpus):
    if (size.rules, size.roles) != (12, 6) or corpus not in TARGETS:
        return None
    return TARGETS[corpus][PREFIXES.index(size.prefixes)]


def measure(bench, group):
    """A line of JSON a policy, each with those of its corpora behind it."""
    command = [f'{bench.build}/bench/path', str(bench.rounds),
               str(bench.packets)]
    for i, (size, corpora) in enumerate(group):
        directory = workload.prepare(bench.work, size, ['lo'])
        command += ['--'] if i else []
        command += [f'{directory}/{name}' for name in ('bench.yaml', *corpora)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return map(json.loads, done.stdout.splitlines())


def check_verdicts(size, line):
    wrong = line['packets'] - line['right']
    if wrong or line['passed'] != line['passing']:
        raise SystemExit(
            f"bench: {size.name} {line['corpus']}: {wrong} of "
            f"{line['packets']} verdicts are not the policy's; "
            f"{line['passed']} passed instead of {line['passing']}")


def run_group(bench, group):
    lines = measure(bench, group)
    first = {}  # the filter's ns by corpus, of the first policy
    for size, corpora in group:
        program = next(lines)
        for _ in corpora:
            line = next(lines)
            check_verdicts(size, line)
            yield {
                'prefixes': size.prefixes, 'rules': size.rules,
                'roles': size.roles, 'overlap': size.overlap,
                'corpus': line['corpus'], 'program': program,
                'passing': line['passing'] / line['packets'],
                'floor': samples.summary(line['floor']),
                'filter': samples.summary(line['filter']),
                'ratio': samples.ratio(line['filter'], line['floor']),
                'to_first': samples.ratio(
                    line['filter'],
                    first.setdefault(line['corpus'], line['filter'])),
                'target': target(size, line['corpus']),
            }


def latency(bench):
    """ns of a load that waits for the one before, by MiB that all are in.

    What a cold packet takes is a few of these, and no two hours' are the same
    where caches are shared with other machines.
    """
    done = subprocess.run([f'{bench.build}/bench/latency'],
                          stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout)
    bench.say('a load that waits for the one before, among so many MiB: ' +
              ', '.join(f'{size}: {ns:.0f} ns' for size, ns in found.items()))
    return found


def run(bench):
    results = []
    for group in groups(bench.quick):
        for result in run_group(bench, group):
            bench.say(row(result))
            results.append(result)
    return results


def row(result):
    wanted = result['target']
    text = (f"path: {result['prefixes']} prefixes, {result['rules']} rules, "
            f"{result['roles']} roles, {result['corpus']}:  "
            f"floor {samples.show(result['floor'])}  "
            f"filter {samples.show(result['filter'])}  "
            f"ratio {samples.show(result['ratio'], 2)}")
    if wanted:
        met = 'met' if result['ratio']['median'] <= wanted else 'missed'
        text += f'  target {wanted}: {met}'
    return text
