# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Symbolic links: followed where only root and we can have placed them, refused elsewhere, never made use of."""

from __future__ import annotations

import os

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import directory, snapshot
from config_files_module import NEW, OLD, STRANGER, config_files, mode, refusal, tree

NOT_FOLLOWED = "symbolic link that is not followed"


@pytest.fixture
def valuable(trusted):
    """A file of root's that a user would like to have, or to have overwritten."""
    path = trusted / "valuable"
    path.write_text("of root\n")
    path.chmod(0o600)
    return path


def unchanged(path):
    status = path.stat()
    return (path.read_text(), mode(path), status.st_uid) == ("of root\n", 0o600, 0)


# --- Links that are ours ----------------------------------------------------------------------------------------------


def test_the_file_behind_a_link_is_replaced(trusted):
    (trusted / "real.yml").write_text("a: 1\n")
    (trusted / "link.yml").symlink_to("real.yml")

    config_files([{"path": f"{trusted}/link.yml", "content": "a: 2\n"}])

    assert (trusted / "link.yml").is_symlink()
    assert (trusted / "real.yml").read_text() == "a: 2\n"


def test_a_link_and_its_file_are_one_file(trusted):
    (trusted / "link").symlink_to("real")

    result = config_files([{"path": f"{trusted}/{name}", "content": f"{name}\n"} for name in ("link", "real")])

    assert "are the same file" in refusal(result)


def test_links_to_directories_are_followed_up_and_down(trusted):
    (trusted / "a" / "b").mkdir(parents=True)
    (trusted / "absolute").symlink_to(trusted / "a")
    (trusted / "a" / "b" / "up").symlink_to("../../a/./b/..")

    config_files([{"path": f"{trusted}/absolute/b/up/../new/file", "content": "x\n"}])

    assert (trusted / "new" / "file").read_text() == "x\n"


def test_a_link_to_what_is_still_missing_leads_to_the_new_file(trusted):
    (trusted / "link").symlink_to("to/come")

    config_files([{"path": f"{trusted}/link", "content": "x\n"}])

    assert (trusted / "to" / "come").read_text() == "x\n"
    assert (trusted / "link").is_symlink()


@pytest.mark.parametrize("target", ["real", "nothing"])
def test_what_is_absent_is_the_link_not_its_target(trusted, target):
    (trusted / "real").write_text("of others\n")
    (trusted / "link").symlink_to(target)
    entry = {"path": f"{trusted}/link", "state": "absent", "backup": True}

    result = config_files([entry])

    assert tree(trusted) == {"real": ((trusted / "real").lstat().st_mode, b"of others\n")}
    assert result["diff"][0]["before"] == f"symbolic link to {target}\n"
    assert not config_files([entry])["changed"]


def test_a_link_that_leads_in_circles_is_refused_in_a_sentence(trusted):
    (trusted / "a").symlink_to("b")
    (trusted / "b").symlink_to("a")

    assert "Too many levels of symbolic links" in refusal(config_files([{"path": f"{trusted}/a", "content": "x"}]))


# --- Links of others --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"owner": str(STRANGER)}, {"merged": True}, {"validate": "cat %s"}], ids=str)
def test_a_link_in_the_directory_of_a_user_is_refused(strangers, valuable, options):
    (strangers / "token").symlink_to(valuable)

    result = config_files([{"path": f"{strangers}/token", "content": "x\n", "secret": True, **options}])

    assert NOT_FOLLOWED in refusal(result)
    assert f"(owner {STRANGER}, mode 0755)" in result["msg"]
    assert unchanged(valuable)


def test_a_link_to_a_directory_is_refused_too(strangers, trusted):
    (strangers / "conf").symlink_to(trusted)
    before = tree(trusted)

    result = config_files([{"path": f"{strangers}/conf/new/token", "content": NEW, "owner": str(STRANGER)}])

    assert NOT_FOLLOWED in refusal(result)
    assert tree(trusted) == before


def test_a_link_to_nothing_creates_no_directory_of_a_user(strangers, trusted):
    (strangers / "token").symlink_to(trusted / "new" / "token")

    assert NOT_FOLLOWED in refusal(config_files([{"path": f"{strangers}/token", "content": NEW}]))
    assert not (trusted / "new").exists()


def test_what_is_absent_in_the_directory_of_a_user_is_only_the_link(strangers, valuable):
    (strangers / "token").symlink_to(valuable)

    assert config_files([{"path": f"{strangers}/token", "state": "absent"}])["changed"]

    assert list(strangers.iterdir()) == []
    assert unchanged(valuable)


