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
def test_a_secret_that_a_group_can_read_whom_nobody_has_named(check, token, etc):
    os.chown(etc / "token", 0, STRANGER)
    (etc / "token").chmod(0o640)
    lines, _files = check([token])
    assert said(lines) == [("file", "failed", f"{token['path']} can be read by the group {STRANGER} (mode 0640).")]
    assert check([{**token, "mode": "0640"}])[0][0]["status"] == "ok"


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


BECOME = """
import os
os.setgroups([{0} + 1]); os.setgid({0}); os.setuid({0})
"""
WAIT = """
import time
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def process():
    """Start a process of a stranger, by a command that executes another if need be, and return its ID."""
    started = []

    def start(*before, script=BECOME):
        words = [*before, sys.executable, "-c", script.format(STRANGER) + WAIT]
        one = subprocess.Popen(words, stdout=subprocess.PIPE)
        started.append(one)
        assert one.stdout.readline() == b"ready\n"
        return one.pid

    yield start
    for one in started:
        one.kill()
        one.wait()


EXPORTER = [{"service": "exporter"}]


def needs_capability(name, number):
    """Skip in a container without this capability of Linux, by its number in linux/capability.h."""
    with open("/proc/self/status") as file:
        (held,) = (int(line.split()[1], 16) for line in file if line.startswith("CapEff:"))
    return pytest.mark.skipif(not held >> number & 1, reason=f"the container has not {name}")


@needs_root
@pytest.mark.parametrize("owner", ["", "0"])
def test_the_process_of_the_service_is_the_reader(check, token, etc, systemd, process, owner):
    """Whoever is the owner."""
    systemd(process=process())
    line = check([{**token, "reader": "exporter", "owner": owner}], EXPORTER)[0][0]
    assert line["message"] == f"the user {STRANGER} cannot read {token['path']}: Permission denied."
    # By a group that the process has, and the user has not.
    os.chown(etc / "token", 0, STRANGER + 1)
    (etc / "token").chmod(0o640)
    line = check([{**token, "reader": "exporter", "owner": owner, "group": str(STRANGER + 1)}], EXPORTER)[0][0]
    assert line["status"] == "ok"


@needs_root
@needs_capability("CAP_SYS_ADMIN, which mounts need", 21)
def test_a_file_that_is_hidden_from_a_service(check, token, etc, systemd, process):
    """As by ProtectHome of systemd: the service has mounts of its own."""
    os.chown(etc / "token", STRANGER, STRANGER)
    theirs = {**token, "reader": "exporter", "owner": str(STRANGER)}
    systemd(process=process("unshare", "--mount"))
    assert check([theirs], EXPORTER)[0][0]["status"] == "ok"
    systemd(process=process("unshare", "--mount", "sh", "-c", f'mount -t tmpfs none {etc}; exec "$@"', "sh"))
    line = check([theirs], EXPORTER)[0][0]
    assert line["message"] == f"the user {STRANGER} cannot read {token['path']}: No such file or directory."


@needs_root
@pytest.mark.parametrize(
    ("capability", "status"),
    [
        pytest.param("dac_read_search", "ok", marks=needs_capability("CAP_DAC_READ_SEARCH", 2)),
        ("dac_override", "ok"),
        ("chown", "failed"),
    ],
)
def test_a_service_that_may_read_whatever_there_is(check, token, systemd, process, capability, status):
    may = [f"--{kind}-caps=+{capability}" for kind in ("inh", "ambient")]
    as_stranger = [f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"]
    systemd(process=process("setpriv", *as_stranger, *may, script=""))
    assert check([{**token, "reader": "exporter"}], EXPORTER)[0][0]["status"] == status


@needs_root
@pytest.mark.parametrize(
    ("unit", "status"),
    [
        ("LoadCredential=token", "ok"),
        ("EnvironmentFile = {path}", "ok"),
        ("LoadCredential=mine:{path}", "ok"),
        ("LoadCredentialEncrypted=mine:{path}", "ok"),
        ("EnvironmentFile=-{path}", "ok"),
        ("EnvironmentFile={path}.other", "failed"),
        ("LoadCredential=token:/etc/other", "failed"),
        ("#LoadCredential=token", "failed"),
    ],
)
def test_systemd_reads_a_file_for_a_service(check, token, systemd, process, unit, status):
    systemd(process=process(), files="[Service]\n" + unit.format(**token))
    assert check([{**token, "reader": "exporter"}], EXPORTER)[0][0]["status"] == status


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
