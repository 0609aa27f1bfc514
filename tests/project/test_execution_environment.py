# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test which requirements ansible-builder finds for an execution environment. It ignores misspelt keys silently."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

COLLECTIONS = Path(__file__).resolve().parents[2] / ".build" / "collections"


def test_builder_finds_the_requirements():
    command = [Path(sys.executable).parent / "ansible-builder", "introspect", COLLECTIONS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert yaml.safe_load(done.stdout) == {
        "python": [
            "requests>=2.25  # from collection ibmcloud.sysdig",
        ],
        "system": [],
    }
