# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file is opened as its reader, and nobody else may be able to read it."""

from __future__ import annotations

import base64
import os
import subprocess
import sys

import pytest
from config_files_module import STRANGER, encoded, needs_root

TOKEN = "the-token"


def said(lines):
    return [(line["check"], line["status"], line["message"]) for line in lines]


@pytest.fixture
def token(etc):
    """The parameters of a token file that is as it should be."""
    path = etc / "token"
    path.write_text(TOKEN)
    path.chmod(0o600)
    return {"path": str(path), "content": encoded(TOKEN)}


def test_a_file_that_is_right(check, token):
    lines, files = check([token])
    (line,) = lines
    assert (line["status"], line["entry"]) == ("ok", "Entry 1")
    assert f"{token['path']} is there, and the user" in line["message"]
    assert files == [{"path": token["path"], "is_same": True}]


def test_a_missing_file(check, token, etc):
    (etc / "token").unlink()
    lines, files = check([token])
    assert said(lines) == [("file", "failed", f"{token['path']} does not exist.")]
    assert lines[0]["remedy"] == "Run the role."
    assert files == [{"path": token["path"], "is_same": None}]


def test_another_token_is_returned_for_the_caller_to_judge_but_no_other_file(check, token, etc):
    (etc / "token").write_text("another-one")
    assert check([token])[1] == [
        {"path": token["path"], "is_same": False, "content": base64.b64encode(b"another-one").decode()}
    ]
    assert check([{**token, "is_token": False}])[1] == [{"path": token["path"], "is_same": False}]


def test_a_file_that_is_merged_into_is_returned(check, etc):
    (etc / "yml").write_text("a: 1\n")
    (report,) = check([{"path": f"{etc}/yml", "merged": True, "is_token": False, "secret": False}])[1]
    assert base64.b64decode(report["content"]) == b"a: 1\n"


def test_a_secret_that_all_can_read(check, token, etc):
    (etc / "token").chmod(0o644)
    lines, _files = check([token])
    assert said(lines) == [("file", "failed", f"{token['path']} can be read by all users (mode 0644).")]
    assert check([{**token, "mode": "0644"}])[0][0]["status"] == "ok"
    assert check([{**token, "secret": False}])[0][0]["status"] == "ok"


@needs_root
def test_a_secret_of_a_group_that_is_not_the_entrys(check, token, etc):
    os.chown(etc / "token", 0, STRANGER)
    (etc / "token").chmod(0o640)
    (line,) = check([{**token, "group": "0"}])[0]
    assert line["message"].startswith(f"{token['path']} belongs to root and the group {STRANGER} (mode 0640)")


@needs_root
def test_a_file_that_its_owner_cannot_reach(check, token, etc):
    os.chown(etc / "token", STRANGER, STRANGER)
    assert check([{**token, "owner": str(STRANGER)}])[0][0]["status"] == "ok"
    etc.parent.joinpath(etc.name).chmod(0o700)
    (line,) = check([{**token, "owner": str(STRANGER)}])[0]
    assert line["status"] == "failed"
    assert str(STRANGER) in line["message"]


@needs_root
def test_the_process_of_the_service_is_the_reader(check, token, etc, systemd):
    process = subprocess.Popen(
        ["sleep", "60"], preexec_fn=lambda: (os.setgroups([STRANGER + 1]), os.setgid(STRANGER), os.setuid(STRANGER))
    )
    try:
        systemd(process=process.pid)
        programs = [{"service": "exporter"}]
        line = check([{**token, "reader": "exporter"}], programs)[0][0]
        assert line["message"] == f"the user {STRANGER} cannot read {token['path']}: Permission denied."
        # By a group that the process has, and the user has not.
        os.chown(etc / "token", 0, STRANGER + 1)
        (etc / "token").chmod(0o640)
        line = check([{**token, "reader": "exporter", "group": str(STRANGER + 1)}], programs)[0][0]
        assert line["status"] == "ok"
    finally:
        process.kill()
        process.wait()


def test_a_fifo_is_no_file(check, token, etc):
    (etc / "token").unlink()
    os.mkfifo(etc / "token")
    (line,) = check([token])[0]
    assert (line["check"], line["status"]) == ("file", "failed")
    assert line["message"].endswith("is not a file, but a named pipe.")


def test_what_runs_on_hosts_is_python_3_6():
    """By the grammar; tests of the oldest host run it."""
    import ast
    from pathlib import Path

    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check import host

    for path in Path(host.__file__).parent.glob("*.py"):
        ast.parse(path.read_text(), feature_version=(3, 6))
    assert sys.version_info >= (3, 6)
