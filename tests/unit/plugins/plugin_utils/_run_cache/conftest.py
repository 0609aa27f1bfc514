# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook run with its cache, the service behind it, and workers: processes, or this one with an empty memory."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _run_cache as run_cache
from run_cache_workers import Clock, Service


@pytest.fixture(autouse=True)
def new_worker(monkeypatch):
    """A worker with an empty memory; call it for the next one."""

    def start():
        monkeypatch.setattr(run_cache, "_memory", {})

    start()
    return start


@pytest.fixture
def service(tmp_path):
    return Service(tmp_path / "requests")


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def run(tmp_path):
    """The temporary directory of the playbook run."""
    directory = tmp_path / "run"
    directory.mkdir(mode=0o700)
    return directory
