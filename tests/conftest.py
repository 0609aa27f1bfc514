# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Share with every test the collection under the name that Ansible imports it by, what helps, and the simulator."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import pytest

# Helpers are imported by their names alone. pytest adds the folders of tests; `ansible-test units` adds none.
sys.path.extend(str(path) for path in (Path(__file__).parent, Path(__file__).parents[1] / "tools"))
sys.path.extend(sorted({str(path.parent) for path in Path(__file__).parent.glob("*/**/*.py")}))

from simulator.client import SimulatorClient, running

ROOT = Path(__file__).resolve().parent.parent
COLLECTIONS = ROOT / ".build" / "collections"
SIMULATOR = pytest.StashKey[SimulatorClient]()


def link_collection() -> None:
    """Make the checkout importable as ansible_collections.ibmcloud.sysdig, whatever folder it was cloned into."""
    link = COLLECTIONS / "ansible_collections" / "ibmcloud" / "sysdig"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to(ROOT, target_is_directory=True)
    if str(COLLECTIONS) not in sys.path:
        sys.path.insert(0, str(COLLECTIONS))


link_collection()


def started(config: pytest.Config) -> SimulatorClient:
    """Return the simulator of this process, which runs until the session ends."""
    if SIMULATOR not in config.stash:
        stack = contextlib.ExitStack()
        config.add_cleanup(stack.close)
        config.stash[SIMULATOR] = stack.enter_context(running())
    return config.stash[SIMULATOR]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Start the simulator before `ansible-test units` forks for a test: or each test would start one of its own."""
    if "simulator" in getattr(item, "fixturenames", ()):
        started(item.config)


@pytest.fixture
def simulator(pytestconfig: pytest.Config) -> SimulatorClient:
    """Return the simulator in its first state; one process serves all tests, or all of an xdist worker."""
    client = started(pytestconfig)
    client.reset()
    return client
