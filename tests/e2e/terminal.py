# SPDX-License-Identifier: GPL-2.0-only
"""rolegate on a terminal of its own, of any size and kind."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import gateway

ESCAPE = re.compile(r"\x1b\[[?0-9;]*[a-zA-Z]")


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, lab, *words, size=(24, 80), stdin=None, **environment):
        self.fd, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        env = {**os.environ, "TERM": "xterm", **environment}
        env = {name: value for name, value in env.items() if value is not None}
        command = lab.command("gateway", gateway.BINARY, "-i", lab.name, *words)
        self.process = subprocess.Popen(command, env=env, stdin=follower if stdin is None else stdin,
                                        stdout=follower, stderr=follower)
        os.close(follower)

    def read(self, seconds):
        """What it shows until it ends, or within that time."""
        shown, deadline = b"", time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not select.select([self.fd], [], [], 0.1)[0]:
                continue
            try:
                shown += os.read(self.fd, 65536)
            except OSError:
                break
        return shown.decode().replace("\r\n", "\n")

    def read_until(self, text, seconds):
        """What it shows until that is there, or within that time."""
        shown, deadline = "", time.monotonic() + seconds
        while text not in shown and time.monotonic() < deadline:
            shown += self.read(0.1)
        return shown

    def close(self):
        """Ends it."""
        self.process.terminate()
        self.process.wait()
        os.close(self.fd)


def on_terminal(lab, *words, seconds=10, **options):
    """All that a command shows on a terminal."""
    terminal = Terminal(lab, *words, **options)
    try:
        return terminal.read(seconds)
    finally:
        terminal.close()


def widest(text):
    """Columns of the longest line."""
    return max(len(line) for line in ESCAPE.sub("", text).splitlines())
