# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lock for each test of the module that writes files."""

from __future__ import annotations

import pytest
from config_files_module import lock_of_its_own


@pytest.fixture(autouse=True)
def _lock(monkeypatch):
    with lock_of_its_own(monkeypatch):
        yield
