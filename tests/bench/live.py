# SPDX-License-Identifier: GPL-2.0-only
"""What one core drops and forwards, by veth in native XDP, beside the peers."""

import contextlib

import samples
import workload
from namespaces import IN, Gateway, Namespace
from peers import FLOORS, SYSTEMS, Cannot, Policy, Rolegate
from workload import CORPUS, LIVE_CORPORA, Size

SIZES = {
    'S': Size(30, 12, 6, overlap=False, plain=True),
    'M': Size(10000, 100, 64, overlap=False, plain=True),
    'L': Size(1000000, 1000, 256, overlap=False, plain=True),
}
# One packet in so many cycles of the sender, until the receiver misses none.
PACES = (40, 400, 4000)
ROUGHLY = 0.1
TARGET = 0.8  # of the rate at which the empty program drops, at least
PEERS = [kind.name for kind in SYSTEMS if kind not in (*FLOORS, Rolegate)]


def set_up(bench, stack, sender, kind, policy):
    """A gateway with the policy in force, or why it is not."""
    gateway = stack.enter_context(Gateway(sender, kind.name[:8]))
    system = kind(gateway, bench.build)
    try:
        system.apply(policy)
    except Cannot as why:
        return system, str(why)
    stack.callback(system.remove)
    return system, None


def passing_of(directory, corpus):
    with open(f'{directory}/{corpus}', 'rb') as file:
        _, count = workload.HEADER.unpack(file.read(workload.HEADER.size))
        return sum(workload.RECORD.unpack(file.read(workload.RECORD.size))[5]
                   for _ in range(count))


def forwards_right(bench, system, directory, corpus):
    """Each packet once: does the system let pass what the policy does?"""
    expected = system.expected(corpus, passing_of(directory, corpus))
    for pace in PACES:
        received, forwarded, _ = system.gateway.send(
            bench.build, f'{directory}/{corpus}', 0, pace)
        if received >= CORPUS:
            break
    return {'received': received, 'forwarded': forwarded,
            'expected': expected,
            'right': is_right(received, forwarded, expected)}


def is_right(received, forwarded, expected):
    """Of a system too slow for all packets, what it did take has to be right."""
    if received >= CORPUS:
        return forwarded == expected
    if expected in (0, CORPUS):
        return forwarded == expected * received / CORPUS
    part = expected / CORPUS
    return abs(forwarded / max(received, 1) - part) < ROUGHLY


def check(bench, systems, directory):
    found = {}
    for system in systems:
        for corpus in LIVE_CORPORA:
            seen = forwards_right(bench, system, directory, corpus)
            found[system.name, corpus] = seen
            if seen['right'] or corpus in system.wrong:
                continue
            raise SystemExit(
                f"bench: {system.name}: of {seen['received']} packets of "
                f"{corpus} it forwards {seen['forwarded']}, the policy "
                f"{seen['expected']}")
    return found


def measure(bench, systems, directory):
    """By (system, corpus): CPU time for each packet, and what passed."""
    found = {}
    for _ in range(bench.live_rounds):
        for corpus in LIVE_CORPORA:
            for system in systems:
                received, forwarded, cpu = system.gateway.send(
                    bench.build, f'{directory}/{corpus}', bench.live_seconds)
                if received:
                    found.setdefault((system.name, corpus), []).append(
                        (cpu / received, forwarded / received))
    return found


def times_of(measured, system, corpus):
    return [ns for ns, _ in measured[system, corpus]]


def result_of(system, corpus, checked, measured):
    turns = measured[system, corpus]
    times = times_of(measured, system, corpus)
    return {
        'system': system, 'corpus': corpus, 'ns': samples.summary(times),
        # Millions a second, of a core that does nothing else.
        'dropped': samples.summary([1e3 / ns * (1 - part)
                                    for ns, part in turns]),
        'forwarded': samples.summary([1e3 / ns * part for ns, part in turns]),
        # To the program that drops all, to one that reads the packet before,
        # and to the kernel that forwards all.
        'ratio': samples.ratio(times, times_of(measured, 'xdp-drop', corpus)),
        'to_read': samples.ratio(times, times_of(measured, 'xdp-read', corpus)),
        'to_no_filter': samples.ratio(
            times, times_of(measured, 'no-filter', corpus)),
        'verdicts': checked[system, corpus],
    }


def results_of(systems, checked, measured):
    return [result_of(system.name, corpus, checked, measured)
            for system in systems for corpus in LIVE_CORPORA]


def run_size(bench, size):
    directory = workload.prepare(bench.work, size, [IN])
    policy = Policy(directory)
    systems, refused, applied = [], {}, {}
    with contextlib.ExitStack() as stack:
        sender = stack.enter_context(Namespace('send'))
        for kind in SYSTEMS:
            system, why = set_up(bench, stack, sender, kind, policy)
            if why:
                refused[system.name] = why
                bench.say(f'  {system.name}: cannot: {why}')
            else:
                systems.append(system)
                applied[system.name] = system.seconds
        checked = check(bench, systems, directory)
        bench.say('  verdicts agree; measuring')
        measured = measure(bench, systems, directory)
    return {'results': results_of(systems, checked, measured),
            'refused': refused, 'apply_seconds': applied}


def run(bench):
    found = {}
    for name, size in SIZES.items():
        if bench.quick and name != 'S':
            continue
        bench.say(f'live {name}: {size.prefixes} prefixes, {size.rules} rules, '
                  f'{size.roles} roles')
        found[name] = run_size(bench, size)
        for result in found[name]['results']:
            bench.say(row(result))
    return found


def row(result):
    seen = result['verdicts']
    right = 'right' if seen['right'] else \
        f"{seen['forwarded']} pass instead of {seen['expected']}"
    return (f"  {result['system']:16} {result['corpus']:10} "
            f"{samples.show(result['ns'], 0):>20} ns  "
            f"{samples.show(result['ratio'], 2):>19} x the empty program  "
            f"verdicts {right}")
