# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test shares: the collection under the name that Ansible imports it by, and the simulator."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from simulator.client import SimulatorClient, running

ROOT = Path(__file__).resolve().parent.parent
COLLECTIONS = ROOT / ".build" / "collections"


def link_collection() -> None:
    """Make the checkout importable as ansible_collections.ibmcloud.sysdig, whatever folder it was cloned into."""
    link = COLLECTIONS / "ansible_collections" / "ibmcloud" / "sysdig"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to(ROOT, target_is_directory=True)
    if str(COLLECTIONS) not in sys.path:
        sys.path.insert(0, str(COLLECTIONS))


link_collection()


@pytest.fixture(scope="session")
def _simulator_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorClient]:
    with running(tmp_path_factory.mktemp("simulator")) as client:
        yield client


@pytest.fixture
def simulator(_simulator_process: SimulatorClient) -> SimulatorClient:
    """The simulator in its first state; one process for each test session (or xdist worker)."""
    _simulator_process.reset()
    return _simulator_process
