# SPDX-License-Identifier: GPL-2.0-only
"""Makes a failing case small: fewer packets, a shorter last frame, a smaller config."""

import copy
import time

MAX_SECONDS = 90
SHORTEST = 14


def minimise(config, packets, still_fails):
    """`still_fails(config, packets)` speaks of the last packet; stops when time is up."""
    deadline = time.monotonic() + MAX_SECONDS

    def check(some_config, some_packets):
        return time.monotonic() < deadline and still_fails(some_config, some_packets)

    packets = drop_packets(config, packets, check)
    config = shrink_config(config, packets, check)
    packets = shorten_last(config, packets, check)
    return drop_interface(config, packets, check)


def drop_packets(config, packets, check):
    """Leaves out ever smaller runs of the packets before the last."""
    if check(config, packets[-1:]):
        return packets[-1:]
    size = len(packets) // 2
    while size:
        at = 0
        while at < len(packets) - 1:
            fewer = packets[:at] + packets[min(at + size, len(packets) - 1):]
            if check(config, fewer):
                packets = fewer
            else:
                at += size
        size //= 2
    return packets


def shorten_last(config, packets, check):
    """Cuts bytes off the end of the last frame."""
    interface, frame = packets[-1]
    size = len(frame) // 2
    while size:
        shorter = packets[:-1] + [(interface, frame[:-size])]
        if len(frame) - size >= SHORTEST and check(config, shorter):
            packets, frame = shorter, frame[:-size]
        else:
            size //= 2
    return packets


def drop_interface(config, packets, check):
    """An interface that does not matter is named by no packet."""
    anywhere = [(None, frame) for _, frame in packets]
    return (config, anywhere) if check(config, anywhere) else (config, packets)


def shrink_config(config, packets, check):
    """Takes single things out until none can be spared: large ones first, lists from the end."""
    shrunk = True
    while shrunk:
        shrunk = False
        for path in sorted(reversed(list(removable(config))), key=len):
            smaller = without(config, path)
            if smaller is not None and check(smaller, packets):
                config = smaller
                shrunk = True
    return config


def removable(value, path=()):
    """Paths to every entry of every mapping and list."""
    keys = range(len(value)) if isinstance(value, list) else list(value)
    for key in keys:
        yield path + (key,)
        if isinstance(value[key], (dict, list)):
            yield from removable(value[key], path + (key,))


def without(config, path):
    """A copy that lacks what the path leads to, or None if the path leads nowhere now."""
    smaller = copy.deepcopy(config)
    place = smaller
    try:
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return smaller
