# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Look at one file as its reader does, and at who else can read it."""

import errno
import grp
import os
import pwd
from typing import Any, Callable, Dict, Iterator, NamedTuple, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import host_checks as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.command import User
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.names import group_name, user_name
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.target import HostFile

_CANNOT_BECOME = 255  # no error number of Linux


class Seen(NamedTuple):
    """Hold a file as it is. ``content`` is None if there is none; ``changed_at`` is in epoch seconds."""

    content: Optional[bytes]
    is_same: bool
    changed_at: float
    reader: str


class Process(NamedTuple):
    """Hold the process of a service.

    ``root`` is where it sees the files of this host, None if it sees them as we do. ``gets`` tells whether systemd
    reads the file at a path for it.
    """

    user: User
    root: Optional[str]
    gets: Callable[[str], bool]


def look(parameters: Dict[str, Any], process: Optional[Process]) -> Seen:
    """Look at a file. ``parameters`` are those of the module config_files, ``process`` is what has to read it.

    Raises:
        SysdigError: it is missing, or not as private or as open as it has to be.
    """
    file = HostFile(parameters)
    try:
        if file.before is None:
            raise errors.missing_file(file.path)
        if parameters["secret"]:
            _refuse_exposure(file)
        name = f"the user {_reader(file, process).name}"
        is_same = file.after is not None and file.after.content == file.before.content
        status = os.stat(file.place.through_descriptor())
        return Seen(file.before.content, is_same, status.st_mtime, name)
    finally:
        file.place.close()


def _reader(file: HostFile, process: Optional[Process]) -> User:
    """Return who reads the file, and can.

    Raises:
        Finding: the reader cannot, or that is not known.
    """
    if process:
        try:
            _refuse_closed(file.path, process.user, process.root)
            return process.user
        except errors.Finding:
            if not process.gets(file.path):
                raise
    reader = _expected_reader(file)
    _refuse_closed(file.path, reader)
    return reader


def _refuse_exposure(file: HostFile) -> None:
    before, after = file.before, file.after
    if before is None or after is None:
        return
    exposed = before.mode & ~after.mode
    if exposed & 0o004:
        raise errors.readable_by_others(file.path, before.mode)
    if exposed & 0o040 and not before.acl:  # with a list, these bits are its mask
        raise errors.readable_by_group(file.path, group_name(before.group or 0), before.mode)
    other_user = after.user not in (None, before.user) and before.user != 0
    other_group = after.group not in (None, before.group) and before.mode & 0o040
    if other_user or other_group:
        names = user_name(before.user or 0), group_name(before.group or 0)
        raise errors.other_owner(file.path, *names, before.mode)


def _expected_reader(file: HostFile) -> User:
    """Return who is to read a file whose service does not tell: the owner, else somebody of its group, else we."""
    if file.owner is not None:
        return User.of(file.owner, file.group if file.group is not None else 65534)
    members = _members(file.group) if file.group is not None else iter(())
    return next(members, User.of(os.geteuid(), os.getegid()))


def _members(group: int) -> Iterator[User]:
    for user in pwd.getpwall():
        if user.pw_gid == group:
            yield User.of(user.pw_uid, user.pw_gid)
    for name in grp.getgrgid(group).gr_mem if _exists(group) else ():
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        yield User.of(user.pw_uid, user.pw_gid)


def _exists(group: int) -> bool:
    try:
        return bool(grp.getgrgid(group))
    except KeyError:
        return False


def _refuse_closed(path: str, reader: User, root: Optional[str] = None) -> None:
    """Open the file as its reader, in a child: directories, lists and policies count as they do for the program."""
    name = f"the user {reader.name}"
    if os.geteuid() != 0 and reader.identity != os.geteuid():
        raise errors.cannot_become(path, name)
    child = os.fork()
    if child == 0:
        os._exit(_open_as(reader, path, root))
    code = os.waitpid(child, 0)[1] >> 8
    if code == _CANNOT_BECOME:
        raise errors.cannot_become(path, name)
    if code:
        raise errors.closed_to_reader(path, name, os.strerror(code))


def _open_as(reader: User, path: str, root: Optional[str]) -> int:
    """Return 0 or the number of the error. Only for a child, which is the reader from now on."""
    try:
        if os.geteuid() == 0:
            if root:  # systemd may hide directories from a service, such as /home
                os.chroot(root)
            reader.become()
    except OSError:
        return _CANNOT_BECOME
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY))
    except OSError as error:
        return error.errno or errno.EIO
    return 0
