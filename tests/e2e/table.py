# SPDX-License-Identifier: GPL-2.0-only
"""The published table (lync.csv) and the hosts of scripts/lab that play its roles."""

import csv
import os
import subprocess
from collections import namedtuple

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ANY = "any"

Flow = namedtuple("Flow", "name source target port")
Host = namedtuple("Host", "name role arm addresses")


def read_flows():
    """The flows of lync.csv, between hosts; a source may be any."""
    with open(os.path.join(ROOT, "tests/e2e/lync.csv"), encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [Flow(row["name"], row["from"], row["to"], int(row["port"])) for row in rows]


def read_hosts():
    """The lab's hosts by name; a stranger's role is None."""
    lines = subprocess.run([os.path.join(ROOT, "scripts/lab"), "hosts"], check=True,
                           stdout=subprocess.PIPE, text=True).stdout.splitlines()
    hosts = {}
    for line in lines:
        name, role, arm, *addresses = line.split()
        hosts[name] = Host(name, None if role == "-" else role, arm, addresses)
    return hosts


class Table:
    """What the published table allows between roles; None is an address without one."""

    def __init__(self, flows, hosts):
        role = {name: host.role for name, host in hosts.items()}
        role[ANY] = ANY
        self.rules = {(role[flow.source], role[flow.target], flow.port): flow.name
                      for flow in flows}

    def rule(self, source, target, port):
        """The name of the rule that lets source open port at target, or None."""
        for first, second in ((source, target), (ANY, target), (source, ANY), (ANY, ANY)):
            name = self.rules.get((first, second, port))
            if name:
                return name
        return None

    def has_pair(self, source, target):
        """Is there any rule at all that lets source open something at target?"""
        return any(first in (source, ANY) and second in (target, ANY)
                   for first, second, _ in self.rules)

    def ports(self):
        """Every port that some rule opens."""
        return sorted({port for _, _, port in self.rules})
