# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the reader of a file can get to it through the directories above."""

from __future__ import annotations

import os
import pwd
import struct

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import acl, readers
from config_files_module import NEW, STRANGER, config_files, needs_root, refusal

pytestmark = needs_root
GROUP = str(STRANGER)
DEFAULT, ACCESS = "system.posix_acl_default", "system.posix_acl_access"


@pytest.fixture
def closed(trusted):
    """A directory that was made for root only, before the package brought the group of its reader."""
    trusted.chmod(0o755)
    directory = trusted / "sysdig"
    directory.mkdir(mode=0o700)
    return directory


def write(directory, **options):
    return config_files([{"path": f"{directory}/token", "content": NEW, "secret": True, **options}])


@pytest.mark.parametrize("reader", [{"group": GROUP}, {"owner": GROUP}], ids=str)
@pytest.mark.parametrize("name", ["", "/deep"])
def test_a_reader_that_cannot_get_to_the_file_is_an_error_that_names_the_directory(closed, reader, name):
    message = refusal(write(f"{closed}{name}", **reader))

    assert f"{STRANGER} is to read {closed}{name}/token, but may not enter {closed}." in message
    assert "chmod g+x" in message
    assert list(closed.iterdir()) == []


def test_it_is_an_error_also_where_the_file_is_there_already(closed):
    (closed / "token").write_text(NEW)
    (closed / "token").chmod(0o640)
    os.chown(closed / "token", 0, STRANGER)

    assert "may not enter" in refusal(write(closed, group=GROUP))


def test_a_directory_of_this_run_that_is_closed_to_a_later_file_is_an_error(closed):
    closed.chmod(0o755)
    files = [{"path": f"{closed}/new/a"}, {"path": f"{closed}/new/b", "group": GROUP}]

    result = config_files([{**file, "content": NEW, "secret": True} for file in files])

    assert f"may not enter {closed}/new." in refusal(result)
    assert list(closed.iterdir()) == []


def test_a_directory_further_up_is_a_warning(closed):
    """Others may look after it, and know why."""
    (closed / "open").mkdir(mode=0o755)

    result = write(closed / "open", group=GROUP)

    assert not result.get("failed")
    assert f"The group {STRANGER} is to read {closed}/open/token, but may not enter {closed}." in str(
        result["warnings"]
    )


def listed(**entry):
    entries = [(acl.OWNER, 7, 2**32 - 1), *entry.values(), (acl.OWNING_GROUP, 0, 2**32 - 1)]
    entries += [(acl.MASK, 1, 2**32 - 1), (acl.OTHERS, 0, 2**32 - 1)]
    entries.sort(key=lambda each: each[0])
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *each) for each in entries)


@pytest.mark.parametrize(
    ("opened", "reader"),
    [
        (lambda path: path.chmod(0o711), {"group": GROUP}),
        (lambda path: (os.chown(path, 0, STRANGER), path.chmod(0o710)), {"group": GROUP}),
        (lambda path: os.chown(path, STRANGER, 0), {"owner": GROUP}),
        (lambda path: os.setxattr(path, ACCESS, listed(group=(acl.GROUP, 1, STRANGER))), {"group": GROUP}),
        (lambda path: os.setxattr(path, ACCESS, listed(user=(acl.USER, 1, STRANGER))), {"owner": GROUP}),
    ],
    ids=["open to all", "open to the group", "of the owner", "a list with the group", "a list with the owner"],
)
def test_a_reader_that_can_get_to_the_file_is_no_error(closed, opened, reader):
    opened(closed)

    assert not write(closed, **reader).get("failed")


def test_a_list_that_names_others_does_not_help(closed):
    os.setxattr(closed, ACCESS, listed(group=(acl.GROUP, 1, STRANGER + 1)))

    assert "may not enter" in refusal(write(closed, group=GROUP))


def test_a_member_of_the_group_that_owns_the_directory_is_enough(closed, monkeypatch):
    member = pwd.struct_passwd(("reader", "x", STRANGER + 1, STRANGER, "", "/", "/bin/false"))
    monkeypatch.setattr(readers.pwd, "getpwall", lambda: [member])
    monkeypatch.setattr(os, "getgrouplist", lambda name, group: [group])
    os.chown(closed, STRANGER + 1, 0)

    assert not write(closed, group=GROUP).get("failed")


def test_a_file_that_all_may_read_is_for_no_group(closed):
    assert not write(closed, group=GROUP, mode="0644").get("failed")


def test_root_gets_everywhere(closed):
    assert not write(closed, owner="0", group="0", mode="0640").get("failed")
