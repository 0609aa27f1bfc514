# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that another file cannot take the place of: refused, or written in place where the user wants it so."""

from __future__ import annotations

import errno
import os
import subprocess

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.files import FileError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import in_place, snapshot, staging
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.directory import Place
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.snapshot import Snapshot
from config_files_module import NEW, OLD, STRANGER, config_files, in_child, mode, needs_root, refusal, tree

WAY_OUT = "unsafe_writes: true"


@pytest.fixture
def conf(tmp_path):
    path = tmp_path / "etc" / "conf"
    path.parent.mkdir()
    path.write_text(OLD)
    path.chmod(0o600)
    return path


@pytest.fixture
def linked(conf):
    """A file with two names."""
    (conf.parent / "alias").hardlink_to(conf)
    return conf


@pytest.fixture
def mounted(conf, tmp_path):
    """A file that is mounted where another one is, as in a container."""
    source = tmp_path / "source file"
    source.write_text(OLD)
    source.chmod(0o600)
    done = subprocess.run(["mount", "--bind", source, conf], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.decode().strip()}")
    yield conf
    subprocess.run(["umount", conf], check=True)


def write(path, **options):
    return config_files([{"path": str(path), "content": NEW, "secret": True}], **options)


def write_in_place(path, content=NEW, **options):
    return config_files([{"path": str(path), "content": content, "secret": True, "unsafe_writes": True, **options}])


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("wanted", [{"content": NEW}, {"state": "absent"}], ids=["present", "absent"])
def test_a_file_with_several_hard_links_is_refused(linked, wanted, check):
    before = tree(linked.parent)

    result = config_files([{"path": str(linked), "secret": True, **wanted}], check=check)

    assert f"{linked} has 2 hard links" in refusal(result)
    assert WAY_OUT in result["msg"]
    assert tree(linked.parent) == before


def test_an_unchanged_file_may_have_several(linked):
    assert not config_files([{"path": str(linked), "content": OLD, "secret": True}])["changed"]


def test_all_names_of_a_file_have_what_is_written_in_place(linked):
    before = linked.stat().st_ino

    assert write_in_place(linked)["changed"]

    assert {path.name: path.read_text() for path in linked.parent.iterdir()} == {"conf": NEW, "alias": NEW}
    assert linked.stat().st_ino == before
    assert not write_in_place(linked)["changed"]


def test_a_name_can_be_removed(linked):
    config_files([{"path": str(linked), "state": "absent", "secret": True, "unsafe_writes": True}])

    assert [path.name for path in linked.parent.iterdir()] == ["alias"]


@needs_root
@pytest.mark.parametrize("check", [False, True])
def test_a_mount_point_is_refused(mounted, check):
    assert f"{mounted} is itself a mount point" in refusal(write(mounted, check=check))
    assert WAY_OUT in write(mounted, check=check)["msg"]
    assert (mounted.read_text(), len(list(mounted.parent.iterdir()))) == (OLD, 1)


@needs_root
def test_a_mount_point_is_written_in_place(mounted, tmp_path):
    write_in_place(mounted)

    assert (mounted.read_text(), (tmp_path / "source file").read_text()) == (NEW, NEW)
    assert [path.name for path in mounted.parent.iterdir()] == ["conf"]


@needs_root
def test_a_mount_point_cannot_be_deleted(mounted):
    result = config_files([{"path": str(mounted), "state": "absent", "secret": True, "unsafe_writes": True}])

    assert "Unmount it first" in refusal(result)
    assert mounted.read_text() == OLD


def test_a_mount_point_that_cannot_be_seen_is_named_when_the_system_refuses(conf, monkeypatch):
    def refuse(*_arguments, **_options):
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    monkeypatch.setattr(os, "rename", refuse)

    assert "is itself a mount point" in refusal(write(conf))


@pytest.mark.parametrize("content", ["x", NEW * 3])
def test_content_in_place_is_neither_longer_nor_shorter(conf, content):
    write_in_place(conf, content)

    assert conf.read_text() == content


