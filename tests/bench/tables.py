# SPDX-License-Identifier: GPL-2.0-only
"""What was measured, as tables for a terminal."""

import live
import load
import path
import samples


def table(title, header, rows):
    """Columns as wide as they need, numbers to the right."""
    rows = [header] + [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ['', title]
    for row in rows:
        cells = [cell.ljust(width) if i == 0 else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        lines.append('  '.join(cells).rstrip())
    return '\n'.join(lines)


def human(number):
    for size, letter in ((1000000, 'M'), (1000, 'k')):
        if number >= size and number % size == 0:
            return f'{number // size} {letter}'
    return str(number)


def path_tables(results):
    by_size = {}
    for result in results:
        key = (result['prefixes'], result['rules'], result['roles'],
               result['overlap'])
        by_size.setdefault(key, {})[result['corpus']] = result
    corpora = list(dict.fromkeys(result['corpus'] for result in results))
    rows = []
    for (prefixes, rules, roles, _), found in by_size.items():
        row = [f'{human(prefixes)} prefixes, {rules} rules, {roles} roles']
        for corpus in corpora:
            row.append(path_cell(found.get(corpus)))
        rows.append(row)
    yield table('Times the program that drops all (ns, and beyond it); '
                'at most, by target',
                ['', *corpora], rows)
    steady = list(steadiness(by_size))
    if steady:
        yield table(f'From few to many: at most {path.STEADY:.2f}',
                    ['', 'corpus', 'times'], steady)


def path_cell(result):
    if not result:
        return '-'
    filter_ns = result['filter']['median']
    text = (f"{result['ratio']['median']:.2f} ({filter_ns:.0f}, "
            f"+{filter_ns - result['floor']['median']:.0f})")
    if result['target']:
        met = '<=' if result['ratio']['median'] <= result['target'] else '>'
        text += f" {met} {result['target']}"
    return text


def steadiness(by_size):
    """How much the hot corpora cost more with all rules, with all roles."""
    for name, smallest, largest in (
            ('rules', path.RULES[0], path.RULES[-1]),
            ('roles', path.ROLES[0], path.ROLES[-1])):
        key = (largest.prefixes, largest.rules, largest.roles, largest.overlap)
        for corpus, result in by_size.get(key, {}).items():
            yield [f'{getattr(smallest, name)} -> {getattr(largest, name)} '
                   f'{name}', corpus, samples.show(result['to_first'], 2)]


def live_tables(sizes):
    for size, found in sizes.items():
        by_system = {}
        for result in found['results']:
            by_system.setdefault(result['system'], {})[result['corpus']] = result
        rows = [live_row(system, seen, found['apply_seconds'].get(system))
                for system, seen in by_system.items()]
        yield table(f'Live, {size}: ns of CPU time a packet [quartiles], millions '
                    'of packets a second of one core, and times',
                    ['', 'strangers', 'dropped', 'xdp-drop', 'mixed',
                     'xdp-drop', 'conforming', 'forwarded', 'no-filter',
                     'applied in'], rows)
        yield from live_targets(by_system)
        for system, why in found['refused'].items():
            yield f'{system} cannot: {why}'


def live_row(system, seen, seconds):
    strangers, mixed, conforming = (seen[corpus] for corpus in
                                    ('strangers', 'mixed', 'conforming'))
    return [system,
            samples.show(strangers['ns'], 0),
            f"{strangers['dropped']['median']:.2f}",
            f"{strangers['ratio']['median']:.2f}",
            samples.show(mixed['ns'], 0) if mixed['verdicts']['right'] else
            'wrong verdicts',
            f"{mixed['ratio']['median']:.2f}",
            samples.show(conforming['ns'], 0),
            f"{conforming['forwarded']['median']:.2f}",
            f"{conforming['to_no_filter']['median']:.2f}",
            f'{seconds:.2f} s' if seconds else '-']


def live_targets(by_system):
    part = 1 / by_system['rolegate']['strangers']['ratio']['median']
    yield (f'rolegate drops strangers at {part:.2f} of the rate of the empty '
           f'program; target {live.TARGET}: {verdict(part >= live.TARGET)}')
    part = 1 / by_system['rolegate']['strangers']['to_read']['median']
    yield f'and at {part:.2f} of one that reads the packet before it drops it'
    faster = [peer for peer in live.PEERS if peer in by_system and
              by_system[peer]['strangers']['ratio']['median'] <
              by_system['rolegate']['strangers']['ratio']['median']]
    but = f", but for {', '.join(faster)}" if faster else ''
    yield f'rolegate drops faster than every peer: {verdict(not faster)}{but}'


def verdict(is_met):
    return 'met' if is_met else 'missed'


def load_tables(results):
    rows = [[human(result['prefixes'])] +
            [f"{result[what]['median'] * 1e3:.0f} ms"
             for what in ('sort', 'load', 'reload', 'add', 'del')] +
            [f"{result['load_to_sort']['median']:.1f}",
             f"{result['add_to_smallest']['median']:.2f}",
             f"{result['kernel_mib']:.1f} MiB",
             f"{result['peak_mib']:.0f} MiB"] for result in results]
    yield table('From text to enforcing, and one address of a role',
                ['prefixes', 'sort', 'load', 'reload', 'add', 'del',
                 'load/sort', 'add/smallest', 'maps', 'peak'], rows)
    most = results[-1]
    if most['prefixes'] == load.PREFIXES[-1]:
        times = most['load_to_sort']['median']
        yield (f'load takes {times:.1f} times what sort does; target '
               f'{load.TIMES_SORT}: {verdict(times <= load.TIMES_SORT)}')
        yield (f"its loader takes {most['peak_mib']:.0f} MiB; target "
               f"{load.PEAK_MIB}: {verdict(most['peak_mib'] < load.PEAK_MIB)}")


def count_tables(found):
    rows = [[kind['kind'], kind['reason'], kind['instructions'],
             kind['calls']] for kind in found['kinds']]
    yield table('Instructions that a packet takes '
                f"(of {found['program']['instructions']}, "
                f"{found['program']['machine_bytes']} bytes of machine code)",
                ['', 'reason', 'executed', 'calls'], rows)


TABLES = {'path': path_tables, 'live': live_tables, 'load': load_tables,
          'count': count_tables}


def show(run):
    for section, tables in TABLES.items():
        if section in run:
            yield from tables(run[section])
    if 'seconds' in run:
        yield '\nmeasured in ' + ', '.join(
            f'{section} {seconds:.0f} s'
            for section, seconds in run['seconds'].items())
