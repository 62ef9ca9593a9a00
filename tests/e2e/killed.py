# SPDX-License-Identifier: GPL-2.0-only
"""A command, killed before each of its steps in turn: what passes, what is left, what it counts.

CASE=NAME runs only that one, STRIDE=N kills before each Nth step.
"""

import os
import re
import zlib
from collections import Counter

import gateway
from states import ALWAYS, PORTS, ROLES, SEGMENTS, TARGETS
from wire import End, Wire

STEPS_MAX = 120
# A slow machine takes the first step, then every so manieth.
STRIDE = int(os.environ.get("STRIDE", str(1 + gateway.PACE // 3)))
AGAIN = 2  # times that a command is done once more, from each state


class Case:
    """A command that leads from one state to another, and how to come to the first."""

    # pylint: disable=too-many-arguments
    def __init__(self, name, begin, command, old, new, by_address=False, again=True, uncounted=(),
                 least=5):
        self.name = name
        self.begin = begin  # a function of the killer
        self.command = command
        self.old = old
        self.new = new
        self.by_address = by_address  # addresses change one by one
        self.again = again  # it can be done once more, and is
        self.uncounted = uncounted  # rules whose packets may pass unseen
        self.least = least  # steps


def steps(case):
    """The steps before which to kill; of a slow machine, other kernels and cases take others."""
    chance = zlib.crc32(f"{os.uname().release} {case.name}".encode())
    return [1, *range(2 + chance % STRIDE, STEPS_MAX, STRIDE)]


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
        return next((state for state in self.states if state.rule(segment)), self.states[0])

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
        if os.environ.get("CASE", case.name) != case.name:
            return
        self.problems, self.states = [], (case.old, case.new)
        references, outcomes, is_old = self._references(case), Counter(), False
        for step in steps(case):
            if not is_old:
                case.begin(self)
            done = self._run(case, step)
            if done.returncode != -9:
                break
            where = f"step {step}"
            self._check_killed(where, case)
            is_new = self._check_repaired(where, case, references)
            outcomes[is_new] += 1
            # The next round begins with it too, from the old state.
            again = case.again and outcomes[is_new] <= AGAIN
            if again:
                self._check_again(where, case, references)
            is_old = not is_new and not again
        self.report.equal(f"{case.name}: unkilled in the end", done.returncode, 0)
        each = "each of " if STRIDE == 1 else ""
        self.report.check(f"{case.name}: killed before {each}{outcomes.total()} steps",
                          not self.problems and step > case.least and outcomes[False],
                          f"{len(self.problems)} problems; " + " | ".join(self.problems[:4]))
