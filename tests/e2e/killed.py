# SPDX-License-Identifier: GPL-2.0-only
"""A command, killed before each of its steps in turn: what passes, what is left, what it counts."""

import ipaddress
import itertools
import os
import re
from collections import Counter

import gateway
from wire import SYN, End, Segment, Wire

STEPS_MAX = 120
STEPS_MIN = 4
PORTS = {"proxy-web": ("proxy", "server", 443), "client-web": ("client", "server", 8443),
         "guest-web": ("guest", "server", 80), "server-mail": ("server", "proxy", 25)}
ROLES = {"proxy": ["192.0.2.10", "192.0.2.66", "2001:db8:0:1::10", "2001:db8:0:1::66"],
         "server": ["10.0.0.5", "2001:db8:0:2::5"],
         "client": ["10.1.0.0/24", "!10.1.0.99", "2001:db8:0:3::/112", "!2001:db8:0:3::99"],
         "guest": ["203.0.113.1"]}
TARGETS = {"servers": ("10.0.0.5", "2001:db8:0:2::5"),
           "perimeter": ("192.0.2.10", "2001:db8:0:1::10")}
# Arm, source and port; .10, .7 and .5 always pass, .99, .9 and port 3389 never do.
SENT = [("perimeter", "192.0.2.{}", "2001:db8:0:1::{}", "servers",
         [(66, 443), (77, 443), (77, 80), (99, 443), (10, 3389), (10, 443)]),
        ("clients", "10.1.0.{}", "2001:db8:0:3::{}", "servers", [(99, 8443), (7, 80), (7, 8443)]),
        ("clients", "10.1.7.{}", "2001:db8:0:3:7::{}", "servers", [(7, 8443)]),
        ("servers", "10.0.0.{}", "2001:db8:0:2::{}", "perimeter", [(9, 25), (5, 26), (5, 25)])]
ALWAYS = {("192.0.2.10", 443), ("10.1.0.7", 8443), ("10.0.0.5", 25)}


def all_segments():
    """A frame for each of SENT in both families; last one fence for each arm."""
    made = []
    for arm, v4, v6, to, sources in SENT:
        for (host, port), family in itertools.product(sources, (1, 0)):
            source = End(arm, (v4, v6)[family].format(host))
            made.append(Segment(source, End(to, TARGETS[to][family]), 33000, port, SYN))
    return sorted(made, key=lambda segment: (segment.source.address, segment.dport) in ALWAYS)


SEGMENTS = all_segments()


class State:
    """What is loaded: members of roles, and the arms that are filtered; none if there are none."""

    def __init__(self, roles=None, arms=gateway.ARMS):
        self.roles = {**ROLES, **(roles or {})}
        self.arms = arms

    def config(self):
        """A config that makes it so."""
        return {"interfaces": list(self.arms), "roles": self.roles,
                "rules": {name: {"from": source, "to": target, "tcp": port}
                          for name, (source, target, port) in PORTS.items()}}

    def holds(self, role, address):
        """Does an address hold a role?"""
        address = ipaddress.ip_address(address)
        inside = [member.startswith("!") for member in self.roles[role]
                  if address in ipaddress.ip_network(member.lstrip("!"))]
        return bool(inside) and not any(inside)

    def rule(self, segment):
        """The rule that passes a segment, or None."""
        for name, (source, target, port) in PORTS.items():
            if (segment.dport == port and self.holds(source, segment.source.address)
                    and self.holds(target, segment.target.address)):
                return name
        return None

    def passes(self, segment):
        """Does it arrive?"""
        return segment.source.arm not in self.arms or self.rule(segment) is not None


NOTHING = State(arms=())


class Case:
    """A command that leads from one state to another, and how to come to the first."""

    # pylint: disable=too-many-arguments
    def __init__(self, name, begin, command, old, new, by_address=False, again=True, uncounted=()):
        self.name = name
        self.begin = begin  # a function of the killer
        self.command = command
        self.old = old
        self.new = new
        self.by_address = by_address  # addresses change one by one
        self.again = again  # it can be done once more
        self.uncounted = uncounted  # rules whose packets may pass unseen


