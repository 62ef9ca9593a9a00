#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Real TCP servers and clients for scripts/demo: who can open what, against the table.

connections.py listen            answers on every port, in this network namespace
connections.py try LAB POLICY    opens and tries connections between the lab's hosts;
                                 POLICY is what `rolegate policy show --json` printed
"""

import asyncio
import itertools
import json
import os
import resource
import socket
import sys
from collections import defaultdict, namedtuple

from gateway import Namespaces
from table import ANY, Table, read_flows, read_hosts

OTHER_PORTS = [22, 3389, 8443]
ALLOWED_TIMEOUT = 3.0
FORBIDDEN_TIMEOUT = 0.7
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}

# A connection to try, and a line of the printed table that stands for some of them.
Attempt = namedtuple("Attempt", "source target port family")
Line = namedtuple("Line", "what source target wanted attempts")


def all_ports():
    """The table's ports and some that it does not name."""
    return sorted({flow.port for flow in read_flows()} | set(OTHER_PORTS))


# --- Servers ------------------------------------------------------------------


def listening_socket(family, port):
    """A socket that accepts connections to any address of the namespace."""
    listener = socket.socket(FAMILIES[family], socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == 6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind(("::" if family == 6 else "0.0.0.0", port))
    listener.listen(1024)
    return listener


async def answer(reader, writer):
    """Says the client's line back to it, and which port it reached."""
    line = await reader.readline()
    port = writer.get_extra_info("sockname")[1]
    writer.write(b"%d heard %s" % (port, line))
    writer.close()


async def serve(listeners):
    """Answers until the process is ended."""
    for listener in listeners:
        await asyncio.start_server(answer, sock=listener)
    await asyncio.Event().wait()


def listen():
    """Returns once every port is open; a child of this process goes on answering."""
    listeners = [listening_socket(family, port)
                 for family, port in itertools.product(FAMILIES, all_ports())]
    if os.fork():
        return 0
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    asyncio.run(serve(listeners))
    return 0


# --- Clients ------------------------------------------------------------------


async def talk(client, attempt):
    """Sends a line, wants it back: data flows both ways."""
    reader, writer = await asyncio.open_connection(sock=client)
    said = f"{attempt.source.name} to {attempt.target.name}\n".encode()
    writer.write(said)
    heard = await reader.readline()
    writer.close()
    return "pass" if heard == b"%d heard %s" % (attempt.port, said) else "no data"


async def connect(client, attempt, timeout):
    """What becomes of a connection: pass, drop (silence), or what else was seen."""
    address = attempt.target.addresses[attempt.family == 6]
    loop = asyncio.get_running_loop()
    try:
        await asyncio.wait_for(loop.sock_connect(client, (address, attempt.port)), timeout)
    except asyncio.TimeoutError:
        return "drop"
    except OSError as error:
        return error.strerror.lower()
    try:
        return await asyncio.wait_for(talk(client, attempt), ALLOWED_TIMEOUT)
    except (asyncio.TimeoutError, OSError):
        return "no data"


def client_sockets(lab, attempts):
    """A socket for each attempt, made in its source's namespace."""
    namespaces, clients = Namespaces(), {}
    for host, group in itertools.groupby(attempts, key=lambda attempt: attempt.source):
        with namespaces.inside(f"{lab}-{host.name}"):
            for attempt in group:
                clients[attempt] = socket.socket(FAMILIES[attempt.family], socket.SOCK_STREAM)
                clients[attempt].setblocking(False)
    return clients


async def connect_all(clients, timeout):
    """Tries all at once; returns what became of each."""
    seen = await asyncio.gather(*(connect(client, attempt, timeout)
                                  for attempt, client in clients.items()))
    return dict(zip(clients, seen))


def try_lines(lab, lines, timeout):
    """Tries the attempts of all lines at once."""
    attempts = sorted({attempt for line in lines for attempt in line.attempts},
                      key=lambda attempt: attempt.source.name)
    clients = client_sockets(lab, attempts)
    try:
        return asyncio.run(connect_all(clients, timeout))
    finally:
        for client in clients.values():
            client.close()


# --- What to try ----------------------------------------------------------------


def sources_of(flow, hosts):
    """The hosts that may open a flow."""
    if flow.source == ANY:
        return [host for host in hosts.values() if host.name != flow.target]
    return [hosts[flow.source]]


def allowed_lines(flows, hosts):
    """A line for each flow of the table."""
    for flow in flows:
        target = hosts[flow.target]
        attempts = [Attempt(source, target, flow.port, family) for source, family
                    in itertools.product(sources_of(flow, hosts), FAMILIES)]
        yield Line(flow.name, flow.source, flow.target, "pass", attempts)


def kind_of(table, source, target, port):
    """In which way does this connection miss the table?"""
    if source.role is None:
        return "stranger"
    if table.rule(target.role, source.role, port):
        return "wrong direction"
    if table.has_pair(source.role, target.role):
        return "wrong port"
    return "wrong role"


def forbidden_lines(table, hosts):
    """A line for each way of missing the table, and pair of roles."""
    lines = defaultdict(list)
    for source, target in itertools.permutations(hosts.values(), 2):
        for port in table.ports() + OTHER_PORTS:
            if table.rule(source.role, target.role, port):
                continue
            kind = kind_of(table, source, target, port)
            key = (kind, source.role or "stranger", target.role or "stranger")
            lines[key] += [Attempt(source, target, port, family) for family in FAMILIES]
    order = ["wrong port", "wrong direction", "wrong role", "stranger"]
    for key in sorted(lines, key=lambda key: order.index(key[0])):
        yield Line(*key, "drop", lines[key])


def policy_flows(policy):
    """(from, to, port) of everything that the program's own policy allows."""
    for rule in policy["rules"]:
        _, ports = rule["match"].split(" ", 1)
        for source, target, port in itertools.product(rule["from"], rule["to"], ports.split(",")):
            yield source, target, int(port)


def compare_policy(policy, table):
    """Says where the program's policy is not the published table; returns how often."""
    ours, theirs = set(policy_flows(policy)), set(table.rules)
    for source, target, port in sorted(theirs - ours):
        print(f"missing in the policy: {source} → {target} tcp {port}")
    for source, target, port in sorted(ours - theirs):
        print(f"not in the published table: {source} → {target} tcp {port}")
    return len(ours ^ theirs)


# --- What was seen ----------------------------------------------------------------


def paint(text, is_wrong):
    """Red if wrong, green if not, where colours are wanted."""
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\033[{'1;31' if is_wrong else '32'}m{text}\033[0m"


def seen_in(line, seen, family):
    """What a line's connections of that family did, and whether some did wrong."""
    wrong = [attempt for attempt in line.attempts
             if attempt.family == family and seen[attempt] != line.wanted]
    if not wrong:
        return line.wanted, False
    return seen[wrong[0]].upper() + "!", True


def ranges(ports):
    """Ports in order, as in "80,443-444"."""
    runs = []
    for port in sorted(ports):
        if runs and runs[-1][1] == port - 1:
            runs[-1][1] = port
        else:
            runs.append([port, port])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in runs)


def print_line(line, seen):
    """One line of the table; returns how many connections differ from it."""
    cells = [paint(f"{text:<6}", wrong) for text, wrong in
             (seen_in(line, seen, family) for family in FAMILIES)]
    ports = ranges({attempt.port for attempt in line.attempts})
    ends = f"{line.source} → {line.target}"
    print(f"{line.what:<20} {ends:<37} {line.wanted:<6} {cells[0]} {cells[1]} {ports}")
    differing = [attempt for attempt in line.attempts if seen[attempt] != line.wanted]
    for attempt in differing[:3]:
        print(f"  {attempt.source.name} → {attempt.target.name} tcp {attempt.port}"
              f" IPv{attempt.family}: wanted {line.wanted}, seen {seen[attempt]}")
    return len(differing)


def print_lines(first, lines, seen):
    """The table of these lines; returns how many connections differ from it."""
    print(f"\n{first:<20} {'FROM → TO':<37} WANTED IPv4   IPv6   TCP PORT", flush=True)
    return sum(print_line(line, seen) for line in lines)


def count(lines):
    """How many connections are in these lines."""
    return sum(len(line.attempts) for line in lines)


def try_all(lab, policy):
    """The whole demonstration; returns how many things differ from the table."""
    flows, hosts = read_flows(), read_hosts()
    hosts = {name: host._replace(addresses=tuple(host.addresses))
             for name, host in hosts.items()}
    table = Table(flows, hosts)
    allowed = list(allowed_lines(flows, hosts))
    forbidden = list(forbidden_lines(table, hosts))
    differences = compare_policy(policy, table)
    print(f"Opening {count(allowed)} connections that the table's {len(flows)} flows allow,"
          f" trying {count(forbidden)} that nothing allows", flush=True)
    seen = try_lines(lab, allowed, ALLOWED_TIMEOUT)
    seen.update(try_lines(lab, forbidden, FORBIDDEN_TIMEOUT))
    differences += print_lines("FLOW", allowed, seen)
    differences += print_lines("NEIGHBOUR", forbidden, seen)
    print(f"\n{len(seen)} connections tried, {differences} differences from the table")
    return differences


def main(arguments):
    """The exit status."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    if arguments == ["listen"]:
        return listen()
    if len(arguments) != 3 or arguments[0] != "try":
        print(__doc__, file=sys.stderr)
        return 2
    with open(arguments[2], encoding="utf-8") as file:
        policy = json.load(file)
    return 1 if try_all(arguments[1], policy) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
