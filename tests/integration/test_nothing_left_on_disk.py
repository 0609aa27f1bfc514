# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a playbook run leaves on the control node: nothing when it ends, and nothing readable when it is killed."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest
from secrecy.scan import search_files
from simulator.ids import METRICS, OWNER_API_KEY

LOOKUP = "lookup('ibmcloud.sysdig.sysdig_token')"
LONGEST_START = 60  # seconds


@pytest.fixture
def project(playbook, simulator):
    """A project whose secrets come from the environment, so that it has none on the disk itself."""
    playbook.environment.update(
        IBMCLOUD_API_KEY=OWNER_API_KEY,
        IBMCLOUD_IAM_API_ENDPOINT=simulator.url,
        SYSDIG_IBM_MONITOR_INSTANCE_ID=METRICS,
        SYSDIG_MONITOR_URL=simulator.url,
        REQUESTS_CA_BUNDLE=simulator.ca_file,
    )
    return playbook


def read_token(**task):
    return {"name": "read the token", "ansible.builtin.assert": {"that": f"{LOOKUP} | length > 30"}, **task}


@contextlib.contextmanager
def running(project):
    """ansible-playbook at work."""
    run = subprocess.Popen(
        ["ansible-playbook", "-i", "inventory.yml", "playbook.yml"],
        cwd=project.directory,
        env={**project.environment, "TASK_RESULTS_FILE": os.devnull},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield run
    finally:
        kill_family(run.pid)
        run.wait()


def kill_family(process: int) -> None:
    """Kill a process and all that it has started. Its group would not do: Ansible's workers have sessions of their own,
    and one that lives on makes more requests, while the next test counts.
    """
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGSTOP)  # so that it starts no more
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
        for child in children:
            kill_family(int(child))
        os.kill(process, signal.SIGKILL)


def wait_until(is_so) -> None:
    end = time.monotonic() + LONGEST_START
    while not is_so():
        assert time.monotonic() < end, "the run does not come so far"
        time.sleep(0.02)


def cached(local: Path) -> list[Path]:
    """List the values in the run cache."""
    files = local.glob("*/ibmcloud.sysdig/*")
    return [path for path in files if len(path.name) == 64]  # neither a lock nor one that is being written


def test_run_that_ends_leaves_nothing(project, simulator):
    local = Path(project.environment["ANSIBLE_LOCAL_TEMP"])

    project.run([read_token()]).succeeded()

    assert len(simulator.requests("iam")) == 1
    assert list(local.iterdir()) == []


@pytest.mark.parametrize("moment", ["requesting", "using"])
def test_killed_run_leaves_nothing_readable(project, simulator, moment):
    """Killed when only the IAM token is known, or when a host's task is at work with the Sysdig token known."""
    local = Path(project.environment["ANSIBLE_LOCAL_TEMP"])
    started = project.directory / "started"
    work = {"ansible.builtin.shell": f"touch {started}; sleep 60", "when": f"{LOOKUP} | length > 30"}
    project.write("playbook.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": [read_token(), work]}])
    if moment == "requesting":
        simulator.fault("hang", service="sysdig")

    with running(project) as run:
        wait_until(lambda: started.exists() if moment == "using" else cached(local))
        kill_family(run.pid)

    left = cached(local)
    assert len(left) == {"requesting": 1, "using": 2}[moment]
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in left} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in left[0].parent.iterdir()} == {0o600}
    # Nothing that the test wrote holds a secret, so all there is may be searched.
    assert search_files([project.directory.parent], simulator.secrets) == []
