# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged files, full disks, dead workers: the run cache may cost a request then, but never fails."""

from __future__ import annotations

import os
import resource
import signal
import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _run_cache as run_cache
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._run_cache import RunCache
from run_cache_workers import in_worker, worker

SECRET = "sim-api-key-0000000000000000000000000000000001"
SUBJECT = ("instance", 101)


def get(run, service):
    return RunCache(str(run), [SECRET]).get(SUBJECT, service)


def files(run):
    return sorted((run / "ibmcloud.sysdig").iterdir())


def value_file(run):
    (found,) = [path for path in files(run) if path.suffix != ".lock"]
    return found


# --- What may be wrong with the directory -----------------------------------------------------------------------------


def cut(path):
    os.truncate(path, path.stat().st_size // 2)


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def put_one_of_another_key(path):
    run_cache._Entry(str(path), b"k" * 32, run_cache._Failures(str(path.parent), "host")).write(
        {"value": "forged", "expires": None}
    )


def make_unreadable(path):
    """A link to itself cannot be opened, not even by root, for whom modes do not count."""
    path.unlink()
    path.symlink_to(path)


def replace_by_directory(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "damage", [cut, flip_a_bit, put_one_of_another_key, make_unreadable, lambda path: os.truncate(path, 0)]
)
def test_damaged_file_is_replaced_by_a_new_value(run, service, new_worker, damage):
    get(run, service)
    damage(value_file(run))

    for _number in range(2):
        new_worker()
        assert get(run, service) == {"request": 2}


def test_directory_in_place_of_the_file_costs_only_requests(run, service, new_worker):
    get(run, service)
    replace_by_directory(value_file(run))

    for number in (2, 3):
        new_worker()
        assert get(run, service) == {"request": number}
    assert [path.name for path in files(run)] == [value_file(run).name, f"{value_file(run).name}.lock"]


def test_lock_file_left_behind_blocks_nobody(run, service, new_worker):
    get(run, service)
    value_file(run).unlink()
    new_worker()

    start = time.monotonic()
    assert get(run, service) == {"request": 2}
    assert time.monotonic() - start < 30  # seconds, of the 300 that a lock is waited for


def test_lock_that_cannot_be_acquired_costs_only_requests(run, service, new_worker):
    get(run, service)
    replace_by_directory(value_file(run).with_name(f"{value_file(run).name}.lock"))
    value_file(run).unlink()
    new_worker()

    assert get(run, service) == {"request": 2}


def test_directory_that_cannot_be_made_costs_only_requests(run, service, new_worker):
    """As on a read-only file system; a file in its place stops root, too."""
    (run / "ibmcloud.sysdig").touch()

    for number in (1, 2):
        new_worker()
        assert get(run, service) == {"request": number}


def test_full_disk_costs_only_requests(run, service, new_worker):
    def on_a_full_disk():
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))  # a longer write ends with an OSError, as on a full disk
        values = []
        for _number in range(2):
            new_worker()
            values.append(get(run, service))
        return values

    assert in_worker(on_a_full_disk) == [{"request": 1}, {"request": 2}]
    assert [path.suffix for path in files(run)] == [".lock"], "half a file was left behind"


# --- What may happen to a worker --------------------------------------------------------------------------------------


def test_worker_killed_during_a_request_blocks_nobody(run, service):
    with worker(lambda: get(run, service.taking(60))) as killed:
        service.wait_for_requests(1)
        with worker(lambda: get(run, service)) as waiting:
            time.sleep(0.2)
            assert service.requests == 1, "it did not wait for the first worker"
            start = time.monotonic()
            os.kill(killed.pid, signal.SIGKILL)
            assert waiting.result() == {"request": 2}
            assert time.monotonic() - start < 5


def test_worker_that_hangs_is_not_waited_for_endlessly(run, service, monkeypatch):
    monkeypatch.setattr(run_cache, "LOCK_TIMEOUT", 0.2)
    with worker(lambda: get(run, service.taking(60))):
        service.wait_for_requests(1)

        assert get(run, service) == {"request": 2}
