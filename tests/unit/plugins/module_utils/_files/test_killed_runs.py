# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed, at every system call that changes something: the next one mends it and leaves nothing."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import time
from pathlib import Path

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.staging import copy_path
from config_files_module import NEW, OLD, config_files, in_child, in_process, mode, start

CHANGES = "open mkdir rename link symlink unlink rmdir chown fchown fchmod setxattr removexattr pwrite ftruncate fsync"
MORE_THAN_ENOUGH = 1000


class Killer:
    """Kills its process at one of the system calls that change something: before or after it."""

    def __init__(self, number, moment):
        self._number, self._moment = number, moment
        self._count = 0

    def install(self):
        for name in CHANGES.split():
            setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name, function):
        def call(*arguments, **options):
            if name == "open" and not arguments[1] & (os.O_CREAT | os.O_RDWR):
                return function(*arguments, **options)
            if name == "pwrite":  # as if the disk took no more than a few bytes at once
                arguments = (arguments[0], arguments[1][:5], arguments[2])
            self._count += 1
            self._kill_at("before")
            try:
                return function(*arguments, **options)
            finally:
                self._kill_at("after")

        return call

    def _kill_at(self, moment):
        if (self._count, moment) == (self._number, self._moment):
            os.kill(os.getpid(), signal.SIGKILL)


def killed_runs(set_up, files, **options):
    """Run the module, killed one call later each time, until a run ends by itself; yields after each."""

    def run():
        Killer(number, moment).install()
        return in_process(files, **options)

    for moment in ("before", "after"):
        for number in range(1, MORE_THAN_ENOUGH):
            set_up()
            result = in_child(run)
            yield f"{moment} call {number}"
            if result is not None:
                assert not result.get("failed"), result
                assert number > 10
                break


class Host:
    """The directory of a host that is set up again and again."""

    def __init__(self, above: Path) -> None:
        self.etc = above / "etc"
        self.pending = above / "run" / "pending"

    def set_up(self):
        for directory in (self.etc, self.pending.parent):
            shutil.rmtree(directory, ignore_errors=True)
        self.etc.mkdir()
        for name, content, permissions in (("conf", "theirs\n", 0o644), ("env", OLD, 0o640), ("old", OLD, 0o600)):
            (self.etc / name).write_text(content)
            (self.etc / name).chmod(permissions)

    def names(self):
        return {str(path.relative_to(self.etc)) for path in self.etc.rglob("*")}

    def texts(self, *names):
        return [(self.etc / name).read_text() for name in names]

    def run(self, files, **options):
        result = config_files(files, pending_directory=str(self.pending), **options)
        assert not result.get("failed"), result
        return result


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


@pytest.fixture
def files(host):
    return [
        {"path": f"{host.etc}/new/deep/token", "content": NEW, "secret": True, "validate": "grep -q token %s"},
        {"path": f"{host.etc}/env", "content": NEW, "secret": True, "service": "agent", "service_action": "restarted"},
        {"path": f"{host.etc}/old", "state": "absent", "secret": True},
    ]


def test_the_next_run_completes_all_and_leaves_nothing(host, files):
    for when in killed_runs(host.set_up, files, pending_directory=str(host.pending)):
        assert host.texts("env")[0] in (OLD, NEW), when

        result = host.run(files)

        assert result["services"] == {"agent": "restarted"}, when
        assert host.names() == {"new", "new/deep", "new/deep/token", "env", "conf"}, when
        assert [mode(host.etc / name) for name in ("new", "new/deep", "new/deep/token", "env")] == [
            *(0o700, 0o700),
            *(0o600, 0o600),
        ], when
        assert host.texts("new/deep/token", "env") == [NEW, NEW], when
        assert [path.name for path in host.pending.iterdir()] == ["agent"], when


def test_a_run_that_takes_all_away_leaves_nothing_either(host, files):
    absent = [{"path": file["path"], "state": "absent", "secret": True} for file in files]
    for when in killed_runs(host.set_up, files):
        host.run(absent)

        assert host.names() - {"new", "new/deep"} == {"conf"}, when


