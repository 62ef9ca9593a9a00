# SPDX-License-Identifier: GPL-2.0-only
"""From text to enforcing, one change of a role, and memory."""

import contextlib
import glob
import json
import os
import subprocess
import tempfile
import time

import samples
import workload
from namespaces import IN, Namespace
from workload import Size

PREFIXES = (30, 100000, 1000000)
ADDED = '203.0.113.77'  # the address that comes and goes
BPFFS = '/sys/fs/bpf/rolegate'
TIMES_SORT = 3  # a load of the most prefixes: at most so many times what sort takes
PEAK_MIB = 600  # of its loader, at most
MIB = 1 << 20


def timed(command, **more):
    """
    Runs a command; returns seconds, CPU seconds and peak MiB, its own only: what
    wait4() says of memory is at least what this program had when it forked.
    """
    with tempfile.TemporaryFile() as said, \
            tempfile.NamedTemporaryFile('r') as peak:
        start = time.monotonic()
        process = subprocess.Popen(
            ('time', '-q', '-f', '%M', '-o', peak.name, *command),
            stdout=subprocess.DEVNULL, stderr=said, **more)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"bench: {' '.join(command)}: "
                             f"{said.read().decode(errors='replace')[:400]}")
        kib = int(peak.read())
    return {'seconds': seconds, 'cpu': usage.ru_utime + usage.ru_stime,
            'mib': kib / 1024}


class Instance:
    """A filter of its own in a namespace of its own."""

    def __init__(self, bench, stack, prefixes):
        self.prefixes = prefixes
        self.name = f'bench-{os.getpid()}-{prefixes}'
        size = Size(prefixes, 12, 6, overlap=False, plain=True)
        self.directory = workload.prepare(bench.work, size, [IN])
        self.namespace = stack.enter_context(Namespace(str(prefixes)))
        self.namespace.call('ip', 'link', 'add', IN, 'type', 'veth', 'peer',
                            'name', 'far')
        self.namespace.call('ip', 'link', 'set', IN, 'up')
        self.command = (f'{bench.build}/rolegate', '-i', self.name)
        self.found = {}
        self.members = self._join_members(stack)
        stack.callback(self._unload)

    def _unload(self):
        if os.path.exists(f'{BPFFS}/{self.name}'):
            self.namespace.call(*self.command, 'unload')

    def _join_members(self, stack):
        """All members in one file, for sort."""
        file = stack.enter_context(tempfile.NamedTemporaryFile())
        for path in glob.glob(f'{self.directory}/r*.txt'):
            with open(path, 'rb') as part:
                file.write(part.read())
        file.flush()
        return file.name

    def note(self, what, seen):
        self.found.setdefault(what, []).append(seen)

    def rolegate(self, what, *arguments):
        self.note(what, timed(self.command + arguments,
                              preexec_fn=self.namespace.inside()))

    def load(self, what):
        self.rolegate(what, '-c', f'{self.directory}/bench.yaml', 'load')

    def sort(self):
        self.note('sort', timed(
            ('sort', '--parallel=1', '-o', '/dev/null', self.members),
            env={**os.environ, 'LC_ALL': 'C'}))

    def kernel_mib(self):
        """What bpftool says of the maps that are pinned."""
        found = {}
        for path in glob.glob(f'{BPFFS}/{self.name}/**', recursive=True):
            seen = subprocess.run(
                ('bpftool', '-j', 'map', 'show', 'pinned', path), text=True,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
            if seen.returncode == 0:
                shown = json.loads(seen.stdout)
                if 'bytes_memlock' in shown:
                    found[shown['id']] = shown['bytes_memlock']
        return sum(found.values()) / MIB


def run(bench):
    with contextlib.ExitStack() as stack:
        instances = [Instance(bench, stack, prefixes) for prefixes in
                     (PREFIXES[:1] if bench.quick else PREFIXES)]
        measure_loads(bench, instances)
        measure_changes(bench, instances)
        return [report(bench, instance, instances[0])
                for instance in instances]


def measure_loads(bench, instances):
    """In turn: first load, load again, sort; the last load stays."""
    for turn in range(bench.load_rounds):
        for instance in instances:
            instance.sort()
            instance.load('load')
            instance.load('reload')
            if turn == 0:
                instance.mib_after = instance.kernel_mib()
            if turn < bench.load_rounds - 1:
                instance.namespace.call(*instance.command, 'unload')


def measure_changes(bench, instances):
    for _ in range(bench.change_rounds):
        for instance in instances:
            instance.rolegate('add', 'role', 'add', 'r0', ADDED)
            instance.rolegate('del', 'role', 'del', 'r0', ADDED)


def column(instance, what, key):
    return [seen[key] for seen in instance.found[what]]


def report(bench, instance, smallest):
    result = {'prefixes': instance.prefixes,
              'kernel_mib': instance.mib_after,
              'peak_mib': max(column(instance, 'load', 'mib') +
                              column(instance, 'reload', 'mib')),
              'change_peak_mib': max(column(instance, 'add', 'mib'))}
    for what in ('sort', 'load', 'reload', 'add', 'del'):
        result[what] = samples.summary(column(instance, what, 'seconds'))
        result[f'{what}_cpu'] = samples.summary(column(instance, what, 'cpu'))
    for what in ('load', 'reload'):
        result[f'{what}_to_sort'] = samples.ratio(
            column(instance, what, 'seconds'),
            column(instance, 'sort', 'seconds'))
    for what in ('add', 'del'):
        result[f'{what}_to_smallest'] = samples.ratio(
            column(instance, what, 'seconds'),
            column(smallest, what, 'seconds'))
    bench.say(row(result))
    return result


def row(result):
    text = f"  {result['prefixes']} prefixes: "
    for what in ('sort', 'load', 'reload', 'add', 'del'):
        text += f"{what} {result[what]['median'] * 1e3:.1f} ms, "
    return text + (
        f"load {result['load_to_sort']['median']:.1f} x sort, "
        f"add {result['add_to_smallest']['median']:.2f} and "
        f"del {result['del_to_smallest']['median']:.2f} x those of the "
        f"smallest; {result['kernel_mib']:.1f} MiB of maps, peak "
        f"{result['peak_mib']:.0f} MiB")
