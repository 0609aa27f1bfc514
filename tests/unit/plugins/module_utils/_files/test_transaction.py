# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are put in place together: a failure at any of them leaves all as they were, or says what it left."""

from __future__ import annotations

import errno
import os

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import staging
from config_files_module import NEW, OLD, config_files, mode, refusal, tree


@pytest.fixture
def host(tmp_path):
    for name in ("a", "c", "d"):
        (tmp_path / name).write_text(OLD)
        (tmp_path / name).chmod(0o600)
    return tmp_path


@pytest.fixture
def files(host):
    present = [{"path": f"{host}/{name}", "content": NEW, "secret": True, "backup": True} for name in ("a", "b", "c")]
    return [{"path": f"{host}/d", "state": "absent", "secret": True}, *present]


class Failure:
    """Lets one rename fail, and what comes after it if that is wanted."""

    def __init__(self, destination, stays=False):
        self._destination, self._stays = destination, stays
        self._rename = os.rename
        self._has_failed = False

    def rename(self, source, destination, **options):
        if destination == self._destination or (self._has_failed and self._stays):
            self._has_failed = True
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._rename(source, destination, **options)


@pytest.mark.parametrize("name", ["a", "b", "c", ".d.sysdig-{user}.former"])
def test_a_rename_that_fails_undoes_those_before(host, files, monkeypatch, name):
    before = tree(host)
    inodes = {path.name: path.stat().st_ino for path in host.iterdir()}
    monkeypatch.setattr(os, "rename", Failure(name.format(user=os.geteuid())).rename)

    result = config_files(files)

    assert "Input/output error" in refusal(result)
    assert "rolled_back" not in result
    assert tree(host) == before
    assert {path.name: path.stat().st_ino for path in host.iterdir()} == inodes


def test_what_cannot_be_undone_is_said(host, files, monkeypatch):
    monkeypatch.setattr(os, "rename", Failure("c", stays=True).rename)

    result = config_files(files)

    assert result["rolled_back"] is False
    kept = host / staging.staged_name("a", staging.FORMER)
    assert f"Cannot replace {host}/c: Input/output error." in refusal(result)
    assert f"{host}/a had been changed before that, and cannot be restored" in result["msg"]
    assert f"Restore by hand from {kept}" in result["msg"]
    assert ((host / "a").read_text(), kept.read_text(), mode(kept)) == (NEW, OLD, 0o600)
    assert not (host / "b").exists()


def test_without_hard_links_a_copy_is_kept(host, files, monkeypatch):
    def refuse(*_arguments, **_options):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    before = tree(host)
    monkeypatch.setattr(os, "link", refuse)
    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", Failure("c").rename)
        refusal(config_files(files))
    assert tree(host) == before

    assert not config_files(files).get("failed")
    assert (host / "a").read_text() == NEW


def test_directories_that_were_created_go_again(host):
    result = config_files(
        [
            {"path": f"{host}/new/deep/token", "content": NEW, "secret": True},
            {"path": f"{host}/a", "content": NEW, "secret": True, "validate": "false %s"},
        ]
    )

    refusal(result)
    assert not (host / "new").exists()


def test_two_files_share_a_new_directory(host):
    names = ("new/one", "new/deep/two", "new/three")

    config_files([{"path": f"{host}/{name}", "content": NEW, "secret": True} for name in names])

    assert [(host / name).read_text() for name in names] == [NEW] * 3


def test_a_secret_is_never_open_to_others_while_it_is_written(tmp_path, monkeypatch):
    seen = tmp_path / "seen"
    flush = os.fsync

    def look(descriptor):
        seen.write_text(oct(os.fstat(descriptor).st_mode & 0o777))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    previous = os.umask(0)
    try:
        config_files([{"path": f"{tmp_path}/token", "content": NEW, "secret": True}])
    finally:
        os.umask(previous)

    assert seen.read_text() == "0o600"
    assert mode(tmp_path / "token") == 0o600


@pytest.mark.parametrize("length", [200, 255])
def test_a_name_may_be_as_long_as_the_system_allows(tmp_path, length):
    path = tmp_path / ("ö" * (length // 2) + "x" * (length % 2))
    path.write_text(OLD)

    config_files([{"path": str(path), "content": NEW, "secret": True}])

    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {path.name: NEW}
