# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Replaces several files as if they were one: all of them or none, and no file is ever open to more people than it
shall be.

Every file is written beside its destination, under a name of its own, for its owner only. Owner, group and mode are
set before it is renamed over the destination. So a reader sees the old file or the new one, never a part, never with
other permissions.
"""

import os
import re
from contextlib import ExitStack
from typing import Any, Callable, List, NamedTuple, Optional, Tuple


class Snapshot(NamedTuple):
    """What a file is, or shall be. ``None`` for user or group: whoever writes it."""

    content: bytes
    user: Optional[int]
    group: Optional[int]
    mode: int

    @classmethod
    def of(cls, path: str) -> "Snapshot":
        """The file at ``path``. Raises OSError."""
        with open(path, "rb") as stream:
            status = os.fstat(stream.fileno())
            return cls(stream.read(), status.st_uid, status.st_gid, status.st_mode & 0o7777)


class FileTransaction:
    """Use as a context: ``stage`` and ``delete`` prepare, ``commit`` does it, leaving by an exception undoes it all."""

    def __init__(self, before_rename: Callable[[str, str], Any] = lambda staged, path: None) -> None:
        """``before_rename`` is given each staged path and its destination, to copy what only the platform knows of."""
        self._before_rename = before_rename
        self._staged: List[Tuple[str, str]] = []
        self._deleted: List[str] = []
        self._undo = ExitStack()

    def __enter__(self) -> "FileTransaction":
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            self._undo.pop_all()
        else:
            self._undo.close()

    def make_directories(self, path: str, user: Optional[int], group: Optional[int], mode: int) -> None:
        """Create the missing parent directories of ``path``. Raises OSError."""
        missing = []
        parent = os.path.dirname(path)
        while not os.path.lexists(parent):
            missing.append(parent)
            parent = os.path.dirname(parent)
        for directory in reversed(missing):
            os.mkdir(directory, 0o700)
            self._undo.callback(os.rmdir, directory)
            _give(directory, user, group)
            os.chmod(directory, mode)

    def stage(self, path: str, wanted: Snapshot) -> str:
        """Write ``wanted`` beside ``path`` and return where. Raises OSError."""
        directory, name = os.path.split(path)
        _remove_abandoned(directory, name)
        staged = os.path.join(directory, f".{name:.200}.{os.getpid()}.{len(self._staged)}.staged")
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._staged.append((staged, path))
        self._undo.callback(_unlink_if_there, staged)
        with os.fdopen(descriptor, "wb") as stream:
            _give(descriptor, wanted.user, wanted.group)
            os.fchmod(descriptor, wanted.mode)
            stream.write(wanted.content)
            stream.flush()
            os.fsync(descriptor)
        return staged

    def delete(self, path: str) -> None:
        """Note that ``path`` shall be gone."""
        self._deleted.append(path)

    def commit(self) -> None:
        """Rename every staged file over its destination, then delete. Raises OSError; the context then undoes it."""
        for staged, path in list(self._staged):
            self._before_rename(staged, path)
            self._remember(path)
            os.replace(staged, path)
        for path in self._deleted:
            self._remember(path)
            os.unlink(path)

    def _remember(self, path: str) -> None:
        """Note how to bring ``path`` back to what it is now."""
        if os.path.lexists(path):
            self._undo.callback(self._restore, path, Snapshot.of(path))
        else:
            self._undo.callback(_unlink_if_there, path)

    def _restore(self, path: str, former: Snapshot) -> None:
        staged = self.stage(path, former)
        self._before_rename(staged, path)
        os.replace(staged, path)


def _give(target: Any, user: Optional[int], group: Optional[int]) -> None:
    """Hand a path or descriptor over. Asks for nothing when it is so already, because not everybody may."""
    status = os.stat(target)
    user = status.st_uid if user is None else user
    group = status.st_gid if group is None else group
    if (user, group) != (status.st_uid, status.st_gid):
        os.chown(target, user, group)


def _unlink_if_there(path: str) -> None:
    if os.path.lexists(path):
        os.unlink(path)


def _remove_abandoned(directory: str, name: str) -> None:
    """Remove what a run that was killed has left beside ``name``: it may hold a secret."""
    pattern = re.compile(rf"\.{re.escape(name[:200])}\.(\d+)\.\d+\.staged")
    for entry in os.listdir(directory):
        found = pattern.fullmatch(entry)
        if found and not _is_running(int(found.group(1))):
            os.unlink(os.path.join(directory, entry))


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
