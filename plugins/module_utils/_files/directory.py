# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Open the directories of a path one by one, so that nobody can redirect what is done in the last one.

Every directory is opened relative to the one above it. A symbolic link is followed only where nobody but root and the
user of the task can have placed it. From then on the descriptor of the last directory counts, not its path.
"""

import errno
import os
import stat
from typing import List, NamedTuple, Optional, Tuple

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import acl
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.names import user_name

# The limits of the kernel. Step by step, a longer path could be opened, but by nobody else.
LONGEST_PATH = 4096  # bytes
MOST_LINKS = 40
_DIRECTORY = os.O_DIRECTORY | os.O_NOFOLLOW


class Directory(NamedTuple):
    """Hold a directory on the way to a file. Only the descriptor of the last one is open.

    ``acl`` is its access control list, read only where it can matter who may enter.
    """

    path: str
    descriptor: int
    status: os.stat_result
    acl: Optional[bytes]

    def child(self, name: str) -> str:
        """Return the path of an entry."""
        return os.path.join(self.path, name)


class Place:
    """Hold a directory open, and a name in it.

    Attributes:
        path: as the user wrote it.
        directories: those on the way that exist, the root first.
        missing: names of the directories below them that do not exist yet.
        name: of the file.
    """

    def __init__(self, path: str, directories: List[Directory], missing: List[str], name: str) -> None:
        self.path = path
        self.directories = directories
        self.missing = missing
        self.name = name

    @classmethod
    def of(cls, path: str, follow: bool = True) -> "Place":
        """Find the place of a file. ``follow`` says whether to follow a link at the end of the path.

        Raises:
            FileError: if a link is not to be trusted, or the path leads nowhere.
            OSError: if a directory cannot be opened.
        """
        try:
            if len(os.fsencode(path)) >= LONGEST_PATH:
                raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), path)
            walk = _Walk(path)
            name = walk.run(follow)
        except ValueError:  # a null character, or half a surrogate pair
            raise errors.impossible_path(path) from None
        return cls(path, walk.directories, walk.missing, name)

    @property
    def descriptor(self) -> int:
        """Return the descriptor of the last existing directory."""
        return self.directories[-1].descriptor

    @property
    def real_path(self) -> str:
        """Return the path without symbolic links."""
        return os.path.join(self.directories[-1].path, *self.missing, self.name)

    @property
    def key(self) -> Tuple[int, int, Tuple[str, ...], str]:
        """Return what is the same for two places of one file."""
        status = self.directories[-1].status
        return (status.st_dev, status.st_ino, tuple(self.missing), self.name)

    @property
    def only_ours(self) -> bool:
        """Return whether only root and the task's user can put another file here, or exchange a directory."""
        entries = [directory.status for directory in self.directories[1:]]
        held = [_keeps(directory.status, entry) for directory, entry in zip(self.directories, entries)]
        return all(held) and not others_may_write(self.directories[-1].status)

    def is_open_to(self, owner: Optional[int], group: Optional[int]) -> bool:
        """Return whether the modes alone show that an owner and a group, if any, may enter all directories."""
        found = [directory.status for directory in self.directories]
        by_owner = [status.st_mode & 0o001 or (status.st_uid == owner and status.st_mode & 0o100) for status in found]
        by_group = [status.st_mode & 0o001 or (status.st_gid == group and status.st_mode & 0o010) for status in found]
        return (owner is None or all(by_owner)) and (group is None or all(by_group))

    def beside(self, name: str) -> "Place":
        """Return another name in the same directory."""
        return Place(self.path, self.directories, self.missing, name)

    def status(self) -> Optional[os.stat_result]:
        """Return the status of the file, or of a link in its place; None if there is neither."""
        return None if self.missing else status_of(self.name, self.descriptor)

    def through_descriptor(self) -> str:
        """Return a path that leads through the open directory, for functions that only take paths."""
        return f"/proc/self/fd/{self.descriptor}/{self.name}"

    def close(self) -> None:
        """Close the directory."""
        os.close(self.descriptor)


