# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Name, write and remove what runs need for a while: beside a destination, and in directories of their own.

All names follow from the destination and the user of the task. Whoever holds the lock of that user therefore knows
that what is found under such a name was abandoned by a run that was killed.
"""

import hashlib
import os
from contextlib import suppress
from typing import List, Tuple

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import snapshot
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.directory import Place, status_of
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.snapshot import Snapshot

STAGED = "staged"  # the new content, to be renamed
FORMER = "former"  # the former file, until all files of the run are in place
BACKUP = "backup"  # the copy that the user wants to keep, until it has its name
# While content is written into an existing file: the whole of it, new and former, and what they belong to.
IN_PLACE_NEW, IN_PLACE_FORMER, IN_PLACE_MARK = "in-place-new", "in-place-former", "in-place-mark"
DIRECTORY = "directory"  # one that has not its permissions yet

_OF_A_FILE = (STAGED, FORMER, BACKUP, IN_PLACE_NEW, IN_PLACE_FORMER, IN_PLACE_MARK)
_LONGEST = 200  # bytes of 255, so that there is room for the rest


def staged_name(name: str, purpose: str) -> str:
    """Return the name beside a file of this name."""
    encoded = os.fsencode(name)
    part = name if len(encoded) <= _LONGEST else hashlib.sha256(encoded).hexdigest()
    return f".{part}.sysdig-{os.geteuid()}.{purpose}"


def create(place: Place, purpose: str, wanted: Snapshot) -> Tuple[int, int]:
    """Write a file beside its destination, for its owner only until it is complete, and return its inode.

    Raises:
        FileError: if the file system does not keep the permissions.
        OSError: if it cannot be written.
    """
    name = staged_name(place.name, purpose)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    descriptor = os.open(name, flags, 0o600, dir_fd=place.descriptor)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(wanted.content)
        stream.flush()
        snapshot.set_permissions(descriptor, wanted, place.path)
        os.fsync(descriptor)
        status = os.fstat(descriptor)
    return status.st_dev, status.st_ino


def remove(place: Place, *purposes: str) -> None:
    """Remove what stands beside a destination, if it does.

    Raises:
        OSError: if the system refuses.
    """
    for purpose in purposes:
        with suppress(FileNotFoundError):
            os.unlink(staged_name(place.name, purpose), dir_fd=place.descriptor)


def abandoned(place: Place) -> List[str]:
    """Return the purposes of what stands beside a destination. No run uses it if this one holds the lock."""
    if not place.missing:
        return [each for each in _OF_A_FILE if status_of(staged_name(place.name, each), place.descriptor) is not None]
    name = staged_name(place.missing[0], DIRECTORY)
    return [DIRECTORY] if status_of(name, place.descriptor) is not None else []


def remove_abandoned(place: Place) -> None:
    """Remove what a run that was killed has left: it may hold a secret.

    Raises:
        OSError: if the system refuses.
    """
    if not place.missing:
        remove(place, *_OF_A_FILE)
        return
    with suppress(FileNotFoundError):
        os.rmdir(staged_name(place.missing[0], DIRECTORY), dir_fd=place.descriptor)


def is_staged(name: str) -> bool:
    """Return whether a name is one of those that are used here."""
    return name.startswith(".") and name.rpartition(".")[2] in (*_OF_A_FILE, DIRECTORY) and ".sysdig-" in name


def lock_path() -> str:
    """Return the directory that carries the lock."""
    return _path("lock")


def copy_path() -> str:
    """Return a directory for copies of files, which the holder of the lock may create."""
    return _path("copy")


def _path(purpose: str) -> str:
    return os.path.join(_parent(), f"ibmcloud.sysdig-{os.geteuid()}.{purpose}")


def _parent() -> str:
    # Others than root can create directories only where everybody can.
    return "/run" if os.geteuid() == 0 and os.path.isdir("/run") else "/var/tmp"
