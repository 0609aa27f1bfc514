# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's syslog, to which modules of Ansible send their arguments: it gets nothing from those that carry secrets."""

from __future__ import annotations

import os
import socket
import threading

import pytest
from role_plays import play, retrieving
from secrecy.scan import search
from simulator.ids import METRICS
from tasks import retrieve

MODULES = ("sysdig_token", "sysdig_access_key", "config_files")
OTHERS_PASSWORD = "storage-password-5150"


@pytest.fixture
def syslog():
    """Lines that modules on this machine write to /dev/log, in a list."""
    if os.path.exists("/dev/log"):
        pytest.skip("this machine has a syslog of its own, whose lines are not ours to read")
    lines = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("/dev/log")
        # What nobody reads makes every writer on this machine wait.
        threading.Thread(target=_listen, args=(listener, lines), daemon=True).start()
        try:
            yield lines
        finally:
            os.unlink("/dev/log")
            listener.shutdown(socket.SHUT_RDWR)


def _listen(listener, lines):
    while line := listener.recv(2**20):
        lines.append(line.decode())


def test_no_argument_and_no_result_goes_to_the_hosts_syslog(playbook, simulator, options, host, entries, syslog):
    """One test for all modules: there is one /dev/log, and tests run side by side."""
    playbook.secrets |= {"a password of others": OTHERS_PASSWORD}
    playbook.secret_files |= {"host/*"}
    with (host / "prometheus.yml").open("a") as configuration:
        configuration.write(f"# password: {OTHERS_PASSWORD}\n")
    here = str(host.parent)
    control = {"name": "Other", "ansible.builtin.command": f"echo of another module {simulator.url} {here}"}
    access_key = {"name": "Access key", "ibmcloud.sysdig.sysdig_access_key": options}
    wired = [{**entry, "backup": True} for kind, entry in entries.items() if kind != "template"]

    run = playbook.run_plays(
        [
            {"hosts": "localhost", "gather_facts": False, "tasks": [control, retrieve(options), access_key]},
            play(retrieving(simulator), wired),
        ],
        "--diff",
    )

    run.succeeded()
    assert (host / "token").read_text().strip() == simulator.token(METRICS)
    # Other tests, at the same time, have lines of their own.
    ours = [line for line in syslog if simulator.url in line or here in line]
    assert len([line for line in ours if "of another module" in line]) == 1, "the listener works"
    assert [line for line in ours if "of another module" not in line] == []
    of_ours = "\n".join(line for line in syslog if any(f"{module}: " in line for module in MODULES))
    assert search("syslog", of_ours.encode(), {**simulator.secrets, **playbook.secrets}) == []
