# SPDX-License-Identifier: GPL-2.0-only
"""The picture of a run: what a packet costs, and what one core drops."""

import math

import tables

WIDTH, HEIGHT = 860, 330
TOP, BOTTOM = 52, 282
LEFT = (52, 372)
RIGHT = (520, 840)
STYLE = ('font-family="sans-serif" font-size="11" fill="#222"')
COLOURS = {'v4-hot': '#1b6ca8', 'v4-flood': '#47a0d9', 'v4-cold': '#9cc4e4',
           'v6-hot': '#b5482a', 'v6-cold': '#e3a48f'}
SIZES = {'S': '#9cc4e4', 'M': '#47a0d9', 'L': '#1b6ca8'}
SYSTEMS = ('xdp-drop', 'rolegate', 'xdp-filter', 'nft-ingress',
           'nft-forward-ct', 'ipset-raw', 'ipset-forward-ct')


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


def path_panel(results):
    """Ratio to the program that drops all, by number of prefixes."""
    found = {}
    for result in results:
        if (result['rules'], result['roles']) == (12, 6) and \
                result['corpus'] in COLOURS:
            found.setdefault(result['corpus'], []).append(
                (result['prefixes'], result['ratio']['median']))
    highest = max(ratio for points in found.values() for _, ratio in points)
    across = Scale(20, 1500000, *LEFT)
    up = Scale(1, max(highest * 1.2, 4), BOTTOM, TOP)
    yield text(LEFT[0], 20, 'A packet, times a program that drops all',
               more='font-weight="bold"')
    for value in up.steps():
        yield line(LEFT[0], up.at(value), LEFT[1], up.at(value))
        yield text(LEFT[0] - 6, up.at(value) + 4, f'{value:g}', 'end')
    for value in (30, 10000, 100000, 1000000):
        yield text(across.at(value), BOTTOM + 16, tables.human(value), 'middle')
    yield text(sum(LEFT) / 2, BOTTOM + 34, 'prefixes of each family', 'middle')
    for corpus, points in found.items():
        yield from path_line(corpus, [(across.at(x), up.at(y))
                                      for x, y in points])


def path_line(corpus, points):
    colour = COLOURS[corpus]
    places = ' '.join(f'{x:.1f},{y:.1f}' for x, y in points)
    yield (f'<polyline points="{places}" fill="none" stroke="{colour}" '
           'stroke-width="2"/>')
    for x, y in points:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
    x, y = points[-1]
    yield text(x + 18, y + 4, corpus, more=f'fill="{colour}"')


def live_panel(sizes):
    """Millions of packets of strangers that one core drops a second."""
    rates = {(result['system'], size): result['mpps']
             for size, found in sizes.items() for result in found['results']
             if result['corpus'] == 'strangers'}
    across = Scale(min(rates.values()) / 2, 20, *RIGHT)
    yield text(RIGHT[0], 20, 'Packets of strangers that one core drops, '
               'millions a second', more='font-weight="bold"')
    for value in across.steps():
        yield line(across.at(value), TOP, across.at(value), BOTTOM)
        yield text(across.at(value), BOTTOM + 16, f'{value:g}', 'middle')
    high = (BOTTOM - TOP) / len(SYSTEMS)
    for i, system in enumerate(SYSTEMS):
        yield text(RIGHT[0] - 6, TOP + high * (i + 0.5) + 4, system, 'end')
        yield from live_bars(system, rates, across, TOP + high * i, high)
    for i, size in enumerate(sizes):
        yield text(RIGHT[0] + 40 * i, 40, size,
                   more=f'fill="{SIZES[size]}" font-weight="bold"')
    yield text(RIGHT[0] + 130, 40, 'no bar: it cannot hold the policy')


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
        yield from path_panel(run['path'])
    if run.get('live'):
        yield from live_panel(run['live'])
    yield '</svg>'


def write(run, file_name):
    with open(file_name, 'w') as file:
        file.write('\n'.join(svg(run)) + '\n')
