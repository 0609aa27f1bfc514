# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module as a process that strace kills as it enters a system call: at every one that changes something.

``test_killed_runs.py`` does that at Python's functions, in more situations. Here nothing is replaced but the place of
the lock.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import acl, staging
from config_files_module import COLLECTIONS, MODULE, NEW, OLD, STRANGER, arguments, config_files, listed, mode

CALLS = (
    "open,openat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,chmod,"
    "fchmod,fchmodat,chown,fchown,fchownat,lchown,setxattr,fsetxattr,removexattr,fremovexattr,write,pwrite64,"
    "ftruncate,fsync,fdatasync"
)
CALL = re.compile(r"(?P<call>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")
ONE_READER = listed(**{f"u{STRANGER}": 4})
IN_PLACE = (staging.IN_PLACE_NEW, staging.IN_PLACE_FORMER, staging.IN_PLACE_MARK)
OF_CONF = {staging.staged_name("conf", purpose) for purpose in IN_PLACE}
IN_OWN_PLACE = """
import os
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import staging
from {module} import main
staging._parent = lambda: os.environ["LOCKS"]
main()
"""


def works() -> bool:
    """Return whether strace is here, and may inject signals."""
    if shutil.which("strace") is None:
        return False
    command = ["strace", "-qq", "-o", "/dev/null", "-e", "inject=exit_group:signal=SIGKILL", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == -signal.SIGKILL


pytestmark = pytest.mark.skipif(not works(), reason="strace is not installed, or may not trace; .ci/run installs it")


def traced(files, *options: str, **parameters) -> int:
    """Run the module under strace, and return how it ended."""
    program = [sys.executable, "-B", "-c", IN_OWN_PLACE.format(module=MODULE)]
    done = subprocess.run(
        ["strace", "-qq", "-e", f"trace={CALLS}", *options, *program],
        input=arguments(files, **parameters),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(COLLECTIONS), "LOCKS": staging._parent()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode


def changing(trace: Path) -> Iterator[str]:
    """Yield the calls of a run that changed something, as strace's ``inject`` names them: the third ``openat``."""
    counted: Counter[str] = Counter()
    for line in trace.read_text().splitlines():
        found = CALL.match(line)
        if not found:  # a signal
            continue
        call = found["call"]
        counted[call] += 1
        only_reads = call in ("open", "openat") and not re.search("O_CREAT|O_RDWR", found["arguments"])
        if found["result"] != "-1" and not only_reads:
            yield f"{call}:signal=SIGKILL:when={counted[call]}"


def access(path: Path) -> tuple[int, bytes | None]:
    """Return the mode of a file, and its access control list if it has one."""
    return mode(path), os.getxattr(path, acl.NAME) if acl.NAME in os.listxattr(path) else None


class Host:
    """A directory in which a run creates, replaces, overwrites and deletes, and what a run can be killed in."""

    def __init__(self, above: Path) -> None:
        self._above = above
        self.etc = above / "etc"
        self._killed = above / "killed"
        self.pending = above / "run" / "pending"
        self.owner = str(STRANGER if os.geteuid() == 0 else os.geteuid())
        env = {"backup": True, "service": "agent", "service_action": "restarted"}
        self.files = [
            {"path": f"{self.etc}/new/deep/token", "content": NEW, "secret": True, "owner": self.owner},
            {"path": f"{self.etc}/shared/env", "content": NEW, "secret": True, "validate": "grep -q token %s", **env},
            {"path": f"{self.etc}/conf", "content": "theirs and ours\n", "merged": True, "unsafe_writes": True},
            {"path": f"{self.etc}/link", "state": "absent"},
            {"path": f"{self.etc}/old", "state": "absent", "secret": True},
        ]

    def set_up(self) -> None:
        for directory in (self.etc, self._killed, self.pending.parent):
            shutil.rmtree(directory, ignore_errors=True)
        self.etc.mkdir()
        self.pending.parent.mkdir()
        (self.etc / "shared").mkdir()
        (self.etc / "shared").chmod(0o1777)  # there, a command checks a copy
        (self.etc / "conf").write_text("theirs\n")
        for name in ("shared/env", "old"):
            (self.etc / name).write_text(OLD)
            (self.etc / name).chmod(0o600)
        os.setxattr(self.etc / "shared/env", acl.NAME, ONE_READER)
        (self.etc / "alias").hardlink_to(self.etc / "conf")
        (self.etc / "link").symlink_to("old")

    def trace(self, *options: str) -> int:
        return traced(self.files, *options, pending_directory=str(self.pending))

    def killed_runs(self, part: int) -> Iterator[str]:
        """Kill a run at each of its calls, every second one from ``part`` on, and yield the call."""
        self.set_up()
        trace = self._above / "trace"
        assert self.trace("-o", str(trace)) == 0
        calls = list(changing(trace))
        kinds = {call.partition(":")[0] for call in calls}
        assert kinds >= {"openat", "mkdirat", "renameat", "linkat", "unlinkat", "fchmod", "fsetxattr", "write", "fsync"}
        assert kinds >= {"pwrite64", "ftruncate", *(["fchown"] if os.geteuid() == 0 else [])}
        for call in calls[part::2]:
            self.set_up()
            assert self.trace("-o", "/dev/null", "-e", f"inject={call}") == -signal.SIGKILL, call
            subprocess.run(["cp", "-a", self.etc, self._killed], check=True)
            subprocess.run(["cp", "-a", self.pending.parent, self._killed / "-run"], check=True)
            yield call
            assert not os.path.exists(staging.copy_path()), call

    def next_run(self, files, **options):
        """Run the module on what the killed run has left."""
        for directory in (self.etc, self.pending.parent):
            shutil.rmtree(directory)
        subprocess.run(["cp", "-a", self._killed, self.etc], check=True)
        shutil.move(self.etc / "-run", self.pending.parent)
        result = config_files(files, pending_directory=str(self.pending), **options)
        assert not result.get("failed"), result
        return result

    def names(self):
        """Return all names but those of backups, which are complete if they are there."""
        names = {str(path.relative_to(self.etc)) for path in self.etc.rglob("*")}
        backups = {name for name in names if name.endswith("~")}
        assert {self.text(name) for name in backups} <= {OLD}
        assert {access(self.etc / name) for name in backups} <= {(0o600, None)}
        return names - backups

    def secrets(self):
        """Return the files that hold a secret."""
        files = [path for path in self.etc.rglob("*") if path.is_file() and not path.is_symlink()]
        return [path for path in files if path.read_text() in (OLD, NEW)]

    def text(self, name):
        return (self.etc / name).read_text()


@pytest.mark.parametrize("part", [0, 1])  # side by side
def test_a_killed_run_leaves_no_mix_that_the_next_does_not_mend_and_nothing_secret(trusted, part):
    host = Host(trusted)
    absent = [{"path": file["path"], "state": "absent", "secret": True} for file in host.files if "merged" not in file]
    read = [{name: value for name, value in file.items() if name != "content"} for file in host.files]
    there = {"conf", "alias", "shared"}
    for call in host.killed_runs(part):
        assert host.text("shared/env") in (OLD, NEW), call
        assert {access(path) for path in host.secrets()} <= {(0o600, None), (0o640, ONE_READER)}, call

        result = host.next_run(host.files)
        assert result["services"] == {"agent": "restarted"}, call
        assert host.names() == {"new", "new/deep", "new/deep/token", "shared/env", *there}, call
        assert {host.text(name) for name in ("new/deep/token", "shared/env")} == {NEW}, call
        assert host.text("conf") == host.text("alias") == "theirs and ours\n", call
        assert access(host.etc / "shared/env") == (0o640, ONE_READER), call
        assert access(host.etc / "new/deep/token") == (0o600, None), call
        assert str((host.etc / "new/deep/token").stat().st_uid) == host.owner, call

        host.next_run(absent)
        # What has been overwritten is mended when its turn comes.
        assert host.names() - {"new", "new/deep"} - OF_CONF == there, call

        host.next_run(read, apply=False)
        assert host.names() <= {"new", "new/deep", "new/deep/token", "shared/env", "old", "link", *there}, call
        assert host.text("conf") == host.text("alias"), call
        assert host.text("conf") in ("theirs\n", "theirs and ours\n"), call