class _Walk:
    """Walk down a path."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._waiting = os.path.join(os.getcwd(), path).split("/") if not path.startswith("/") else path.split("/")
        self._opened: List[int] = []
        self._links = 0
        self.directories: List[Directory] = []
        self.missing: List[str] = []

    def run(self, follow: bool) -> str:
        """Open all directories, and return the name of the file in the last one."""
        try:
            self._enter_root()
            name = self._go(follow)
            self._opened.remove(self.directories[-1].descriptor)
        finally:
            for descriptor in self._opened:
                os.close(descriptor)
        return name

    def _go(self, follow: bool) -> str:
        part = ""
        while self._waiting:
            part = self._waiting.pop(0)
            if part == "..":
                self._leave()
            elif part not in ("", ".") and self._step(part, follow):
                return part
        raise errors.not_a_file(self._path, "a directory")

    def _step(self, part: str, follow: bool) -> bool:
        """Go one step. Return whether the part is the name at the end of the path."""
        is_last = not self._waiting
        status = None if self.missing else status_of(part, self.directories[-1].descriptor)
        if status is not None and stat.S_ISLNK(status.st_mode) and (follow or not is_last):
            self._follow(part, status)
            return False
        if is_last:
            return True
        if status is None:
            self.missing.append(part)
        else:
            self._enter(part)
        return False

    def _follow(self, name: str, status: os.stat_result) -> None:
        directory = self.directories[-1]
        self._links += 1
        if self._links > MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), self._path)
        self._refuse_untrusted(directory.child(name), status)
        target = os.readlink(name, dir_fd=directory.descriptor)
        if target.startswith("/"):
            self._enter_root()
        self._waiting[:0] = target.split("/")

    def _refuse_untrusted(self, link: str, status: os.stat_result) -> None:
        # A link's own mode says nothing, and its directory is among those that are looked at.
        candidates = [(directory.path, directory.status, 0o022) for directory in self.directories]
        for path, found, writable in [*candidates, (link, status, 0)]:
            if others_may_write(found, writable):
                raise errors.untrusted_link(
                    self._path, link, path, user_name(found.st_uid), stat.S_IMODE(found.st_mode)
                )

    def _enter_root(self) -> None:
        self.directories = []
        self._append("/", os.open("/", os.O_RDONLY | _DIRECTORY))

    def _enter(self, name: str) -> None:
        directory = self.directories[-1]
        try:
            descriptor = open_directory(name, directory.descriptor)
        except NotADirectoryError:
            raise errors.not_a_directory(self._path, directory.child(name)) from None
        self._append(directory.child(name), descriptor)

    def _append(self, path: str, descriptor: int) -> None:
        self._opened.append(descriptor)
        self.directories.append(directory_at(path, descriptor))

    def _leave(self) -> None:
        if self.missing:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT), self._path)
        if len(self.directories) > 1:
            self.directories.pop()


def others_may_write(status: os.stat_result, writable: int = 0o022) -> bool:
    """Return whether somebody else than root and the task's user may write to a directory.

    The bits of the group are also the most that an ACL can give to anybody.
    """
    return status.st_uid not in (0, os.geteuid()) or bool(status.st_mode & writable)


def open_directory(name: str, parent: int) -> int:
    """Open a directory, but no symbolic link.

    Raises:
        OSError: if the system refuses.
    """
    try:
        return os.open(name, os.O_RDONLY | _DIRECTORY, dir_fd=parent)
    except PermissionError:
        return os.open(name, os.O_PATH | _DIRECTORY, dir_fd=parent)  # may be entered, but not listed


def directory_at(path: str, descriptor: int) -> Directory:
    """Describe an open directory.

    Raises:
        OSError: if the system refuses.
    """
    status = os.fstat(descriptor)
    # Without the group's bit, which is the mask, no list lets anybody in; with that of others, nobody needs one.
    listed = status.st_mode & 0o011 == 0o010
    return Directory(path, descriptor, status, acl.of_directory(descriptor) if listed else None)


def status_of(name: str, parent: int) -> Optional[os.stat_result]:
    """Return the status of an entry, without following a link; None if there is no such entry.

    Raises:
        OSError: if the system refuses.
    """
    try:
        return os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _keeps(directory: os.stat_result, entry: os.stat_result) -> bool:
    """Return whether others cannot exchange an entry. In a sticky directory, its owner and that of the entry can."""
    if directory.st_mode & stat.S_ISVTX:
        return {directory.st_uid, entry.st_uid} <= {0, os.geteuid()}
    return not others_may_write(directory)
