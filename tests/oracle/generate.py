# SPDX-License-Identifier: GPL-2.0-only
"""Makes random configs, and random packets that lie near a config's rules."""

from aim import make_aim, random_flow, random_interface
from datagrams import error_datagram, flow_datagram, fragment_packets, neighbor_datagram, wrap
from disturb import SHORTEST, other_frame, random_frame
from random_config import random_config

__all__ = ["random_config", "random_packets"]


def random_packets(rng, config, n):
    """n pairs of an interface (or None) and a frame."""
    aim = make_aim(config)
    bursts = ((flow_burst, 56), (error_burst, 16), (fragment_burst, 9), (neighbor_burst, 6),
              (header_burst, 5), (other_burst, 4), (truncation_burst, 0.1))
    kinds, weights = zip(*bursts)
    packets = []
    while len(packets) < n:
        burst = rng.choices(kinds, weights)[0](rng, aim)
        interface = random_interface(rng, aim)
        packets += [(other_interface(rng, aim, interface), frame) for frame in burst]
    return packets[:n]


def other_interface(rng, aim, interface):
    """Packets of a burst seldom come from different sides."""
    return interface if rng.random() < 0.95 else random_interface(rng, aim)


def flow_burst(rng, aim):
    datagram = flow_datagram(rng, random_flow(rng, aim))
    return [random_frame(rng, datagram.family, wrap(rng, datagram, 0.04))]


def header_burst(rng, aim):
    """Options and extension headers on everything."""
    makers = (neighbor_datagram, error_datagram, some_flow, some_flow, some_flow)
    datagram = rng.choice(makers)(rng, aim)
    return [random_frame(rng, datagram.family, wrap(rng, datagram, 1))]


def some_flow(rng, aim):
    return flow_datagram(rng, random_flow(rng, aim))


def error_burst(rng, aim):
    datagram = error_datagram(rng, aim)
    return [random_frame(rng, datagram.family, wrap(rng, datagram, 0.03))]


def neighbor_burst(rng, aim):
    datagram = neighbor_datagram(rng, aim)
    return [random_frame(rng, datagram.family, wrap(rng, datagram, 0.15))]


def other_burst(rng, _):
    return [other_frame(rng)]


def fragment_burst(rng, aim):
    """The fragments of a datagram, new or met before, in some order."""
    datagram = fragmented_datagram(rng, aim)
    packets = fragment_packets(rng, datagram)[:8]
    order = rng.random()
    if order < 0.15:
        packets.reverse()
    elif order < 0.35:
        rng.shuffle(packets)
    elif order < 0.45:
        packets.append(rng.choice(packets))
    elif order < 0.55:
        packets.pop(rng.randrange(len(packets)))
    return [random_frame(rng, datagram.family, packet) for packet in packets]


def fragmented_datagram(rng, aim):
    if aim.old_datagrams and rng.random() < 0.3:
        return rng.choice(aim.old_datagrams[-20:])
    maker = rng.choices((some_flow, error_datagram, neighbor_datagram), (85, 12, 3))[0]
    datagram = maker(rng, aim)
    aim.old_datagrams.append(datagram)
    return datagram


def truncation_burst(rng, aim):
    """One frame cut at every length."""
    maker = rng.choice((flow_burst, error_burst, neighbor_burst, header_burst))
    frame = maker(rng, aim)[0][:200]
    return [frame[:length] for length in range(SHORTEST, len(frame) + 1)]
