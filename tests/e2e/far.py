# SPDX-License-Identifier: GPL-2.0-only
"""A lab whose director stands behind a router, on a link with a small MTU."""

import contextlib
import socket
import tempfile

import gateway
import tally

ROUTER, CLIENT, SERVER, OUTSIDER = "front-end-pool", "reverse-proxy", "director", "outsider"
LINK_MTU = 1280
ADDRESSES = {
    CLIENT: {4: "192.0.2.10", 6: "2001:db8:0:1::10"},
    SERVER: {4: "10.0.0.5", 6: "2001:db8:0:2::5"},
    ROUTER: {4: "10.0.0.18", 6: "2001:db8:0:2::12"},
    "gateway": {4: "192.0.2.1", 6: "2001:db8:0:1::1"},
}
# The link's ends. The server keeps to its MTU, but asks others for large segments.
LINK = {4: ("10.0.9.1", "10.0.9.2"), 6: ("2001:db8:0:9::1", "2001:db8:0:9::2")}
LENGTH = {4: 32, 6: 128}
SEGMENT = {4: 1460, 6: 1440}


def config(**settings):
    """The client may ping, trace and reach TCP 4443 and UDP 5000 of the server."""
    return {
        "interfaces": {arm: {"mode": "native"} for arm in gateway.ARMS},
        "roles": {"client": list(ADDRESSES[CLIENT].values()),
                  "server": list(ADDRESSES[SERVER].values())},
        "rules": {"ping": {"from": "client", "to": "server", "icmp": "echo"},
                  "web": {"from": "client", "to": "server", "tcp": 4443},
                  "data": {"from": "client", "to": "server", "udp": 5000},
                  "trace": {"from": "client", "to": "server", "udp": "33434-33534"}},
        "settings": settings,
    }


def build(lab):
    """Moves the server behind the router."""
    def ip(host, *words):
        lab.run(host, "ip", *words)

    ip(SERVER, "link", "del", "eth0")
    ip(ROUTER, "link", "add", "far", "type", "veth", "peer", "name", "eth0",
       "netns", f"{lab.name}-{SERVER}")
    for host, device in ((ROUTER, "far"), (SERVER, "eth0")):
        ip(host, "link", "set", device, "up")
    ip(ROUTER, "link", "set", "far", "mtu", str(LINK_MTU))
    lab.run(ROUTER, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1",
            "net.ipv6.conf.all.forwarding=1")
    for family, (near, far) in LINK.items():
        whole = f"{ADDRESSES[SERVER][family]}/{LENGTH[family]}"
        prefix = 24 if family == 4 else 64
        nodad = [] if family == 4 else ["nodad"]
        ip(ROUTER, "address", "add", f"{near}/{prefix}", "dev", "far", *nodad)
        ip(SERVER, "address", "add", f"{far}/{prefix}", "dev", "eth0", *nodad)
        ip(SERVER, "address", "add", whole, "dev", "eth0", *nodad)
        ip(SERVER, f"-{family}", "route", "add", "default", "via", near,
           "src", ADDRESSES[SERVER][family], "mtu", str(LINK_MTU),
           "advmss", str(SEGMENT[family]))
        ip(ROUTER, f"-{family}", "route", "add", whole, "dev", "far")
        ip("gateway", f"-{family}", "route", "add", whole, "via", ADDRESSES[ROUTER][family],
           "dev", "servers")


def forget_mtu(lab):
    """The client forgets what it learned of paths."""
    for family in (4, 6):
        lab.run(CLIENT, "ip", f"-{family}", "route", "flush", "cache")


@contextlib.contextmanager
def counted(lab, report, name, wanted):
    """One case: what happens inside is counted under these reasons, and no others."""
    before = tally.flatten(lab.json("counters"))
    yield
    seen = tally.packets(before, tally.flatten(lab.json("counters")))
    report.equal(f"{name}: counted", seen, wanted)


def endpoint(lab, host, family, kind, port, patience):
    """A socket of a host, bound to its address."""
    with gateway.Namespaces().inside(f"{lab.name}-{host}"):
        made = socket.socket(socket.AF_INET if family == 4 else socket.AF_INET6, kind)
        made.bind((ADDRESSES[host][family], port))
        made.settimeout(patience)
        return made


def big_file(lab, size):
    """A file of that many bytes that do not repeat."""
    with tempfile.NamedTemporaryFile(dir=lab.dir, delete=False) as file:
        file.write(b"".join(number.to_bytes(4, "big") for number in range(size // 4)))
    return file.name
