# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an existing file has beside its content stays: access control list, extended attributes, nothing is added."""

from __future__ import annotations

import errno
import os
import stat

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import acl
from config_files_module import NEW, OLD, STRANGER, config_files, listed, mode, refusal, tree

ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
READER, OTHER_READER = STRANGER, STRANGER + 1


ONE_READER = listed(**{f"u{READER}": 4})


def access(path):
    """The entries of a file's access control list; None if it has none."""
    return acl.entries(os.getxattr(path, ACCESS)) if ACCESS in os.listxattr(path) else None


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "token"
    path.write_text(OLD)
    path.chmod(0o600)
    try:
        os.setxattr(path, ACCESS, ONE_READER)
        os.removexattr(path, ACCESS)
    except OSError:
        pytest.skip("the file system of the tests has no access control lists")
    path.chmod(0o600)
    return path


def write(path, **options):
    return config_files([{"path": str(path), "content": NEW, "secret": True, **options}])


def test_a_secret_keeps_the_list_of_the_file_it_replaces(path):
    os.setxattr(path, ACCESS, ONE_READER)

    assert write(path)["changed"]

    assert path.read_text() == NEW
    assert os.getxattr(path, ACCESS) == ONE_READER
    assert not write(path)["changed"]


def test_a_list_does_not_let_the_group_in(path):
    """The mask of the list is where the mode of a file without one has what its group may do."""
    os.setxattr(path, ACCESS, ONE_READER)
    assert mode(path) == 0o640

    write(path)

    assert (acl.OWNING_GROUP, 0) in [entry[:2] for entry in access(path)]


def test_a_list_that_lets_others_in_is_narrowed_for_a_secret(path):
    os.setxattr(path, ACCESS, listed(group=4, others=4, **{f"u{READER}": 4}))

    result = write(path)

    assert os.getxattr(path, ACCESS) == ONE_READER
    assert "other::r--" in result["diff"][1]["before"]
    assert "other::---" in result["diff"][1]["after"]


@pytest.mark.parametrize(("requested", "group"), [("0640", 4), ("0600", 0)])
def test_a_requested_mode_is_about_the_group_itself(path, requested, group):
    os.setxattr(path, ACCESS, ONE_READER)

    write(path, mode=requested)

    assert (acl.OWNING_GROUP, group) in [entry[:2] for entry in access(path)]
    assert (acl.USER, 4, READER) in access(path)
    assert not write(path, mode=requested)["changed"]


def test_a_wider_mask_wakes_nobody(path):
    os.setxattr(path, ACCESS, listed(mask=0, **{f"u{READER}": 4}))

    write(path, mode="0640")

    assert (acl.USER, 0, READER) in access(path)
    assert (acl.MASK, 4) in [entry[:2] for entry in access(path)]
    assert not write(path, mode="0640")["changed"]


def test_a_configuration_of_others_keeps_its_list_as_it_is(path):
    users = {f"u{user}": access for user, access in ((READER, 6), (OTHER_READER, 0))}
    os.setxattr(path, ACCESS, listed(group=2, others=1, mask=6, **users))
    before = os.getxattr(path, ACCESS)

    config_files([{"path": str(path), "content": "a: 2\n", "merged": True}], show_secrets=True)

    assert (path.read_text(), os.getxattr(path, ACCESS)) == ("a: 2\n", before)


def test_a_default_list_opens_no_new_file_and_no_new_directory(path, tmp_path):
    os.setxattr(tmp_path, DEFAULT, listed(owner=7, group=7, others=7, mask=7, **{f"u{READER}": 7}))

    write(tmp_path / "new" / "token", group=str(os.getgid()), backup=True)
    write(path, backup=True)

    for file in [tmp_path / "new", *(each for each in tmp_path.rglob("*") if each.is_file())]:
        assert access(file) is None, file
    assert (mode(tmp_path / "new"), mode(tmp_path / "new" / "token"), mode(path)) == (0o750, 0o640, 0o600)


def test_other_extended_attributes_are_kept(path):
    os.setxattr(path, "user.managed-by", b"somebody")

    write(path)

    assert (path.read_text(), os.getxattr(path, "user.managed-by")) == (NEW, b"somebody")


def test_an_attribute_that_cannot_be_kept_is_an_error_and_nothing_changes(path, monkeypatch):
    os.setxattr(path, "user.managed-by", b"somebody")
    before, set_attribute = tree(path.parent), os.setxattr

    def refuse(file, name, value, *more, **options):
        if name == "user.managed-by":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        set_attribute(file, name, value, *more, **options)

    monkeypatch.setattr(os, "setxattr", refuse)

    assert f"attribute user.managed-by of {path} cannot be copied" in refusal(write(path))
    assert tree(path.parent) == before


def test_a_file_system_that_opens_files_to_all_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fchmod", lambda descriptor, mode: None)

    assert "does not keep the owner, group and mode" in refusal(write(tmp_path / "token", mode="0640"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_brought_back_is_the_former_file_itself(path):
    os.setxattr(path, ACCESS, ONE_READER)
    os.setxattr(path, "user.managed-by", b"somebody")
    before = path.stat().st_ino

    result = config_files(
        [
            {"path": str(path), "content": NEW, "secret": True},
            # A directory gets in its way before it is renamed, which is after the first file.
            {"path": f"{path}-2", "content": NEW, "validate": f"sh -c 'mkdir {path}-2' %s"},
        ]
    )

    refusal(result)
    assert (path.stat().st_ino, path.read_text(), os.getxattr(path, ACCESS)) == (before, OLD, ONE_READER)
    assert os.getxattr(path, "user.managed-by") == b"somebody"
    assert stat.S_ISREG(path.stat().st_mode)
