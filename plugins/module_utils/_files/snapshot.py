# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Read a file with all that decides who may do what with it, and give such permissions to an open file."""

import errno
import hashlib
import os
import stat
from typing import NamedTuple, Optional, Tuple

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import acl
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.directory import Place

LARGEST = 16 * 2**20  # bytes; the control node needs ten times as much to merge into a file
ABSENT = "absent"
# Neither waits for the other end of a fifo, nor becomes the terminal of anybody.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
_UNSUPPORTED = (errno.ENOTSUP, errno.ENOSYS)
# The label of SELinux is set as its policy has it, and the kernel drops or renews the others when the content changes.
_NOT_COPIED = {acl.NAME, "security.selinux", "security.ima", "security.evm", "security.capability"}
_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISLNK, "a symbolic link"),
)


class Snapshot(NamedTuple):
    """Hold the content and permissions of a file. ``None`` for user or group stands for those of the writer.

    ``acl`` is its access control list, as the kernel has it, and ``attributes`` are its other extended attributes.
    ``inode``, ``links`` and ``link_target``, of a symbolic link that is not followed, are known of existing files only.
    """

    content: bytes
    user: Optional[int]
    group: Optional[int]
    mode: int
    acl: Optional[bytes] = None
    attributes: Tuple[Tuple[str, bytes], ...] = ()
    inode: Tuple[int, int] = (0, 0)
    links: int = 1
    link_target: Optional[str] = None


def fingerprint(file: Optional[Snapshot]) -> str:
    """Return a text that changes when the file, its content or its permissions do."""
    if file is None:
        return ABSENT
    identity = (file.inode, file.user, file.group, file.mode, file.acl, file.link_target)
    return hashlib.sha256(repr(identity).encode() + file.content).hexdigest()


def read(place: Place) -> Optional[Snapshot]:
    """Read the file or link at a place, or None.

    Raises:
        FileError: if it is too large, or neither a file nor a link.
        OSError: if it cannot be read.
    """
    status = place.status()
    if status is None:
        return None
    if stat.S_ISLNK(status.st_mode):
        return _snapshot(status, b"")._replace(link_target=os.readlink(place.name, dir_fd=place.descriptor))
    _refuse(status, place.path)
    descriptor = os.open(place.name, _READ, dir_fd=place.descriptor)
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        _refuse(status, place.path)
        file = _snapshot(status, stream.read(LARGEST + 1))
        if len(file.content) > LARGEST:
            raise errors.too_large(place.path, LARGEST)
        return with_attributes(file, descriptor)


def with_attributes(file: Snapshot, descriptor: int) -> Snapshot:
    """Add the access control list and the other extended attributes of an open file.

    Raises:
        OSError: if the system refuses.
    """
    try:
        names = os.listxattr(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        return file
    if not names:
        return file
    values = {name: os.getxattr(descriptor, name) for name in names if name == acl.NAME or name not in _NOT_COPIED}
    return file._replace(acl=values.pop(acl.NAME, None), attributes=tuple(sorted(values.items())))


def set_permissions(descriptor: int, wanted: Snapshot, path: str) -> None:
    """Give an open file owner, group, mode, access control list and extended attributes.

    Raises:
        FileError: if the file system does not keep them.
        OSError: if the user of the task may not do that.
    """
    _remove_acl(descriptor)  # what the directory gives to every new file
    chown(descriptor, wanted.user, wanted.group)
    if wanted.acl is not None:
        # Before the mode, whose bits for the group are the mask of the list: without it, they let the group in.
        os.setxattr(descriptor, acl.NAME, wanted.acl)
    os.fchmod(descriptor, wanted.mode)
    for name, value in wanted.attributes:
        try:
            os.setxattr(descriptor, name, value)
        except OSError as error:
            raise errors.attribute_not_copied(path, name, error) from error
    status = os.fstat(descriptor)
    kept = (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode))
    user = kept[0] if wanted.user is None else wanted.user
    group = kept[1] if wanted.group is None else wanted.group
    if kept != (user, group, wanted.mode):
        raise errors.permissions_not_kept(path)


def chown(descriptor: int, user: Optional[int], group: Optional[int]) -> None:
    """Change owner and group of an open file, if they differ: not everybody may.

    Raises:
        OSError: if the system refuses.
    """
    status = os.fstat(descriptor)
    wanted = (status.st_uid if user is None else user, status.st_gid if group is None else group)
    if wanted != (status.st_uid, status.st_gid):
        os.fchown(descriptor, *wanted)


def _remove_acl(descriptor: int) -> None:
    try:
        os.removexattr(descriptor, acl.NAME)
    except OSError as error:
        if error.errno not in (errno.ENODATA, *_UNSUPPORTED):
            raise


def _snapshot(status: os.stat_result, content: bytes) -> Snapshot:
    return Snapshot(
        content,
        status.st_uid,
        status.st_gid,
        stat.S_IMODE(status.st_mode),
        inode=(status.st_dev, status.st_ino),
        links=status.st_nlink,
    )


def _refuse(status: os.stat_result, path: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for is_kind, name in _KINDS if is_kind(status.st_mode)), "a device")
        raise errors.not_a_file(path, kind)
    if status.st_size > LARGEST:
        raise errors.too_large(path, LARGEST)
