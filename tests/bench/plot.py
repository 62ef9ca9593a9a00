# SPDX-License-Identifier: GPL-2.0-only
"""The picture of a run: what a packet costs, and what one core drops."""

import math

import tables

WIDTH, HEIGHT = 860, 640
LEFT = (52, 372)
RIGHT = (520, 840)
NAMES = 425  # of systems, at the left of them
HIGH = 230  # of a panel, which has a title above and a scale below
TOPS = (52, 364)
STYLE = ('font-family="sans-serif" font-size="11" fill="#222"')
COLOURS = {'v4-hot': '#1b6ca8', 'v4-flood': '#47a0d9', 'v4-cold': '#9cc4e4',
           'v6-hot': '#1b6ca8', 'v6-flood': '#47a0d9', 'v6-cold': '#9cc4e4'}
SIZES = {'S': '#9cc4e4', 'M': '#47a0d9', 'L': '#1b6ca8'}
LETTER = 11  # pixels that a line of text is high


def text(x, y, words, anchor='start', more=''):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>'
            f'{words}</text>')


def line(x1, y1, x2, y2, colour='#ccc', width=1):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}" stroke-width="{width}"/>')


class Scale:
    """Logarithmic, from a value range to a range of the picture."""

    def __init__(self, low, high, start, end):
        self.low, self.high = math.log10(low), math.log10(high)
        self.start, self.end = start, end

    def at(self, value):
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def steps(self):
        for exponent in range(math.floor(self.low), math.ceil(self.high) + 1):
            for digit in (1, 2, 5):
                value = digit * 10 ** exponent
                if self.low - 1e-9 <= math.log10(value) <= self.high + 1e-9:
                    yield value


def path_points(results, family):
    found = {}
    for result in results:
        if (result['rules'], result['roles']) == (12, 6) and \
                result['corpus'].startswith(family):
            found.setdefault(result['corpus'], []).append(
                (result['prefixes'], result['ratio']['median']))
    return found


def path_panel(results, family, name, top):
    """Ratio to the program that drops all, by number of prefixes."""
    found = path_points(results, family)
    highest = max(ratio for points in found.values() for _, ratio in points)
    across = Scale(20, 1500000, *LEFT)
    up = Scale(1, max(highest * 1.2, 4), top + HIGH, top)
    yield title(LEFT[0], top, f'A packet of {name}, times a program that drops all')
    for value in up.steps():
        yield line(LEFT[0], up.at(value), LEFT[1], up.at(value))
        yield text(LEFT[0] - 6, up.at(value) + 4, f'{value:g}', 'end')
    for value in (30, 10000, 100000, 1000000):
        yield text(across.at(value), top + HIGH + 16, tables.human(value),
                   'middle')
    yield text(sum(LEFT) / 2, top + HIGH + 30, 'prefixes of each family',
               'middle')
    # Names of lines stand where these end, but not upon each other.
    free = top + HIGH
    for corpus, points in sorted(found.items(), key=lambda item: item[1][-1][1]):
        places = [(across.at(x), up.at(y)) for x, y in points]
        free = min(free, places[-1][1]) - LETTER
        yield from path_line(corpus, places, free + LETTER)


def path_line(corpus, places, label):
    colour = COLOURS[corpus]
    corners = ' '.join(f'{x:.1f},{y:.1f}' for x, y in places)
    yield (f'<polyline points="{corners}" fill="none" stroke="{colour}" '
           'stroke-width="2"/>')
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
    yield text(places[-1][0] + 18, label + 4, corpus[3:],
               more=f'fill="{colour}"')


def title(x, top, words):
    return text(x, top - 32, words, more='font-weight="bold"')


def live_panel(sizes, corpus, what, top):
    """Millions of packets a second of one core, by system and size."""
    rates = {(result['system'], size): result[what]['median']
             for size, found in sizes.items() for result in found['results']
             if result['corpus'] == corpus and result[what]['median'] > 0}
    systems = list(dict.fromkeys(system for system, _ in rates))
    across = Scale(min(rates.values()) / 2, max(rates.values()) * 1.5, *RIGHT)
    yield title(NAMES, top,
                f'Packets {what} by one core, millions a second ({corpus})')
    for value in across.steps():
        yield line(across.at(value), top, across.at(value), top + HIGH)
        yield text(across.at(value), top + HIGH + 16, f'{value:g}', 'middle')
    high = HIGH / len(systems)
    for i, system in enumerate(systems):
        yield text(RIGHT[0] - 6, top + high * (i + 0.5) + 4, system, 'end')
        yield from live_bars(system, rates, across, top + high * i, high)
    for i, size in enumerate(sizes):
        yield text(RIGHT[0] + 20 * i, top - 12, size,
                   more=f'fill="{SIZES[size]}" font-weight="bold"')
    yield text(RIGHT[0] + 130, top - 12, 'no bar: it cannot hold the policy')


def live_bars(system, rates, across, top, high):
    thick = (high - 6) / len(SIZES)
    for i, (size, colour) in enumerate(SIZES.items()):
        if (system, size) in rates:
            end = across.at(rates[system, size])
            yield (f'<rect x="{RIGHT[0]}" y="{top + 3 + thick * i:.1f}" '
                   f'width="{end - RIGHT[0]:.1f}" height="{thick - 1:.1f}" '
                   f'fill="{colour}"/>')


def svg(run):
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
           f'height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" {STYLE}>')
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    if run.get('path'):
        yield from path_panel(run['path'], 'v4', 'IPv4', TOPS[0])
        yield from path_panel(run['path'], 'v6', 'IPv6', TOPS[1])
    if run.get('live'):
        yield from live_panel(run['live'], 'strangers', 'dropped', TOPS[0])
        yield from live_panel(run['live'], 'conforming', 'forwarded', TOPS[1])
    yield '</svg>'


def write(run, file_name):
    with open(file_name, 'w') as file:
        file.write('\n'.join(svg(run)) + '\n')
