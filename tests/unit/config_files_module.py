# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module config_files as Ansible does: a process that reads its arguments and prints its result."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

COLLECTIONS = Path(__file__).resolve().parents[2] / ".build" / "collections"
NEW, OLD = "new-token-1234", "old-token-9876"
MODULE = "ansible_collections.ibmcloud.sysdig.plugins.modules.config_files"


def start(files, check=False, **options):
    arguments = {
        "files": [
            {**file, "content": base64.b64encode(file["content"].encode()).decode()} if "content" in file else file
            for file in files
        ],
        "secrets": [NEW],
        **options,
        "_ansible_check_mode": check,
        "_ansible_diff": True,
        "_ansible_remote_tmp": os.environ.get("TMPDIR", "/tmp"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", MODULE],
        env={**os.environ, "PYTHONPATH": str(COLLECTIONS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
    process.stdin.close()
    process.stdin = None  # communicate() would flush it
    return process


def config_files(files, **options):
    output, errors = start(files, **options).communicate(timeout=60)
    assert errors == ""
    result = json.loads(output)
    shown = json.dumps({key: value for key, value in result.items() if key != "files"})
    assert options.get("show_secrets") or (NEW not in shown and OLD not in shown)
    return result