def test_permissions_are_changed_with_it(conf):
    conf.chmod(0o644)

    write_in_place(conf, mode="0640")

    assert (conf.read_text(), mode(conf)) == (NEW, 0o640)


def test_a_new_content_is_never_seen_with_the_former_permissions(conf, monkeypatch):
    conf.chmod(0o644)
    seen = conf.parent / "seen"
    overwrite = os.pwrite

    def look(descriptor, *arguments):
        seen.write_text(oct(os.fstat(descriptor).st_mode & 0o777))
        return overwrite(descriptor, *arguments)

    monkeypatch.setattr(os, "pwrite", look)

    write_in_place(conf)

    assert (seen.read_text(), mode(conf)) == ("0o600", 0o600)


def test_it_is_undone_with_all_others(linked):
    linked.chmod(0o644)
    before = tree(linked.parent)

    result = config_files(
        [
            {"path": str(linked), "content": NEW, "secret": True, "unsafe_writes": True},
            {"path": f"{linked}-2", "content": NEW, "validate": f"sh -c 'mkdir {linked}-2' %s"},
        ]
    )

    refusal(result)
    (linked.parent / "conf-2").rmdir()
    assert tree(linked.parent) == before


def test_a_new_file_is_written_as_always(tmp_path):
    write_in_place(tmp_path / "new")

    assert ((tmp_path / "new").read_text(), mode(tmp_path / "new")) == (NEW, 0o600)


def test_a_file_of_root_is_not_written_through_the_directory_of_a_user(strangers, trusted):
    """Where the kernel lets users link to files that are not theirs."""
    (trusted / "valuable").write_text("of root\n")
    (strangers / "conf").hardlink_to(trusted / "valuable")

    assert "may be another's file" in refusal(write_in_place(strangers / "conf"))
    assert (trusted / "valuable").read_text() == "of root\n"


def test_what_a_user_has_put_beside_a_file_is_not_written_into_it(strangers):
    """The owner of a directory cannot read root's files in it, but can give them other names."""
    path = strangers / "conf"
    for name, content in (("token", NEW), ("known", "x" * 40)):
        (strangers / name).write_text(content)
        (strangers / name).chmod(0o600)

    def attack():
        for name, purpose in (("token", staging.IN_PLACE_FORMER), ("known", staging.IN_PLACE_NEW)):
            (strangers / name).rename(strangers / staged_by_root(path.name, purpose))
        path.write_text("x" * 30)  # as if the writing of what is known had been interrupted

    def staged_by_root(name, purpose):
        return staging.staged_name(name, purpose).replace(f"-{os.geteuid()}.", "-0.")

    in_child(attack, STRANGER)

    assert not config_files([{"path": str(path), "merged": True}], apply=False).get("failed")

    assert path.read_text() == "x" * 30


@pytest.mark.parametrize("exchange", [os.symlink, os.link])
def test_a_torn_file_that_is_exchanged_before_it_is_mended_is_left(strangers, trusted, monkeypatch, exchange):
    valuable, path = trusted / "valuable", strangers / "conf"
    valuable.write_text("of root\n")
    path.write_text("new")
    place = Place.of(str(path))
    mark = in_place._mark(snapshot.read(place), b"newer", b"old")
    for purpose, content in (
        (staging.IN_PLACE_NEW, b"newer"),
        (staging.IN_PLACE_FORMER, b"old"),
        (staging.IN_PLACE_MARK, mark),
    ):
        staging.create(place, purpose, Snapshot(content, None, None, 0o600))
    is_torn = in_place._is_torn

    def exchanged(*contents):
        path.unlink()
        exchange(valuable, path)
        return is_torn(*contents)

    monkeypatch.setattr(in_place, "_is_torn", exchanged)

    with pytest.raises((OSError, FileError)):
        in_place.mend(place)

    assert valuable.read_text() == "of root\n"
