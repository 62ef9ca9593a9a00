# SPDX-License-Identifier: GPL-2.0-only
"""What must become of a TCP segment between two roles, from the published table alone."""

from collections import namedtuple

from wire import ACK, RST

Verdict = namedtuple("Verdict", "verdict reason rule")


def dropped(reason):
    """A drop, which no rule stands behind."""
    return Verdict("drop", reason, None)


def why_not(table, source, target):
    """Why nothing lets source open that at target."""
    if source is None and target is None:
        return "stranger"
    if source is None:
        return "unknown-source"
    if target is None:
        return "unknown-destination"
    return "port" if table.has_pair(source, target) else "pair"


def judge(table, source, target, segment):
    """The verdict on a segment from a role to a role; None is no role."""
    rule = table.rule(source, target, segment.dport)
    if rule:
        return Verdict("pass", "rule", rule)
    rule = table.rule(target, source, segment.sport)
    if not rule:
        return dropped(why_not(table, source, target))
    if segment.flags & (ACK | RST):
        return Verdict("pass", "reply", rule)
    return dropped("direction")
