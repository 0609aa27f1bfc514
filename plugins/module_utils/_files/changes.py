# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Replace a file, delete it, or create its directory, so that it can be undone until all files are done.

Every change has the same four steps. ``prepare`` writes beside the destination, ``commit`` changes what readers see,
``undo`` restores that, also if ``commit`` was interrupted, and ``clean_up`` removes what stands beside.
"""

import errno
import os
from contextlib import suppress
from typing import Any, Callable, List, Optional, Tuple

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import directory, snapshot, staging
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.directory import Place, status_of
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.snapshot import Snapshot
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.staging import FORMER, STAGED, staged_name

# A file system without hard links, or a file that only its owner may link to.
_NO_LINK = (errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS)


class Change:
    """Define what all changes of a file have in common. ``before`` is the file as it was read.

    ``purpose`` says which of the files beside the destination has the new content.
    """

    purpose = STAGED

    def __init__(self, place: Place, before: Optional[Snapshot]) -> None:
        self.place = place
        self.before = before

    def prepare(self) -> None:
        """Write beside the destination.

        Raises:
            FileError: if that is impossible, with the reason.
            OSError: if the system refuses.
        """

    def commit(self) -> None:
        """Change what readers see.

        Raises:
            FileError: if that is impossible, with the reason.
            OSError: if the system refuses.
        """
        raise NotImplementedError

    def undo(self) -> None:
        """Restore what ``commit`` has changed, if it has.

        Raises:
            OSError: if the system refuses.
        """
        raise NotImplementedError

    def clean_up(self) -> None:
        """Remove what stands beside the destination.

        Raises:
            OSError: if the system refuses.
        """
        staging.remove(self.place, STAGED, FORMER)

    def kept(self) -> Optional[str]:
        """Return the path of the former file while it stands beside its destination."""
        name = staged_name(self.place.name, FORMER)
        found = status_of(name, self.place.descriptor)
        return None if found is None else self.place.beside(name).real_path

    def refuse_outdated(self) -> None:
        """Refuse to replace what somebody else has changed since it was read."""
        if snapshot.fingerprint(snapshot.read(self.place)) != snapshot.fingerprint(self.before):
            raise errors.outdated([self.place.path])

    def rename(self, source: str, destination: str) -> None:
        """Rename within the directory."""
        os.rename(source, destination, src_dir_fd=self.place.descriptor, dst_dir_fd=self.place.descriptor)


class Replacement(Change):
    """Write a file beside its destination and rename it. The former file itself is kept until the end."""

    def __init__(
        self,
        place: Place,
        before: Optional[Snapshot],
        after: Snapshot,
        before_rename: Callable[[Place, str], Any] = lambda place, staged: None,
    ) -> None:
        """Note what to write. ``before_rename`` gets the place and the staged name, to set what only SELinux knows."""
        super().__init__(place, before)
        self._after = after
        self._before_rename = before_rename
        self._inode = (0, 0)

    def prepare(self) -> None:
        self._inode = staging.create(self.place, STAGED, self._after)

    def commit(self) -> None:
        if self.before is not None:
            self._keep_former(self.before)
        staged = staged_name(self.place.name, STAGED)
        self._before_rename(self.place, staged)
        self.refuse_outdated()
        self.rename(staged, self.place.name)

    def undo(self) -> None:
        if _inode(self.place.status()) != self._inode:
            return
        if self.before is None:
            os.unlink(self.place.name, dir_fd=self.place.descriptor)
        else:
            self.rename(staged_name(self.place.name, FORMER), self.place.name)

    def _keep_former(self, before: Snapshot) -> None:
        former = staged_name(self.place.name, FORMER)
        at = self.place.descriptor
        try:
            os.link(self.place.name, former, src_dir_fd=at, dst_dir_fd=at, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINK:
                raise
            staging.create(self.place, FORMER, before)
        else:
            if _inode(status_of(former, at)) != before.inode:
                raise errors.outdated([self.place.path])


class Backup(Change):
    """Copy the former file for good, for its owner only."""

    def __init__(self, place: Place, before: Snapshot, name: str) -> None:
        super().__init__(place, before)
        self._copy = Snapshot(before.content, before.user, before.group, 0o600)
        self._name = name
        self._inode = (0, 0)

    def prepare(self) -> None:
        self._inode = staging.create(self.place, staging.BACKUP, self._copy)

    def commit(self) -> None:
        self.rename(staged_name(self.place.name, staging.BACKUP), self._name)

    def undo(self) -> None:
        if _inode(status_of(self._name, self.place.descriptor)) == self._inode:
            os.unlink(self._name, dir_fd=self.place.descriptor)

    def clean_up(self) -> None:
        staging.remove(self.place, staging.BACKUP)


class Deletion(Change):
    """Delete a file, or a symbolic link."""

    def commit(self) -> None:
        self.refuse_outdated()
        self.rename(self.place.name, staged_name(self.place.name, FORMER))

    def undo(self) -> None:
        former = staged_name(self.place.name, FORMER)
        if self.place.status() is None and status_of(former, self.place.descriptor) is not None:
            self.rename(former, self.place.name)


class NewDirectories(Change):
    """Create the missing directories above a file. Each has its permissions before it has its name."""

    def __init__(self, place: Place, user: Optional[int], group: Optional[int], mode: int) -> None:
        super().__init__(place, None)
        self._permissions = Snapshot(b"", user, group, mode)
        self._created: List[Tuple[str, int]] = []

    def prepare(self) -> None:
        """Create them, and let the place hold the last one."""
        while self.place.missing:
            name, parent = self.place.missing[0], self.place.directories[-1]
            if status_of(name, parent.descriptor) is None:
                self._create(name, parent)
            descriptor = directory.open_directory(name, parent.descriptor)
            self.place.directories.append(directory.directory_at(parent.child(name), descriptor))
            self.place.missing.pop(0)

    def commit(self) -> None:
        """Do nothing: they exist, and nobody reads them."""

    def undo(self) -> None:
        for name, parent in reversed(self._created):
            with suppress(OSError):  # somebody else may have put something there
                os.rmdir(name, dir_fd=parent)

    def clean_up(self) -> None:
        """Do nothing: nothing stands beside them."""

    def _create(self, name: str, parent: directory.Directory) -> None:
        new = staged_name(name, staging.DIRECTORY)
        os.mkdir(new, 0o700, dir_fd=parent.descriptor)
        self._created.append((new, parent.descriptor))
        descriptor = directory.open_directory(new, parent.descriptor)
        try:
            # In a directory of others it may be another one by now. An empty one of ours is no loss.
            if os.fstat(descriptor).st_uid != os.geteuid() or os.listdir(descriptor):
                raise errors.directory_not_ours(self.place.path, parent.child(name))
            snapshot.set_permissions(descriptor, self._permissions, self.place.path)
        finally:
            os.close(descriptor)
        os.rename(new, name, src_dir_fd=parent.descriptor, dst_dir_fd=parent.descriptor)
        self._created[-1] = (name, parent.descriptor)


def _inode(status: Optional[os.stat_result]) -> Optional[Tuple[int, int]]:
    return None if status is None else (status.st_dev, status.st_ino)