def test_a_run_that_only_reads_cleans_up_too(host, files):
    """It is the only one that a host sees whose files are in the desired state."""
    for when in killed_runs(host.set_up, files):
        host.run([{"path": file["path"], "merged": True} for file in files], apply=False)

        expected = {"new", "new/deep", "new/deep/token", "env", "conf", "old"}
        assert host.names() <= expected, when


def test_a_backup_is_complete_or_not_there(host, files):
    files[1]["backup"] = True
    for when in killed_runs(host.set_up, files):
        host.run(files)

        backups = [path for path in host.etc.iterdir() if path.name.endswith("~")]
        assert {path.read_text() for path in backups} == {OLD}, when
        assert {mode(path) for path in backups} == {0o600}, when
        assert not [name for name in host.names() if ".sysdig-" in name], when


@pytest.mark.parametrize("new", ["theirs, and a line of ours\n", "ours\n"], ids=["longer", "shorter"])
def test_what_is_written_in_place_is_never_merged_into_while_it_is_torn(host, new):
    def set_up():
        host.set_up()
        (host.etc / "alias").hardlink_to(host.etc / "conf")

    path = {"path": f"{host.etc}/conf", "merged": True, "unsafe_writes": True}
    for when in killed_runs(set_up, [{**path, "content": new}]):
        host.run([path], apply=False)  # what the next run reads first

        assert host.texts("conf")[0] in ("theirs\n", new), when
        assert host.names() == {"conf", "alias", "env", "old"}, when
        assert host.texts("conf") == host.texts("alias"), when


def test_repairs_of_an_administrator_survive(host):
    """What stands beside a torn file is no reason to overwrite what somebody has made of it since."""
    host.set_up()
    content = {"path": f"{host.etc}/conf", "content": "ours, much longer\n", "unsafe_writes": True}
    for _when in killed_runs(host.set_up, [content]):
        (host.etc / "conf").write_text("repaired\n")

        host.run([{"path": f"{host.etc}/conf", "merged": True}], apply=False)

        assert host.texts("conf") == ["repaired\n"]


# --- Killed while a command checks the file ---------------------------------------------------------------------------


@pytest.fixture
def checking(tmp_path):
    """A run whose command does not come to an end: the process, its file, and what is staged."""
    path, sign = tmp_path / "etc" / "token", tmp_path / "checking"
    path.parent.mkdir()
    command = f"touch {shlex.quote(str(sign))}; exec sleep 60"
    validate = f"sh -c {shlex.quote(command)} %s"
    process = start([{"path": str(path), "content": NEW, "secret": True, "validate": validate}])
    deadline = time.monotonic() + 30
    while not sign.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (found,) = path.parent.iterdir()
    yield process, path, found
    process.kill()
    process.communicate()


def test_what_a_killed_run_left_is_removed_by_the_next(checking):
    process, path, left = checking
    process.kill()
    process.wait()
    assert mode(left) == 0o600
    assert not path.exists()

    config_files([{"path": str(path), "content": NEW, "secret": True}])

    assert [entry.name for entry in path.parent.iterdir()] == ["token"]


def test_check_mode_removes_nothing(checking):
    process, path, left = checking
    process.kill()
    process.wait()

    config_files([{"path": str(path), "content": NEW, "secret": True}], check=True)

    assert left.exists()


def test_a_broken_connection_leaves_nothing(checking):
    process, path, _left = checking
    process.terminate()
    process.wait(timeout=30)

    assert list(path.parent.iterdir()) == []


def test_a_copy_that_was_checked_is_removed_too(checking):
    process, path, _left = checking
    process.kill()
    process.wait()
    copy = Path(copy_path())
    copy.mkdir(mode=0o700)
    (copy / "token").write_text(NEW)

    config_files([{"path": str(path), "content": NEW, "secret": True}])

    assert not copy.exists()
