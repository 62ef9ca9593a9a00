# SPDX-License-Identifier: GPL-2.0-only
"""An exporter on a lab's gateway: started, asked over HTTP, and its metrics read."""

import http.client
import re
import subprocess
import time
from collections import Counter

import gateway

PORT = 7653
SAMPLE = re.compile(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}


def samples(text):
    """Values by name and labels: {("rolegate_up", ()): 1.0}."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = SAMPLE.match(line).groups()
        key = name, tuple(sorted(LABEL.findall(labels or "")))
        assert key not in found, f"{key} stands there twice"
        found[key] = float(value)
    return found


def value(found, name, **labels):
    """One sample; None if it is not there."""
    return found.get((name, tuple(sorted(labels.items()))))


def roles(label):
    """A label's roles as tally.end() writes them."""
    return "" if label == "-" else ",".join(sorted(label.split(",")))


def tally_of(found):
    """Metrics under the keys of tally.flatten(), interfaces left out."""
    tally = Counter()
    for (name, labels), number in found.items():
        labels = dict(labels)
        kind, _, unit = name.removeprefix("rolegate_").removesuffix("_total").rpartition("_")
        if not name.endswith("_total") or unit not in ("packets", "bytes"):
            continue
        if kind == "":
            keys = [("reason", labels["reason"], labels["interface"], labels["verdict"])]
        elif kind == "rule":
            passage = () if labels["direction"] == "opening" else ("replies",)
            keys = [("rule", labels["rule"]) + passage]
        else:
            ends = "pair", roles(labels["from"]), roles(labels["to"])
            keys = [ends + (labels["verdict"].replace("-", "_"),)]
            if labels["verdict"] == "would-drop":
                keys.append(ends + ("pass",))
        for key in keys:
            tally[key + (unit,)] += int(number)
    return tally


class Exporter:
    """Runs until its block ends."""

    def __init__(self, lab, *words, command=None, pass_fds=()):
        self.lab = lab
        self.host, self.port = "127.0.0.1", PORT
        self.namespaces = gateway.Namespaces()
        words = command or lab.command("gateway", gateway.BINARY, "-i", lab.name, "exporter",
                                       *words)
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True,
                                        pass_fds=pass_fds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self):
        """Ends it as systemd does; returns its exit status and what it complained of."""
        self.process.terminate()
        complaints = self.process.communicate(timeout=10)[1]
        return self.process.returncode, complaints

    def connect(self, patience=5):
        """A connection, as soon as it listens."""
        deadline = time.monotonic() + patience
        while True:
            connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
            try:
                with self.namespaces.inside(f"{self.lab.name}-gateway"):
                    connection.connect()
                return connection
            except ConnectionRefusedError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.02)

    def ask(self, path="/metrics", method="GET", **headers):
        """A response and its text, over a connection of its own."""
        connection = self.connect()
        try:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()

    def scrape(self, **headers):
        """The samples, as they are now."""
        return samples(self.ask(**headers)[1])
