# SPDX-License-Identifier: GPL-2.0-only
"""A lab with a filter in its gateway, for one test: made, driven, removed."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time

from table import ROOT

SKIPPED = 77
CLONE_NEWNET = 0x40000000
BINARY = os.environ.get("ROLEGATE", os.path.join(ROOT, "build/rolegate"))
# How much slower this machine is than a real one: an emulated one is.
PACE = int(os.environ.get("PACE", "1"))
os.environ["PATH"] += ":/usr/sbin:/sbin"  # for those who came by `su`
ARMS = ("perimeter", "servers", "clients")

ROLES = {
    "reverse-proxy": ["192.0.2.10", "192.0.2.11", "2001:db8:0:1::10", "2001:db8:0:1::11"],
    "edge-internal": ["192.0.2.20", "192.0.2.21", "2001:db8:0:1::20", "2001:db8:0:1::21"],
    "director": ["10.0.0.5", "10.0.0.6", "2001:db8:0:2::5", "2001:db8:0:2::6"],
    "front-end": ["10.0.0.16/28", "2001:db8:0:2::10/124"],
    "internal-clients": ["10.1.0.0/16", "!10.1.9.0/24",
                         "2001:db8:0:3::/64", "!2001:db8:0:3:9::/80"],
}


class Report:
    """The lines of one test, and its exit status."""

    def __init__(self):
        self.failed = 0
        self.passed = 0

    def check(self, name, holds, why=""):
        """One case: it holds, or why says what was seen instead."""
        if holds:
            self.passed += 1
            print(f"ok {name}", flush=True)
        else:
            self.failed += 1
            print(f"not ok {name}: {why}", flush=True)
        return bool(holds)

    def equal(self, name, seen, wanted):
        """One case: seen is what was wanted."""
        return self.check(name, seen == wanted, f"wanted {wanted!r}, seen {seen!r}")

    def status(self):
        """1 if a case failed, or if there was none."""
        return 1 if self.failed or not self.passed else 0


def skip(name, why):
    """Ends the test: it cannot run here."""
    print(f"skip {name}: {why}", flush=True)
    sys.exit(SKIPPED)


def begin():
    """Checks that a test can run, makes it end tidily when told to; returns its name."""
    name = os.path.basename(sys.argv[0])
    if os.geteuid() != 0:
        skip(name, "needs root, to make network namespaces")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return name


def run(test, **lab_options):
    """Runs test(lab, report) in a lab of its own and exits with its status."""
    report = Report()
    with Lab(begin(), **lab_options) as lab:
        test(lab, report)
    sys.exit(report.status())


def helper(name):
    """The path of a program that make builds for the tests; where there is no make, it was built."""
    if shutil.which("make"):
        subprocess.run(["make", "-s", "-C", ROOT, f"build/tests/{name}"], check=True)
    return os.path.join(ROOT, "build/tests", name)


class Namespaces:
    """Enters network namespaces; sockets stay in the one they were made in."""

    def __init__(self):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

    def _enter(self, fd):
        if self.libc.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    @contextlib.contextmanager
    def inside(self, name):
        """The network namespace of that name, until the block ends."""
        fd = os.open(f"/run/netns/{name}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._enter(fd)
            yield
        finally:
            self._enter(self.home)
            os.close(fd)


class Lab:
    """A gateway and three arms, named after the test and this process."""

    def __init__(self, test, hosts=False):
        self.name = f"{test[:24]}-{os.getpid()}"
        self.hosts = "with-hosts" if hosts else "without-hosts"
        self.dir = f"/run/rolegate-lab/{self.name}"
        self.config = f"{self.dir}/config.json"

    def __enter__(self):
        try:
            subprocess.run([f"{ROOT}/scripts/lab", "up", self.name, self.hosts], check=True)
        except BaseException:
            self.down()
            raise
        return self

    def __exit__(self, *_):
        self.down()

    def down(self):
        """Removes everything, even when interrupted once more."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        subprocess.run([f"{ROOT}/scripts/lab", "down", self.name], check=False)

    def command(self, host, *words):
        """The words that run a command in a host's network namespace."""
        return ["nsenter", f"--net=/run/netns/{self.name}-{host}", "--", *words]

    def run(self, host, *words, check=True):
        """Runs a command in a host's network namespace."""
        return subprocess.run(self.command(host, *words), check=check, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def rolegate(self, *words, config=None):
        """Runs rolegate on the gateway; whether it succeeds is the caller's question."""
        return self.run("gateway", BINARY, "-i", self.name, "-c", config or self.config,
                        *words, check=False)

    def must(self, *words, config=None):
        """Runs rolegate on the gateway, and ends the test if it fails."""
        done = self.rolegate(*words, config=config)
        if done.returncode:
            print(f"not ok rolegate {' '.join(words)}: status {done.returncode}:"
                  f" {done.stderr.strip()}", flush=True)
            sys.exit(1)
        return done.stdout

    def json(self, *words):
        """What a command shows with --json."""
        return json.loads(self.must("--json", *words))

    def write(self, config, path=None):
        """Writes a config; JSON is YAML too."""
        with open(path or self.config, "w", encoding="utf-8") as file:
            json.dump(config, file, indent=1)

    def load(self, config):
        """Writes and loads a config."""
        self.write(config)
        return self.must("load")

    def links(self):
        """The gateway's interfaces by name, as `ip` describes them."""
        seen = json.loads(self.run("gateway", "ip", "-j", "-d", "link").stdout)
        return {link["ifname"]: link for link in seen}

    def wait_for_member(self, bond, member):
        """Until a bond of the gateway receives by that member."""
        for _ in range(100):
            if self.links()[bond]["linkinfo"]["info_data"].get("active_slave") == member:
                return
            time.sleep(0.1)
        raise AssertionError(f"{member} does not become active in {bond}")

    def programs(self):
        """The ids of the XDP programs on the gateway, by interface."""
        return {name: link["xdp"]["prog"]["id"] for name, link in self.links().items()
                if link.get("xdp", {}).get("prog")}

    def pins(self):
        """Where this instance's pins are; None if there are none."""
        path = f"/sys/fs/bpf/rolegate/{self.name}"
        return path if os.path.exists(path) else None


def director_config(**changes):
    """The single Director table on the lab's gateway; changes replace sections."""
    config = {
        "interfaces": {arm: {"mode": "native"} for arm in ARMS},
        "policies": ["lync2013-single-director"],
        "roles": dict(ROLES),
    }
    config.update(changes)
    return config
