# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run real programs that send to the simulator."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import time

import pytest

WAIT = 60  # seconds for a program that scrapes each second
SCRAPE = """\
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: itself
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""
DEBIAN = "needs {0}, of Debian's package {1}"


def needs(program, package):
    return pytest.mark.skipif(shutil.which(program) is None, reason=DEBIAN.format(program, package))


@contextlib.contextmanager
def running(command, log, **keywords):
    """Run a program, and stop it at the end."""
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **keywords)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=WAIT)


def wait_until_written(simulator, log, tokens):
    """Wait until there were writes with each of the tokens, given as (token, query)."""
    missing, until = set(tokens), time.monotonic() + WAIT
    while missing and time.monotonic() < until:
        for request in simulator.requests("remote_write"):
            fingerprint, query = request["token_fingerprint"], request["query"]
            missing -= {(fingerprint, query)} if request["status"] == 200 else set()
        time.sleep(0.1)
    assert not missing, log.read_text()


def fingerprint(token):
    """What the simulator calls a token by."""
    return hashlib.sha256(token.encode()).hexdigest()[:12]
