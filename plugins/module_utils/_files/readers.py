# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Decide who may read a file or enter a directory, as the kernel does."""

import grp
import os
import pwd
from contextlib import suppress
from typing import Iterator, List, NamedTuple, Optional, Tuple

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import acl
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.directory import Directory, Place
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.names import group_name, user_name
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.snapshot import Snapshot

READ, ENTER = 4, 1
NOBODY = -1  # a member of a group of whom nothing else is known


class Reader(NamedTuple):
    """Hold a user, and all groups of that user."""

    user: int
    groups: Tuple[int, ...]

    def may(self, wanted: int, owner: Optional[int], group: Optional[int], mode: int, acl_: Optional[bytes]) -> bool:
        """Return whether the kernel grants ``wanted``, which is READ or ENTER."""
        if self.user == 0:
            return True
        if self.user == owner:
            return bool(mode >> 6 & wanted)
        listed = acl.entries(acl_) if acl_ else [acl.Entry(acl.OWNING_GROUP, mode >> 3 & 7, 0)]
        named = [entry.permissions for entry in listed if (entry.tag, entry.identity) == (acl.USER, self.user)]
        of_groups = [entry.permissions for entry in listed if self._is_in(entry, group)]
        if named or of_groups:
            # The bits of the group are the mask, if there is a list.
            return any(rights & mode >> 3 & wanted for rights in named or of_groups)
        return bool(mode & wanted)

    def may_enter(self, directory: Directory) -> bool:
        """Return whether the user may pass through a directory."""
        status = directory.status
        return self.may(ENTER, status.st_uid, status.st_gid, status.st_mode, directory.acl)

    def _is_in(self, entry: acl.Entry, group: Optional[int]) -> bool:
        if entry.tag == acl.OWNING_GROUP:
            return group in self.groups
        return entry.tag == acl.GROUP and entry.identity in self.groups


def closed_to_readers(
    place: Place, file: Snapshot, owner: Optional[int], group: Optional[int]
) -> Iterator[errors.FileError]:
    """Find directories that the reader of a file may not enter, and yield an error about each.

    ``owner`` and ``group`` are those that the file was requested for, if any. One member of the group that gets to the
    file is enough.
    """
    if owner is not None:
        yield from _closed(place, [_by_id(owner)], f"The owner {user_name(owner)}")
    if group is not None and file.group == group and file.mode & 0o044 == 0o040:
        by_group = Reader(NOBODY, (group,))
        if _closed_directories(place, by_group):
            yield from _closed(place, [by_group, *_members(group)], f"The group {group_name(group)}")


def _closed(place: Place, readers: List[Reader], who: str) -> Iterator[errors.FileError]:
    fewest = min((_closed_directories(place, reader) for reader in readers), key=len)
    for directory in fewest:
        yield errors.unreachable(place.path, who, directory)


def _closed_directories(place: Place, reader: Reader) -> List[str]:
    """Return the directories that a reader may not enter, that of the file first."""
    return [directory.path for directory in reversed(place.directories) if not reader.may_enter(directory)]


def _members(group: int) -> Iterator[Reader]:
    """Find the users of a group: those listed with it, and those whose primary group it is."""
    with suppress(KeyError):
        for name in grp.getgrgid(group).gr_mem:
            with suppress(KeyError):
                yield _reader(pwd.getpwnam(name))
    for user in pwd.getpwall():
        if user.pw_gid == group:
            yield _reader(user)


def _reader(user: pwd.struct_passwd) -> Reader:
    return Reader(user.pw_uid, tuple(os.getgrouplist(user.pw_name, user.pw_gid)))


def _by_id(identity: int) -> Reader:
    try:
        return _reader(pwd.getpwuid(identity))
    except KeyError:
        return Reader(identity, ())
