# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Write content into an existing file, where another file cannot be put in its place (``unsafe_writes``).

Readers may see a part of it. What a killed run leaves is found and mended by the next one: the new and the former
content stand beside the file, whole, before it is touched, with a mark that tells what they belong to.
"""

import hashlib
import os
from contextlib import contextmanager
from typing import Iterator, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import snapshot, staging
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.changes import Change
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.directory import Place, status_of
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.snapshot import Snapshot
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.staging import (
    IN_PLACE_FORMER,
    IN_PLACE_MARK,
    IN_PLACE_NEW,
    staged_name,
)

_WRITE = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


class Overwriting(Change):
    """Give a file new content and permissions; it stays the same file."""

    purpose = IN_PLACE_NEW

    def __init__(self, place: Place, before: Snapshot, after: Snapshot) -> None:
        super().__init__(place, before)
        self._is_touched = False
        self._former = before
        user = before.user if after.user is None else after.user
        group = before.group if after.group is None else after.group
        self._after = after._replace(user=user, group=group)
        self._keeps_permissions = _permissions(self._after) == _permissions(before)

    def prepare(self) -> None:
        new, former = self._after.content, self._former.content
        mark = _mark(self._former, new, former)
        for purpose, content in ((IN_PLACE_NEW, new), (IN_PLACE_FORMER, former), (IN_PLACE_MARK, mark)):
            staging.create(self.place, purpose, Snapshot(content, None, None, 0o600))

    def commit(self) -> None:
        self.refuse_outdated()
        self._bring_to(self._after)

    def undo(self) -> None:
        if self._is_touched:
            self._bring_to(self._former)

    def clean_up(self) -> None:
        staging.remove(self.place, IN_PLACE_NEW, IN_PLACE_FORMER, IN_PLACE_MARK)

    def kept(self) -> Optional[str]:
        name = staged_name(self.place.name, IN_PLACE_FORMER)
        found = status_of(name, self.place.descriptor)
        return None if found is None else self.place.beside(name).real_path

    def _bring_to(self, wanted: Snapshot) -> None:
        with _opened(self.place, self._former) as descriptor:
            self._is_touched = True
            if not self._keeps_permissions:
                os.fchmod(descriptor, 0o600)  # also suspends what an access control list gives
            _overwrite(descriptor, wanted.content)
            if not self._keeps_permissions:
                snapshot.set_permissions(descriptor, wanted._replace(attributes=()), self.place.path)


def mend(place: Place) -> bool:
    """Restore the former content of a file that a killed run has left half-written. Return whether it was.

    Raises:
        FileError: if what stands at its place is not a file, or another one by now.
        OSError: if it cannot be written.
    """
    new, former, present = _staged(place, IN_PLACE_NEW), _staged(place, IN_PLACE_FORMER), snapshot.read(place)
    if new is None or former is None or present is None or not _is_torn(present.content, new, former):
        return False
    if _staged(place, IN_PLACE_MARK) != _mark(present, new, former):
        return False
    with _opened(place, present) as descriptor:
        _overwrite(descriptor, former)
    return True


def _mark(file: Snapshot, new: bytes, former: bytes) -> bytes:
    """Return what tells both contents of a file from others, which the owner of the directory has renamed."""
    digests = [hashlib.sha256(content).hexdigest() for content in (new, former)]
    return f"{file.inode[1]} {file.user} {digests}".encode()


def _staged(place: Place, purpose: str) -> Optional[bytes]:
    """Return what we have put beside the file; in a directory of others, it may not be ours."""
    file = snapshot.read(place.beside(staged_name(place.name, purpose)))
    is_ours = file is not None and file.user == os.geteuid() and file.mode == 0o600 and file.link_target is None
    return file.content if file is not None and is_ours else None


def _is_torn(present: bytes, new: bytes, former: bytes) -> bool:
    """Return whether a file has the beginning of one content and the rest of another."""
    both = zip(present, new)
    written = next((index for index, pair in enumerate(both) if pair[0] != pair[1]), min(len(present), len(new)))
    return present not in (new, former) and present[written:] == former[written:]


@contextmanager
def _opened(place: Place, file: Snapshot) -> Iterator[int]:
    """Open a file for writing, if it is still the one that was read."""
    descriptor = os.open(place.name, _WRITE, dir_fd=place.descriptor)
    try:
        status = os.fstat(descriptor)
        if (status.st_dev, status.st_ino) != file.inode:
            raise errors.outdated([place.path])
        yield descriptor
    finally:
        os.close(descriptor)


def _overwrite(descriptor: int, content: bytes) -> None:
    """Write from the beginning, then cut off the rest: a killed run leaves new content, followed by former one."""
    written = 0
    while written < len(content):
        written += os.pwrite(descriptor, content[written:], written)
    os.ftruncate(descriptor, len(content))
    os.fsync(descriptor)


def _permissions(file: Snapshot) -> Snapshot:
    return file._replace(content=b"", attributes=(), inode=(0, 0), links=1)
