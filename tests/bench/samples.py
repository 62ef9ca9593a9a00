# SPDX-License-Identifier: GPL-2.0-only
"""Repeated measurements: median, spread, and ratios with their noise."""

import statistics


def summary(values):
    """Median and quartiles; the quartiles are the spread."""
    values = sorted(values)
    if len(values) < 3:
        return {'median': statistics.median(values), 'low': values[0],
                'high': values[-1], 'min': values[0]}
    quarters = statistics.quantiles(values, n=4, method='inclusive')
    return {'median': quarters[1], 'low': quarters[0], 'high': quarters[2],
            'min': values[0]}


def ratio(values, bases):
    """Of two series taken in turn: each round has its own ratio."""
    return summary([value / base for value, base in zip(values, bases)])


def noise(figure):
    """The spread of a figure, relative to it."""
    return (figure['high'] - figure['low']) / figure['median']


def show(figure, digits=1):
    return (f"{figure['median']:.{digits}f} "
            f"[{figure['low']:.{digits}f}-{figure['high']:.{digits}f}]")
