# SPDX-License-Identifier: GPL-2.0-only
"""Raw TCP frames: built, sent from the arms of a lab, and seen to arrive."""

import ipaddress
import json
import select
import socket
import struct
import time
from collections import namedtuple

from gateway import ARMS, Namespaces

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
ETH_P_IP, ETH_P_IPV6, ETH_P_ALL = 0x0800, 0x86DD, 3
ETHERNET, IPV4, IPV6, TCP = 14, 20, 40, 20
SEQUENCE = 4
BUFFER = 64 << 20
QUIET = 0.3  # seconds without a frame: nothing more will come
SHORT, LONG = 0.03, 2.0  # the same behind fences, and until they come

# Where frames come from and go to: an arm, and an address there.
End = namedtuple("End", "arm address")
Segment = namedtuple("Segment", "source target sport dport flags")


def checksum(data):
    """The Internet checksum of data."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def tcp_header(source, target, segment, number, payload):
    """A TCP header without options; number is its sequence number."""
    fields = [segment.sport, segment.dport, number, 1 if segment.flags & ACK else 0,
              5 << 4, segment.flags, 1024, 0, 0]
    pseudo = source.packed + target.packed + struct.pack("!II", TCP + payload,
                                                           socket.IPPROTO_TCP)
    fields[7] = checksum(pseudo + struct.pack("!HHIIBBHHH", *fields))
    return struct.pack("!HHIIBBHHH", *fields)


def ip_header(source, target, payload):
    """An IPv4 or IPv6 header, as the addresses ask for."""
    if source.version == 6:
        return (struct.pack("!IHBB", 6 << 28, TCP + payload, socket.IPPROTO_TCP, 64)
                + source.packed + target.packed)
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, IPV4 + TCP + payload, 0, 0, 64, socket.IPPROTO_TCP, 0,
                       source.packed, target.packed)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:]


def frame(macs, segment, number, payload=0):
    """The segment as an Ethernet frame that carries number, and bytes of zero."""
    source = ipaddress.ip_address(segment.source.address)
    target = ipaddress.ip_address(segment.target.address)
    ethertype = ETH_P_IP if source.version == 4 else ETH_P_IPV6
    return (macs + struct.pack("!H", ethertype) + ip_header(source, target, payload)
            + tcp_header(source, target, segment, number, payload) + bytes(payload))


def number_of(data, payload=0):
    """The number in a frame that was built here; None if it was not."""
    ethertype, = struct.unpack_from("!H", data, 12)
    header = {ETH_P_IP: IPV4, ETH_P_IPV6: IPV6}.get(ethertype)
    if header is None or len(data) != ETHERNET + header + TCP + payload:
        return None
    return struct.unpack_from("!I", data, ETHERNET + header + SEQUENCE)[0]


class Wire:
    """Sends from, and listens on, every arm of a lab without hosts.

    devices tells the gateway's interfaces that are not called like their arm.
    """

    def __init__(self, lab, devices=None, payload=0):
        self.lab = lab
        self.payload = payload
        self.devices = {arm: arm for arm in ARMS} | (devices or {})
        # Later ones have greater numbers: what a card kept from another test is not ours.
        self.next = int(time.monotonic() * 1000) & 0x7FFFFFFF
        self.macs = {arm: self._macs(arm) for arm in ARMS}
        namespaces = Namespaces()
        self.sockets = {}
        for arm in ARMS:
            with namespaces.inside(f"{lab.name}-{arm}"):
                self.sockets[arm] = self._socket()

    def _macs(self, arm):
        """Destination and source, as a frame from that arm begins."""
        text = self.lab.run(arm, "ip", "-j", "link", "show", "gateway").stdout
        own = json.loads(text)[0]["address"]
        gateway = self.lab.links()[self.devices[arm]]["address"]
        return bytes.fromhex((gateway + own).replace(":", ""))

    @staticmethod
    def _socket():
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        raw.bind(("gateway", ETH_P_ALL))
        raw.setsockopt(socket.SOL_SOCKET, 33, BUFFER)  # SO_RCVBUFFORCE
        raw.setblocking(False)
        return raw

    def neighbours(self, ends):
        """Makes the gateway know where the ends are, so that nobody asks."""
        lines = "".join(f"neigh replace {end.address} dev {self.devices[end.arm]} nud permanent lladdr "
                        f"{self.macs[end.arm][6:].hex(':')}\n" for end in ends)
        path = f"{self.lab.dir}/neighbours"
        with open(path, "w", encoding="utf-8") as file:
            file.write(lines)
        self.lab.run("gateway", "ip", "-batch", path)

    def send(self, segments, fences=0):
        """Sends each segment from its source's arm.

        The last so many are fences: they pass in any case, one from each arm, so that
        once they arrive whatever else will has. Returns a list: did it arrive at its
        target's arm? Whatever of ours arrives elsewhere, or twice, raises AssertionError.
        """
        first = self.next
        for segment in segments:
            data = frame(self.macs[segment.source.arm], segment, self.next, self.payload)
            self.sockets[segment.source.arm].send(data)
            self.next += 1
        arrived = self._collect(first, set(range(self.next - fences, self.next)))
        for number, arm in arrived.items():
            wanted = segments[number - first].target.arm
            assert arm == wanted, f"{segments[number - first]} arrived at {arm}"
        return [first + i in arrived for i in range(len(segments))]

    def _collect(self, first, fences):
        """The arms at which the frames numbered first and later arrive."""
        by_fd = {raw.fileno(): arm for arm, raw in self.sockets.items()}
        poll = select.poll()
        for fd in by_fd:
            poll.register(fd, select.POLLIN)
        arrived = {}
        patience = LONG if fences else QUIET
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            for fd, _ in poll.poll(20):
                if self._drain(by_fd[fd], first, arrived):
                    if fences and fences <= set(arrived):
                        fences, patience = set(), SHORT
                    deadline = time.monotonic() + patience
        return arrived

    def _drain(self, arm, first, arrived):
        """Reads what there is; returns whether something was ours."""
        seen = False
        while True:
            try:
                data, address = self.sockets[arm].recvfrom(16384)
            except BlockingIOError:
                return seen
            number = number_of(data, self.payload)
            if address[2] == socket.PACKET_OUTGOING or number is None or number < first:
                continue
            assert number not in arrived, f"frame {number} arrived twice"
            arrived[number] = arm
            seen = True