class Killer:
    """Runs cases in a lab, and collects what goes wrong."""

    def __init__(self, lab, report):
        self.lab = lab
        self.report = report
        self.wire = Wire(lab)
        self.wire.neighbours([End(arm, address) for arm, pair in TARGETS.items()
                              for address in pair])
        self.counted = Counter()
        self.problems = []

    def load(self, state, *options):
        """Loads a state."""
        self.lab.write(state.config())
        self.lab.must("load", *options)

    def afresh(self, *states):
        """Unloads, then loads these states one after the other; the last may be on trial."""
        self.lab.rolegate("unload")
        self.counted = Counter()
        for state in states:
            self.load(*state if isinstance(state, tuple) else (state,))

    def _problem(self, where, what):
        self.problems.append(f"{where}: {what}")

    def _pins(self):
        root = self.lab.pins()
        found = []
        for at, directories, files in os.walk(root or "/nonexistent"):
            inner = re.sub("generation-[0-9]+", "generation", os.path.relpath(at, root))
            found += [f"{inner}/{name}" for name in files]
            found += [f"{inner}/{name}" for name in directories if name == "unloading"]
        return sorted(found)

    def snapshot(self):
        """All that there is to see of a state."""
        programs = self.lab.programs()
        seen = {"pins": self._pins(), "attached": sorted(programs),
                "programs": len(set(programs.values()))}
        if self.lab.pins():
            status = self.lab.json("status")
            seen["trial"] = status["confirm"] is not None
            seen["status"] = {key: status[key] for key in ("prefixes", "runtime", "interfaces")}
            seen["roles"] = [(role["name"], member["prefix"], member["excluded"], member["runtime"])
                             for role in map(self._role, ROLES) for member in role["members"]]
        return seen

    def _role(self, name):
        return self.lab.json("role", "show", name)

    def send(self, state=None):
        """Sends all frames. Those that pass, as far as they are filtered, are counted."""
        attached = self.lab.programs()
        arrived = self.wire.send(SEGMENTS, fences=len(ALWAYS))
        for segment, passed in zip(SEGMENTS, arrived):
            if segment.source.arm in attached and passed:
                self.counted[(state or self.state_of(segment)).rule(segment)] += 1
        return arrived

    def state_of(self, segment):
        """Where both states have a rule it is the same one."""
        return next(state for state in self.states if state.rule(segment))

    states = ()

    def _mixed(self, case, arrived):
        """The arms whose frames were judged neither by the old nor by the new state."""
        wrong = []
        groups = {}
        for segment, passed in zip(SEGMENTS, arrived):
            group = segment.source if case.by_address else segment.source.arm
            groups.setdefault(group, []).append((segment, passed))
        for group, results in groups.items():
            if not any(all(state.passes(segment) == passed for segment, passed in results)
                       for state in (case.old, case.new)):
                wrong.append(f"{group}: {[(s.source.address, s.dport, p) for s, p in results]}")
        return wrong

    def _check_counters(self, where, case):
        shown = {rule["name"]: rule["packets"] for rule in self.lab.json("counters")["rules"]}
        for rule in set(PORTS) - set(case.uncounted):
            if shown[rule] != self.counted[rule]:
                self._problem(where, f"{rule} counted {shown[rule]}, not {self.counted[rule]}")

    def _run(self, case, step):
        command = case.command(self) if callable(case.command) else case.command
        return self.lab.run("gateway", "env", f"ROLEGATE_KILL_AT={step}", gateway.BINARY, "-i",
                            self.lab.name, "-c", self.lab.config, *command, check=False)

    def _check_killed(self, where, case):
        """Right after the kill: both the datapath and what is attached."""
        must = set(case.old.arms) & set(case.new.arms)
        attached = set(self.lab.programs())
        if not must <= attached:
            self._problem(where, f"only {sorted(attached)} attached")
        for wrong in self._mixed(case, self.send()):
            self._problem(where, f"neither old nor new at {wrong}")

    def _check_repaired(self, where, case, references):
        """After the next command; returns whether the state is the new one."""
        done = self.lab.rolegate("status")
        if done.returncode != (0 if self.lab.pins() else 1):
            self._problem(where, f"status fails: {done.stderr.strip()}")
        if self.lab.pins() and done.stderr:
            self._problem(where, f"status says {done.stderr.strip()}")
        seen = self.snapshot()
        is_new = seen == references["new"]
        if not is_new and seen != references["old"]:
            self._problem(where, f"neither state: {self._difference(seen, references)}")
        state = case.new if is_new else case.old
        if not state.arms:
            self.counted = Counter()
        arrived = self.send(state)
        if arrived != [state.passes(segment) for segment in SEGMENTS]:
            wrong = [segment.source.address for segment, passed in zip(SEGMENTS, arrived)
                     if passed != state.passes(segment)]
            self._problem(where, f"as {'new' if is_new else 'old'} state, but not for {wrong}")
        if state.arms:
            self._check_counters(where, case)
        return is_new

    @staticmethod
    def _difference(seen, references):
        found = []
        for name, reference in references.items():
            keys = [key for key in {**seen, **reference} if seen.get(key) != reference.get(key)]
            found.append(f"from {name}: {[(k, seen.get(k), reference.get(k)) for k in keys]}")
        return "; ".join(found)[:1500]

    def _check_again(self, where, case, references):
        """The same command once more."""
        done = self._run(case, 0)
        if done.returncode:
            self._problem(where, f"again: {done.stderr.strip()}")
        elif self.snapshot() != references["new"]:
            self._problem(where, f"again: {self._difference(self.snapshot(), references)}")

    def _references(self, case):
        case.begin(self)
        references = {"old": self.snapshot()}
        done = self._run(case, 0)
        self.report.equal(f"{case.name}: unkilled", done.returncode, 0)
        if done.returncode:
            print(done.stderr)
        references["new"] = self.snapshot()
        return references

    def run(self, case):
        """Kills it everywhere."""
        self.problems, self.states = [], (case.old, case.new)
        references, outcomes = self._references(case), Counter()
        for step in range(1, STEPS_MAX):
            case.begin(self)
            done = self._run(case, step)
            if done.returncode != -9:
                break
            where = f"step {step}"
            self._check_killed(where, case)
            is_new = self._check_repaired(where, case, references)
            outcomes[is_new] += 1
            if case.again or not is_new:
                self._check_again(where, case, references)
        self.report.equal(f"{case.name}: unkilled in the end", done.returncode, 0)
        self.report.check(f"{case.name}: killed before each of {step - 1} steps",
                          not self.problems and step > STEPS_MIN and outcomes[False],
                          f"{len(self.problems)} problems; " + " | ".join(self.problems[:4]))
