# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that changes between reading and writing: nothing that somebody else has written is lost."""

from __future__ import annotations

import base64
import fcntl
import os
import shlex
import stat
import time
from contextlib import contextmanager

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.files import FileError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import lock, staging
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.target import HostFile
from config_files_module import NEW, OLD, STRANGER, Child, config_files, in_process, needs_root, refusal, tree

real_parent = staging._parent  # which tests replace
SOMEBODY_ELSE = "Somebody else has changed"
CROWD = 20
MOST_ATTEMPTS = 3  # as the action of the role has it


@pytest.fixture
def conf(tmp_path):
    path = tmp_path / "etc" / "conf"
    path.parent.mkdir()
    path.write_text("theirs\n")
    return path


def read(path, **options):
    """What the first execution returns of a file: its content, and its fingerprint."""
    (report,) = config_files([{"path": str(path), "merged": True, **options}], apply=False)["files"]
    return base64.b64decode(report.get("content", "")).decode(), report["fingerprint"]


def write(path, content, fingerprint, **options):
    entry = {"path": str(path), "content": content, "merged": True, "fingerprint": fingerprint, **options}
    return config_files([entry])


def test_a_file_that_is_as_it_was_read_is_written(conf):
    content, fingerprint = read(conf)

    assert write(conf, content + "ours\n", fingerprint)["changed"]

    assert conf.read_text() == "theirs\nours\n"
    assert read(conf)[1] != fingerprint


def edit(conf):
    conf.write_text("theirs, edited\n")


def exchange(conf):
    (conf.parent / "other").write_text("theirs\n")
    (conf.parent / "other").rename(conf)


def remove(conf):
    conf.unlink()


def close(conf):
    conf.chmod(0o600)


@pytest.mark.parametrize("change", [edit, exchange, remove, close])
def test_a_file_that_has_changed_since_is_not(conf, change):
    content, fingerprint = read(conf)
    change(conf)
    before = tree(conf.parent)

    result = write(conf, content + "ours\n", fingerprint)

    assert SOMEBODY_ELSE in refusal(result)
    assert result["outdated"] == [str(conf)]
    assert tree(conf.parent) == before


def test_a_file_that_was_not_there_is_not_replaced_once_it_is(conf):
    conf.unlink()
    _nothing, fingerprint = read(conf)
    conf.write_text("theirs\n")

    assert write(conf, "ours\n", fingerprint)["outdated"] == [str(conf)]


def test_what_has_become_as_it_is_to_be_is_no_conflict(conf):
    _content, fingerprint = read(conf)
    conf.write_text("ours\n")

    assert not write(conf, "ours\n", fingerprint).get("failed")


@pytest.mark.parametrize("unsafe_writes", [False, True])
def test_it_is_compared_once_more_after_it_was_checked(conf, unsafe_writes):
    """The command that checks the file may take its time."""
    content, fingerprint = read(conf)
    (conf.parent / "first").write_text(OLD)
    command = f"echo edited > {shlex.quote(str(conf))}"
    options = {"validate": f"sh -c {shlex.quote(command)} %s", "unsafe_writes": unsafe_writes}
    entry = {"path": str(conf), "content": content + "ours\n", "merged": True, "fingerprint": fingerprint, **options}

    result = config_files([{"path": f"{conf.parent}/first", "content": NEW, "secret": True}, entry])

    assert result["outdated"] == [str(conf)]
    assert conf.read_text() == "edited\n"
    assert (conf.parent / "first").read_text() == OLD
    assert {path.name for path in conf.parent.iterdir()} == {"conf", "first"}


def test_a_file_that_somebody_exchanges_for_a_link_is_not_written(strangers, trusted):
    """Read as root, exchanged, written: the content of root's file would be in the hands of the user."""
    (trusted / "valuable").write_text("of root\n")
    path = strangers / "conf"
    path.write_text("of a user\n")
    os.chown(path, STRANGER, STRANGER)
    content, fingerprint = read(path)
    path.unlink()
    path.symlink_to(trusted / "valuable")

    refusal(write(path, content + "ours\n", fingerprint))

    assert (trusted / "valuable").read_text() == "of root\n"


def test_a_fingerprint_says_nothing_about_the_content(conf):
    assert "theirs" not in read(conf)[1]
    assert len(read(conf)[1]) == 64


# --- Many at once -----------------------------------------------------------------------------------------------------


def merge(paths, line):
    """What the action does: read, merge, write, and all that anew if somebody else was quicker."""
    for _attempt in range(MOST_ATTEMPTS):
        reports = in_process([{"path": path, "merged": True} for path in paths], apply=False, show_secrets=True)[
            "files"
        ]
        entries = [
            {"path": report["path"], "merged": True, "fingerprint": report["fingerprint"]}
            | {"content": base64.b64decode(report["content"]).decode() + f"{line}\n"}
            for report in reports
        ]
        result = in_process(entries, show_secrets=True)
        if "outdated" not in result:
            assert not result.get("failed"), result
            return "written"
    return result["msg"]


