# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Change several files as if they were one: all of them or none.

A reader sees the former file or the new one, never a part, never with other permissions (but for what is written in
place).
"""

import errno
from contextlib import suppress
from typing import Any, List, Optional, TypeVar

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.changes import Change

_IS_MOUNTED = (errno.EBUSY, errno.EXDEV)
AnyChange = TypeVar("AnyChange", bound=Change)


class FileTransaction:
    """Make changes together. Used as a context: ``prepare`` each, then ``commit``; an exception undoes all."""

    def __init__(self) -> None:
        self._changes: List[Change] = []

    def __enter__(self) -> "FileTransaction":
        return self

    def __exit__(self, kind: Any, error: Optional[BaseException], trace: Any) -> None:
        if error is None:
            for change in self._changes:
                with suppress(OSError):  # all is done; the next run removes what stands beside
                    change.clean_up()
        else:
            self._undo(error)

    def prepare(self, change: AnyChange) -> AnyChange:
        """Write beside the destination.

        Raises:
            FileError: if that is impossible, with the reason.
        """
        self._changes.append(change)
        try:
            change.prepare()
        except OSError as error:
            raise _cannot(change, error) from error
        return change

    def prepare_if_possible(self, *changes: Change) -> None:
        """Prepare changes that belong together, and go without all of them if one is impossible."""
        before = len(self._changes)
        try:
            for change in changes:
                self.prepare(change)
        except errors.FileError:
            for change in reversed(self._changes[before:]):
                with suppress(OSError):
                    change.undo()
                    change.clean_up()
            del self._changes[before:]

    def commit(self) -> None:
        """Make all changes, in the order in which they were prepared.

        Raises:
            FileError: if that is impossible, with the reason; the context then undoes all.
        """
        for change in self._changes:
            try:
                change.commit()
            except OSError as error:
                raise _cannot(change, error) from error

    def _undo(self, cause: BaseException) -> None:
        """Undo all changes.

        Raises:
            FileError: if one of them cannot be undone.
        """
        left: List[Change] = []
        for change in reversed(self._changes):
            try:
                change.undo()
            except (OSError, errors.FileError):
                left.append(change)
                continue
            with suppress(OSError):
                change.clean_up()
        if left:
            kept = [path for path in (change.kept() for change in left) if path]
            problem = getattr(cause, "problem", "The run was interrupted.")
            raise errors.not_rolled_back(problem, [change.place.path for change in left], kept) from cause


def _cannot(change: Change, error: OSError) -> errors.FileError:
    if error.errno in _IS_MOUNTED:
        return errors.mount_point(change.place.path)
    return errors.cannot_replace(change.place.path, error.strerror or str(error))
