# SPDX-License-Identifier: GPL-2.0-only
"""Spoils packets: one header field changed, bytes flipped, cut or padded, tags added."""

import build
from frames import ARP, TAGS

LONGEST = 1514
SHORTEST = 14
ETHERTYPES = (ARP, ARP, 0, 1, 0x05DC, 0x0600, 0x0805, 0x0807, 0x8035, 0x8847, 0x8863, 0x88CC,
              0x86DC, 0x9100, 0x88A9, 0x8101, 0xFFFF)


def random_tags(rng):
    count = rng.choices((0, 1, 2, 3, 4), (84, 7, 6, 2, 1))[0]
    return [rng.choice(TAGS) for _ in range(count)]


def random_frame(rng, family, packet):
    """A frame of legal length around the packet, now and then with a fault."""
    packet = bytearray(packet)
    chance = rng.random()
    if chance < 0.07:
        change_field(rng, packet, family)
    elif chance < 0.09:
        flip_byte(rng, packet)
    return finish(rng, build.frame(family, bytes(packet), random_tags(rng)))


def finish(rng, frame):
    chance = rng.random()
    if chance < 0.04:
        frame = frame[:rng.randint(SHORTEST, len(frame))]
    elif chance < 0.10:
        frame += rng.randbytes(rng.choice((1, 2, 6, 18, 46)))
    elif chance < 0.11:
        frame += rng.randbytes(max(0, LONGEST - len(frame)))
    return frame[:LONGEST]


def flip_byte(rng, packet):
    at = rng.randrange(min(len(packet), 80))
    packet[at] ^= rng.choice((1, 2, 4, 8, 16, 32, 64, 128, 255))


def change_field(rng, packet, family):
    """One field, to a value at the edge of what is possible."""
    length = len(packet)
    if family == 4:
        fields, l4 = ipv4_fields(rng, length), (packet[0] & 15) * 4
    else:
        fields, l4 = ipv6_fields(rng, length), 40
    fields += l4_fields(rng, l4)
    at, value = rng.choice(fields)
    if at + len(value) <= length:
        packet[at:at + len(value)] = value


def ipv4_fields(rng, length):
    total = rng.choice((0, 1, 19, 20, 21, 24, 27, 28, 39, 40, length - 1, length + 1, 65535))
    first = rng.choice((0x05, 0x35, 0x55, 0x65, 0x40, 0x44, 0x46, 0x47, 0x4F))
    flags = rng.choice((0x8000, 0x4000, 0x2000, 0x6000, 1, 2, 0x2001, 0x1FFF, 0x4001))
    source = rng.choice((0x7F000001, 0xE0000001, 0xFFFFFFFF, 0xF0000000, 0, 0xDFFFFFFF))
    return [(0, bytes([first])), (0, bytes([rng.randint(0, 255)])), (2, build.word(total)),
            (2, build.word(total)), (6, build.word(flags)), (8, bytes([rng.choice((0, 1, 255))])),
            (9, bytes([rng.randint(0, 255)])), (9, bytes([rng.choice((1, 6, 17, 58, 132))])),
            (12, source.to_bytes(4, "big"))]


def ipv6_fields(rng, length):
    payload = rng.choice((0, 1, 7, 8, 12, 19, 20, length - 41, length - 39, 65535)) & 0xFFFF
    source = rng.choice((bytes(16), bytes(15) + b"\1", b"\xff" * 16, b"\xff" + bytes(15),
                         b"\xfe\x80" + bytes(14), b"\xfe\xff" + bytes(14)))
    kinds = (0, 43, 44, 50, 51, 59, 60, 135, 139, 140, 253, 254, 1, 6, 17, 58, 132, 136, 252)
    return [(0, bytes([rng.choice((0x00, 0x40, 0x50, 0x70, 0x6F))])), (4, build.word(payload)),
            (4, build.word(payload)), (6, bytes([rng.choice(kinds)])),
            (6, bytes([rng.randint(0, 255)])), (7, bytes([rng.choice((0, 1, 254, 255))])),
            (8, source), (40, bytes([rng.choice(kinds)])),
            (41, bytes([rng.choice((0, 1, 2, 3, 30, 255))]))]


def l4_fields(rng, l4):
    return [(l4, bytes([rng.randint(0, 255)])),
            (l4 + 4, build.word(rng.choice((0, 1, 7, 8, 9, 65535)))),
            (l4 + 12, bytes([rng.choice((0, 1, 3, 4, 4, 4, 5, 6, 15)) << 4])),
            (l4 + 13, bytes([rng.randint(0, 255)])),
            (l4 + 13, bytes([rng.choice((0, 1, 3, 6, 0x40, 0xC0))])),
            (l4 + 8, bytes([rng.choice((0x44, 0x45, 0x46, 0x4F, 0x60, 0x50))]))]


def other_frame(rng):
    """ARP, odd ethertypes, and noise behind any ethertype."""
    ethertype = rng.choice(ETHERTYPES)
    if rng.random() < 0.2:
        ethertype = rng.choice((0x0800, 0x86DD, rng.randint(0, 65535)))
    payload = rng.randbytes(rng.choice((0, 1, 28, 46, 100)))
    return finish(rng, build.ethernet(ethertype, payload, random_tags(rng)))