def test_a_crowd_loses_no_entry_and_splits_none(conf):
    other = conf.parent / "other"
    other.write_text("theirs\n")
    # Half of them take the files the other way round.
    orders = [[str(conf), str(other)], [str(other), str(conf)]]
    children = [Child(lambda line=line: merge(orders[line % 2], line)) for line in range(CROWD)]
    outcomes = [child.result() for child in children]

    written = [str(line) for line, outcome in enumerate(outcomes) if outcome == "written"]
    for path in (conf, other):
        assert sorted(path.read_text().splitlines()) == sorted(["theirs", *written])
    # Of those that read the same, one has written, and each attempt is such a round.
    assert len(written) >= MOST_ATTEMPTS
    assert all(SOMEBODY_ELSE in outcome for outcome in outcomes if outcome != "written")
    assert {path.name for path in conf.parent.iterdir()} == {"conf", "other"}


# --- The lock ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(monkeypatch, tmp_path):
    """Where the lock of these tests is."""
    path = tmp_path / "lock"
    monkeypatch.setattr(lock, "lock_path", lambda: str(path))
    monkeypatch.setattr(lock, "LONGEST_WAIT", 0)
    return path


@contextmanager
def held(path):
    path.mkdir(mode=0o700)
    descriptor = os.open(path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield
    fcntl.flock(descriptor, fcntl.LOCK_UN)  # children have inherited the descriptor
    os.close(descriptor)


def test_a_run_that_does_not_end_is_not_waited_for_for_ever(place, conf):
    with held(place):
        result = config_files([{"path": str(conf), "content": "ours\n"}])

    assert "Another run writes files on this host" in refusal(result)
    assert conf.read_text() == "theirs\n"


def test_a_run_that_had_to_wait_does_not_overwrite_what_a_newer_one_has_written(place, tmp_path, monkeypatch):
    """Such as one that Ansible has given up, and that goes on when the newer one is through."""
    token, is_read = tmp_path / "token", tmp_path / "is read"
    token.write_text("first\n")
    keep = HostFile.keep_fingerprint
    monkeypatch.setattr(HostFile, "keep_fingerprint", lambda self: (keep(self), is_read.touch()))
    monkeypatch.setattr(lock, "LONGEST_WAIT", 60)
    with held(place):
        late = Child(lambda: in_process([{"path": str(token), "content": NEW, "secret": True}], show_secrets=True))
        while not is_read.exists():
            time.sleep(0.02)
        token.write_text("newer\n")

    assert late.result()["outdated"] == [str(token)]
    assert token.read_text() == "newer\n"


def test_a_host_in_the_desired_state_needs_no_lock(place, conf):
    with held(place):
        result = config_files([{"path": str(conf), "content": "theirs\n"}])

    assert not result["changed"]


def test_the_directory_of_the_lock_is_for_its_user_only(place):
    with lock.host_lock():
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


def loosen(path):
    path.mkdir(mode=0o700)
    path.chmod(0o777)


def lead_elsewhere(path):
    path.symlink_to(path.parent)


def give_away(path):
    path.mkdir()
    os.chown(path, STRANGER, STRANGER)


@pytest.mark.parametrize("prepare", [loosen, lead_elsewhere, pytest.param(give_away, marks=needs_root)])
def test_a_lock_that_others_have_prepared_is_refused(place, prepare):
    prepare(place)

    with pytest.raises(FileError, match=f"The directory {place}, .* cannot be used"), lock.host_lock():
        raise AssertionError("the lock was taken")


def test_a_lock_that_was_removed_is_none(place, monkeypatch):
    flock, attempts = fcntl.flock, []

    def remove_first(descriptor, operation):
        if not attempts:
            place.rmdir()
        attempts.append(descriptor)
        flock(descriptor, operation)

    monkeypatch.setattr(lock, "LONGEST_WAIT", 10)
    monkeypatch.setattr(lock.fcntl, "flock", remove_first)

    with lock.host_lock():
        assert len(attempts) == 2
        assert place.is_dir()


@needs_root
def test_each_user_has_a_lock():
    paths = [Child(lambda: (real_parent(), staging.lock_path()), user).result() for user in (None, STRANGER)]

    assert [parent for parent, _path in paths] == ["/run", "/var/tmp"]
    assert [path.rpartition("/")[2] for _parent, path in paths] == [
        "ibmcloud.sysdig-0.lock",
        f"ibmcloud.sysdig-{STRANGER}.lock",
    ]
