# SPDX-License-Identifier: GPL-2.0-only
"""Instructions of each kind of packet, in the program that the JIT compiles."""

import json
import os
import subprocess


def run(bench):
    done = subprocess.run(
        (f'{bench.build}/bench/count', f'{os.path.dirname(__file__)}/count.yaml'),
        stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)
