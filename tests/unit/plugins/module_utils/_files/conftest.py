# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places on a host: some that only we may write to, others that belong to somebody else."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from config_files_module import STRANGER, lock_of_its_own, needs_root


def pytest_collection_modifyitems(items):
    for item in items:
        if "strangers" in getattr(item, "fixturenames", ()):
            item.add_marker(needs_root)


@pytest.fixture(autouse=True)
def _lock(monkeypatch):
    with lock_of_its_own(monkeypatch):
        yield


@pytest.fixture
def trusted():
    """A directory that nobody but us may write to, nor to those above it."""
    above = Path("/run" if os.geteuid() == 0 else Path.home())
    if any(path.stat().st_uid not in (0, os.geteuid()) or path.stat().st_mode & 0o022 for path in above.parents):
        pytest.skip(f"others may write to a directory above {above}")
    directory = Path(tempfile.mkdtemp(dir=above, prefix="ibmcloud.sysdig-test-"))
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def strangers(trusted):
    """The home directory of a user who is not to be trusted."""
    trusted.chmod(0o755)
    directory = trusted / "home"
    directory.mkdir(mode=0o755)
    os.chown(directory, STRANGER, STRANGER)
    return directory
