# SPDX-License-Identifier: GPL-2.0-only
"""A sender, and a gateway for each system that is measured, in namespaces."""

import ctypes
import json
import os
import subprocess
import tempfile
import time

CLONE_NEWNET = 0x40000000
MAC = '02:00:00:00:00:01'  # the gateway's, to which corpora are sent
SENDER_CPU, GATEWAY_CPU = 0, 1
IN, OUT = 'bench-in', 'bench-out'
NEXT = '169.254.1.1'  # where OUT is said to lead

SETTINGS = (
    'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=0',
    'net.ipv4.conf.default.rp_filter=0', 'net.ipv4.conf.all.log_martians=0',
    'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1',
)


def call(*command, **more):
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          **more).stdout


class Namespace:
    """A network namespace of its own; removed at the end of a with block."""

    def __init__(self, name):
        self.name = f'bench-{os.getpid()}-{name}'
        call('ip', 'netns', 'add', self.name)
        self.call('sysctl', '-qw', *SETTINGS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        subprocess.run(('ip', 'netns', 'del', self.name), check=False)

    def inside(self):
        """For subprocess: only the network is another, bpffs stays."""
        path = f'/run/netns/{self.name}'

        def enter():
            libc = ctypes.CDLL(None, use_errno=True)
            fd = os.open(path, os.O_RDONLY)
            if libc.setns(fd, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), 'setns')
            os.close(fd)

        return enter

    def call(self, *command, **more):
        return call(*command, preexec_fn=self.inside(), **more)

    def popen(self, *command, **more):
        return subprocess.Popen(command, preexec_fn=self.inside(), **more)


class Gateway(Namespace):
    """Forwards what comes in from the sender, to where it is only counted."""

    def __init__(self, sender, name):
        super().__init__(name)
        self.sender = sender
        self.port = f'to-{name}'[:15]
        try:
            self._connect()
        except BaseException:
            self.remove()
            raise

    def _connect(self):
        call('ip', 'link', 'add', self.port, 'netns', self.sender.name,
             'type', 'veth', 'peer', 'name', IN, 'netns', self.name)
        self.sender.call('ip', 'link', 'set', self.port, 'up')
        self.call('ip', 'link', 'set', IN, 'address', MAC)
        self._add_out()
        for name in ('lo', IN, OUT):
            self.call('ip', 'link', 'set', name, 'up')
        # Without it, a veth has no NAPI and takes no frames of XDP;
        # of one that is not up yet, the kernel does not notice.
        self.call('ethtool', '-K', IN, 'gro', 'on')
        # By one neighbour: as many as destinations would be what is measured.
        self.call('ip', 'route', 'add', 'default', 'via', NEXT, 'dev', OUT,
                  'onlink')
        others = napi_threads()
        self._thread_napi()
        self.thread, = napi_threads() - others
        call('taskset', '-pc', str(GATEWAY_CPU), str(self.thread))
        # Ahead of all else on that CPU, or a full ring loses packets.
        call('chrt', '-f', '-p', '1', str(self.thread))

    def _thread_napi(self):
        """By a sysfs that shows the interfaces of this namespace."""
        with tempfile.TemporaryDirectory() as sysfs:
            self.call('mount', '-t', 'sysfs', 'sysfs', sysfs)
            try:
                with open(f'{sysfs}/class/net/{IN}/threaded', 'w') as file:
                    file.write('1')
            finally:
                call('umount', sysfs)

    def _add_out(self):
        """Adds what throws away all it is to send; not every kernel has both."""
        for kind in ('dummy', 'ifb'):
            try:
                self.call('ip', 'link', 'add', OUT, 'type', kind)
            except subprocess.CalledProcessError as error:
                failure = error
            else:
                self.call('tc', 'qdisc', 'replace', 'dev', OUT, 'root',
                          'noqueue')
                return
        raise failure

    def cpu_ns(self):
        with open(f'/proc/{self.thread}/schedstat') as file:
            return int(file.read().split()[0])

    def _packets(self, interface):
        link, = json.loads(self.call('ip', '-j', '-s', 'link', 'show',
                                     interface))
        stats = link['stats64']
        return stats['rx']['packets'], stats['tx']['packets']

    def counts(self):
        """Packets that were taken in, packets that were sent on, CPU time."""
        # A dummy counts what it throws away as sent, an ifb as received.
        return (self._packets(IN)[0], sum(self._packets(OUT)), self.cpu_ns())

    def send(self, build, corpus, seconds, every=0):
        """
        Sends for some time, or each packet once, of so many cycles in every
        one. Returns what counts() has grown by.
        """
        before = self.counts()
        call('taskset', '-c', str(SENDER_CPU), f'{build}/bench/send',
             self.port, corpus, str(seconds), str(every),
             preexec_fn=self.sender.inside())
        time.sleep(0.02)
        return tuple(now - then for now, then in zip(self.counts(), before))


def napi_threads():
    """The threads of all interfaces of that name."""
    return {int(pid) for pid in os.listdir('/proc') if pid.isdigit() and
            comm(pid).startswith(f'napi/{IN}'[:15])}


def comm(pid):
    try:
        with open(f'/proc/{pid}/comm') as file:
            return file.read()
    except OSError:
        return ''