@pytest.mark.parametrize("opened", [0o775, 0o757, 0o1777], ids=oct)
def test_a_link_in_a_directory_that_others_may_write_to_is_refused(trusted, valuable, opened):
    directory = trusted / "shared"
    directory.mkdir()
    directory.chmod(opened)
    (directory / "token").symlink_to(valuable)

    assert NOT_FOLLOWED in refusal(config_files([{"path": f"{directory}/token", "content": "x\n"}]))
    assert unchanged(valuable)


def test_a_link_of_a_user_is_refused_wherever_it_is(trusted, strangers, valuable):
    (trusted / "token").symlink_to(valuable)
    os.chown(trusted / "token", STRANGER, STRANGER, follow_symlinks=False)

    assert f"belongs to {STRANGER}" in refusal(config_files([{"path": f"{trusted}/token", "content": "x\n"}]))
    assert unchanged(valuable)


def test_below_a_directory_of_others_no_link_is_followed(strangers, valuable):
    ours = strangers / "ours"
    ours.mkdir(mode=0o755)
    (ours / "token").symlink_to(valuable)

    assert NOT_FOLLOWED in refusal(config_files([{"path": f"{ours}/token", "content": "x\n"}]))
    assert unchanged(valuable)


def test_a_real_file_in_the_directory_of_a_user_is_replaced(strangers):
    path = strangers / "token"
    path.write_text(OLD)
    os.chown(path, STRANGER, STRANGER)

    config_files([{"path": f"{path}", "content": NEW, "secret": True, "owner": str(STRANGER)}])

    assert (path.read_text(), mode(path), path.stat().st_uid) == (NEW, 0o600, STRANGER)
    assert [entry.name for entry in strangers.iterdir()] == ["token"]


@pytest.mark.parametrize("content", [["of root"], []], ids=["of root", "of the user"])
def test_a_directory_that_is_exchanged_while_it_is_created_is_given_to_nobody(strangers, monkeypatch, content):
    theirs = strangers / "theirs"
    theirs.mkdir(mode=0o700)
    for name in content:
        (theirs / name).touch()
    if not content:
        os.chown(theirs, STRANGER, STRANGER)
    before, mkdir = (theirs.stat().st_uid, mode(theirs)), os.mkdir

    def exchanged(path, mode=0o777, *, dir_fd=None):
        mkdir(path, mode, dir_fd=dir_fd)
        if dir_fd is not None:
            (strangers / path).rename(strangers / "away")
            theirs.rename(strangers / path)

    monkeypatch.setattr(os, "mkdir", exchanged)

    result = config_files([{"path": f"{strangers}/new/token", "content": NEW, "owner": str(STRANGER + 1)}])

    assert f"The directory {strangers}/new was exchanged while it was created" in refusal(result)
    left = [(path.stat().st_uid, mode(path)) for path in strangers.iterdir() if path.name != "away"]
    assert left == ([before] if content else [])  # an empty one is removed


def test_a_file_that_is_exchanged_for_a_link_while_it_is_read_is_refused(strangers, valuable, monkeypatch):
    path = strangers / "conf"
    path.write_text("of a user\n")
    refuse, looked_at = snapshot._refuse, []

    def exchanged(status, name):
        refuse(status, name)
        if not looked_at:
            path.unlink()
            path.symlink_to(valuable)
        looked_at.append(name)

    monkeypatch.setattr(snapshot, "_refuse", exchanged)

    result = config_files([{"path": str(path), "merged": True}], apply=False)

    assert "Too many levels of symbolic links" in refusal(result)


def test_a_directory_that_is_exchanged_for_a_link_while_it_is_opened_is_refused(strangers, trusted, monkeypatch):
    (strangers / "conf").mkdir()
    (trusted / "etc").mkdir()
    open_directory = directory.open_directory

    def exchanged(name, parent):
        if name == "conf" and not (strangers / name).is_symlink():
            (strangers / name).rmdir()
            (strangers / name).symlink_to(trusted / "etc")
        return open_directory(name, parent)

    monkeypatch.setattr(directory, "open_directory", exchanged)

    result = config_files([{"path": f"{strangers}/conf/token", "content": NEW}])

    assert f"{strangers}/conf, which {strangers}/conf/token leads through, is not a directory" in refusal(result)
    assert list((trusted / "etc").iterdir()) == []
