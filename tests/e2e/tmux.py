# SPDX-License-Identifier: GPL-2.0-only
"""A terminal that draws what it is told: a window of tmux, and what is seen in it."""

import shlex
import subprocess
import time

PATIENCE = 15


class Window:
    """A command in a window of a tmux of its own; gone when the block ends."""

    def __init__(self, name, words, columns=80, lines=24):
        self.socket = ["tmux", "-f", "/dev/null", "-L", name]
        subprocess.run([*self.socket, "new-session", "-d", "-x", str(columns), "-y", str(lines),
                        shlex.join(words)], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run([*self.socket, "kill-server"], check=False, stderr=subprocess.DEVNULL)

    def resize(self, columns, lines):
        """As a user who drags the corner."""
        subprocess.run([*self.socket, "resize-window", "-x", str(columns), "-y", str(lines)],
                       check=True)

    def screen(self, *options):
        """The lines that are seen; with options, as `tmux capture-pane` takes them."""
        done = subprocess.run([*self.socket, "capture-pane", "-p", *options], check=True,
                              text=True, stdout=subprocess.PIPE)
        return done.stdout.splitlines()

    def scrolled(self):
        """How many lines have gone out at the top."""
        done = subprocess.run([*self.socket, "display-message", "-p", "#{history_size}"],
                              check=True, text=True, stdout=subprocess.PIPE)
        return int(done.stdout)

    def wait_for(self, holds):
        """The screen once that is true of it, or as it is after a while."""
        deadline = time.monotonic() + PATIENCE
        while not holds(self.screen()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.screen()
