# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Find out in check mode, without changing anything, whether files could be written.

Each refusal has the words that the run itself would have.
"""

import errno
import os
import stat
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import validation
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.lock import host_lock
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.target import HostFile


def rehearse(module: Any, file: HostFile) -> None:
    """Refuse what cannot be done to one file.

    Raises:
        FileError: if that is impossible, with the reason.
    """
    try:
        _refuse_closed_directory(file)
        _refuse_full_file_system(file)
        _refuse_kept_file(file)
        _refuse_foreign_owner(file)
        if file.command and file.content_changed:
            with host_lock():
                validation.rehearse(module, file)
    except OSError as error:
        raise errors.cannot_replace(file.path, error.strerror or str(error)) from error


def _refuse_closed_directory(file: HostFile) -> None:
    directory = file.place.directories[-1]
    at = directory.descriptor
    if os.access(".", os.W_OK | os.X_OK, dir_fd=at, effective_ids=True):
        return
    if os.statvfs(at).f_flag & os.ST_RDONLY:
        raise _error(errno.EROFS)
    # What is closed to root is so by an attribute such as `chattr +i` gives.
    raise _error(errno.EPERM if os.geteuid() == 0 else errno.EACCES)


def _refuse_full_file_system(file: HostFile) -> None:
    """Refuse what there is no room for. File systems that do not count blocks or files say 0 of them in all."""
    system = os.statvfs(file.place.directories[-1].descriptor)
    is_root = os.geteuid() == 0
    blocks = system.f_bfree if is_root else system.f_bavail
    files = system.f_ffree if is_root else system.f_favail
    needed = len(file.after.content) if file.after else 0
    if (system.f_blocks and blocks * system.f_frsize < needed) or (system.f_files and needed and not files):
        raise _error(errno.ENOSPC)


def _refuse_kept_file(file: HostFile) -> None:
    """Refuse to replace what only its owner may replace, or what cannot be changed at all."""
    user, directory = os.geteuid(), file.place.directories[-1].status
    if file.before is None or file.before.link_target is not None:
        return
    is_open = os.access(file.place.name, os.W_OK, dir_fd=file.place.descriptor, effective_ids=True)
    if not is_open and (user == 0 or file.overwrites):
        raise _error(errno.EPERM if user == 0 else errno.EACCES)
    if directory.st_mode & stat.S_ISVTX and user not in (0, directory.st_uid, file.before.user):
        raise _error(errno.EPERM)


def _refuse_foreign_owner(file: HostFile) -> None:
    """Refuse an owner or a group that nobody but root can give a file to."""
    if os.geteuid() == 0 or file.after is None:
        return
    own_groups = (os.getegid(), *os.getgroups())
    if file.after.user not in (None, os.geteuid()) or file.after.group not in (None, *own_groups):
        raise _error(errno.EPERM)


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))
