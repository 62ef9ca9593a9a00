# SPDX-License-Identifier: GPL-2.0-only
"""Is a run slower than another one, beyond the noise of both?"""

import samples

# Even of two quiet runs, a build lays code out otherwise.
LEAST = 0.05
COUNT_LEAST = 0.01  # instructions have no noise


def section_of(key):
    return key.split()[0]


def path_key(result):
    kind = 'overlap' if result['overlap'] else 'apart'
    return (f"path {result['prefixes']} prefixes, {result['rules']} rules, "
            f"{result['roles']} roles ({kind}): {result['corpus']}")


def ratios(run):
    """Every ratio of rolegate in a run, by what it is of."""
    for result in run.get('path', ()):
        yield path_key(result), result['ratio']
    for size, found in run.get('live', {}).items():
        for result in found['results']:
            if result['system'] == 'rolegate':
                # Where CPUs are far from each other, as two of a virtual
                # machine at times, reading is most of what a packet costs.
                yield (f"live {size}: {result['corpus']}, to a program that "
                       "reads the packet", result['to_read'])
    for result in run.get('load', ()):
        for what in ('load_to_sort', 'reload_to_sort', 'add_to_smallest',
                     'del_to_smallest'):
            yield (f"load {result['prefixes']} prefixes: "
                   f"{what.replace('_', ' ')}", result[what])


def counts(run):
    for result in run.get('count', {}).get('kinds', ()):
        yield f"count {result['kind']}", result['instructions']


def slower(run, last):
    """What is slower than it was, lines by key; and how many were compared."""
    before = dict(ratios(last))
    compared, lines = 0, {}
    for key, figure in ratios(run):
        if key not in before:
            continue
        old = before[key]
        compared += 1
        allowed = LEAST + samples.noise(figure) + samples.noise(old)
        grown = figure['median'] / old['median'] - 1
        if grown > allowed:
            lines[key] = (f"{key}: ratio {old['median']:.2f} -> "
                          f"{figure['median']:.2f}, {grown:+.0%}; "
                          f"{allowed:.0%} may be noise")
    before = dict(counts(last))
    for key, number in counts(run):
        if key not in before:
            continue
        compared += 1
        if number > before[key] * (1 + COUNT_LEAST):
            lines[key] = f'{key}: {before[key]} -> {number} instructions'
    return lines, compared
