# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Let only one run at a time write files on a host, for each user of the host.

The lock is on a directory that nobody but that user may write to.
"""

import errno
import fcntl
import os
import time
from contextlib import contextmanager, suppress
from typing import Iterator, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.staging import lock_path

LONGEST_WAIT = 60  # seconds
_PAUSE = 0.05  # seconds


@contextmanager
def host_lock() -> Iterator[None]:
    """Hold the lock.

    Raises:
        FileError: if it cannot be held, or another run does not end.
    """
    path = lock_path()
    deadline = time.monotonic() + LONGEST_WAIT
    descriptor = None
    while descriptor is None:
        try:
            descriptor = _acquire(path)
        except OSError as error:
            raise errors.unusable_lock(path, error.strerror or str(error)) from error
        if descriptor is None:
            if time.monotonic() > deadline:
                raise errors.locked(path, LONGEST_WAIT)
            time.sleep(_PAUSE)
    try:
        yield
    finally:
        os.close(descriptor)


def _acquire(path: str) -> Optional[int]:
    """Return a descriptor that holds the lock, or None.

    Raises:
        FileError: if others may write to the directory.
        OSError: if it cannot be used.
    """
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid() or status.st_mode & 0o022:
            raise errors.unusable_lock(path, "others may write to it")
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A directory that was removed meanwhile is no lock: the next run would create and lock another one.
        if os.path.samestat(os.lstat(path), status):
            held, descriptor = descriptor, -1
            return held
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.ENOENT):
            raise
    finally:
        if descriptor >= 0:
            os.close(descriptor)
    return None
