# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the caller's settings out of the unit tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PREFIXES, SUFFIXES = ("IBMCLOUD_", "IC_", "SYSDIG_"), ("_PROXY", "_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the caller's variables, proxies, certificates and .netrc."""
    for name in os.environ:
        if name.upper().startswith(PREFIXES) or name.upper().endswith(SUFFIXES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
