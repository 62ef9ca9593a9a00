# SPDX-License-Identifier: GPL-2.0-only
"""Counters as flat tallies: what rolegate shows, and what ought to have been counted."""

from collections import Counter

FRAME_BYTES = {4: 54, 6: 74}


def add(tally, key, packets, bytes_):
    """Counts packets and bytes under a key."""
    tally[key + ("packets",)] += packets
    tally[key + ("bytes",)] += bytes_


def end(roles):
    """The end of a pair: its roles in order."""
    return ",".join(sorted(roles))


def keyed(counters):
    """Every counted object of `counters --json` and its key."""
    for iface in counters["interfaces"]:
        yield ("interface", iface["name"]), iface
    for reason in counters["reasons"]:
        yield ("reason", reason["reason"], reason["interface"], reason["verdict"]), reason
    for rule in counters["rules"]:
        yield ("rule", rule["name"]), rule
    for pair in counters["pairs"]:
        yield ("pair", end(pair["from"]), end(pair["to"])), pair


def flatten(counters):
    """`counters --json` as one tally."""
    tally = Counter()
    for key, shown in keyed(counters):
        if "packets" in shown:
            add(tally, key, shown["packets"], shown["bytes"])
        for name, value in shown.items():
            if isinstance(value, dict) and "packets" in value:
                add(tally, key + (name,), value["packets"], value["bytes"])
    return tally


def difference(before, after):
    """What was counted in between, without what stayed the same."""
    return {key: after[key] - before[key] for key in {**before, **after}
            if after[key] != before[key]}


def reasons(before, after):
    """Packets and bytes counted in between by (reason, interface, verdict, unit).

    Without what neighbors say to each other: it comes at any time.
    """
    return {key[1:]: value for key, value in difference(before, after).items()
            if key[0] == "reason" and key[1] != "neighbor"}


def packets(before, after):
    """Packets counted in between by (reason, interface, verdict)."""
    return {key[:3]: value for key, value in reasons(before, after).items()
            if key[3] == "packets"}


def expected(judged):
    """What has to be counted for these: (iface, source, target, verdict, packets, bytes).

    source and target are roles or None; verdict has verdict, reason and rule.
    """
    tally = Counter()
    for iface, source, target, verdict, packets, bytes_ in judged:
        outcome = verdict.verdict.replace("-", "_")
        add(tally, ("interface", iface, outcome), packets, bytes_)
        add(tally, ("reason", verdict.reason, iface, verdict.verdict), packets, bytes_)
        add(tally, ("pair", source or "", target or "", outcome), packets, bytes_)
        if verdict.rule:
            replies = ("replies",) if verdict.reason == "reply" else ()
            add(tally, ("rule", verdict.rule) + replies, packets, bytes_)
    return dict(tally)


def explain(seen, wanted, limit=4):
    """The first few disagreements of two tallies, in words."""
    keys = sorted(key for key in {**seen, **wanted} if seen.get(key) != wanted.get(key))
    words = [f"{' '.join(key)}: {seen.get(key, 0)} counted, {wanted.get(key, 0)} sent"
             for key in keys[:limit]]
    if len(keys) > limit:
        words.append(f"and {len(keys) - limit} more")
    return "; ".join(words)
