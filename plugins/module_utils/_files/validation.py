# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Have the user's commands check new files before they replace anything.

A command sees the new file beside its destination, so that relative paths in it work. But in a directory that
others may write to they could put any file in its place. There the command runs as the owner of that directory, and if
the owner is not to read the file, on a copy where nobody else can reach it. In check mode it is always a copy. Links
beside a copy lead to what is beside the destination.
"""

import os
import shutil
from contextlib import contextmanager, suppress
from typing import Any, Iterator, List, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import command, readers
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.command import User
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.diff import masked_words
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.snapshot import Snapshot
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.staging import copy_path, is_staged, staged_name
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.target import HostFile

LONGEST_MESSAGE = 1500  # characters of what a command prints


def validate(module: Any, file: HostFile, purpose: str) -> None:
    """Have the staged file checked, if it has new content. ``purpose`` is what it is staged for.

    Raises:
        FileError: if it is refused, or cannot be checked.
        OSError: if a copy cannot be written.
    """
    program, user = _program(module, file), _runs_as(file)
    if program is None:
        return
    if user or file.place.only_ours:
        beside = file.place.beside(staged_name(file.place.name, purpose)).real_path
        _check(module, file, program, beside, user)
    else:
        with _copy(file, None) as path:
            _check(module, file, program, path, None)


def rehearse(module: Any, file: HostFile) -> None:
    """Have a copy checked, so that nothing changes in the directory of the file.

    Raises:
        FileError: if that is impossible, with the reason.
        OSError: if the system refuses.
    """
    program, user = _program(module, file), _runs_as(file)
    if program is None:
        return
    with _copy(file, user) as path:
        _check(module, file, program, path, user)


def remove_copy() -> None:
    """Remove what a killed run has left of a copy.

    Raises:
        OSError: if the system refuses.
    """
    with suppress(FileNotFoundError):
        shutil.rmtree(copy_path())


def _program(module: Any, file: HostFile) -> Optional[str]:
    """Return the program that is to check the file, None if there is nothing to check."""
    if not file.command or not file.content_changed:
        return None
    program: Optional[str] = module.get_bin_path(file.command[0])
    if program is None:
        raise errors.missing_program(file.path, file.command[0])
    return program


def _runs_as(file: HostFile) -> Optional[User]:
    """Return the owner of the directory, if that is another user, whom we can become and who may read the file."""
    directory = file.place.directories[-1]
    if os.geteuid() != 0 or directory.status.st_uid == 0 or file.place.missing or file.after is None:
        return None
    user = User.of(directory.status.st_uid, directory.status.st_gid)
    reader, new = readers.Reader(user.identity, user.groups), file.after
    reaches_it = all(reader.may_enter(each) for each in file.place.directories)
    return user if reaches_it and reader.may(readers.READ, new.user, new.group, new.mode, new.acl) else None


def _check(module: Any, file: HostFile, program: str, path: str, user: Optional[User]) -> None:
    name, arguments = file.command[0], [word.replace("%s", path) for word in file.command[1:]]
    seconds = file.parameters["validate_timeout"]
    try:
        outcome = command.run([program, *arguments], seconds, user)
    except OSError as error:
        raise errors.program_not_run(file.path, name, error) from error
    if outcome.code is None:
        raise errors.program_too_slow(file.path, name, seconds)
    if outcome.code != 0:
        raise errors.refused_by_program(file.path, name, _presentable(module, file, outcome.output, path))


def _presentable(module: Any, file: HostFile, output: str, path: str) -> str:
    """Return what a command prints: without secrets, with the path that the user wrote, cut."""
    if file.after and not module.params["show_secrets"]:
        content = file.after.content.decode("utf-8", "replace")
        output = masked_words(output, content, module.params["secrets"], file.is_all_secret)
    output = output.replace(path, file.path).replace(os.path.dirname(path), os.path.dirname(file.path)).strip()
    return output if len(output) <= LONGEST_MESSAGE else f"{output[:LONGEST_MESSAGE]} ..."


@contextmanager
def _copy(file: HostFile, user: Optional[User]) -> Iterator[str]:
    """Write the new file where only whoever checks it can go, with links to its neighbours, and give its path."""
    directory = copy_path()
    remove_copy()
    os.mkdir(directory, 0o700)
    try:
        path = os.path.join(directory, file.place.name)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(file.after.content if isinstance(file.after, Snapshot) else b"")
            if user:
                os.fchown(descriptor, user.identity, user.group)
        for name in _neighbours(file):
            os.symlink(file.place.beside(name).real_path, os.path.join(directory, name))
        if user:
            os.chown(directory, user.identity, user.group, follow_symlinks=False)
        yield path
    finally:
        remove_copy()


def _neighbours(file: HostFile) -> List[str]:
    if file.place.missing:
        return []
    return [name for name in os.listdir(file.place.descriptor) if name != file.place.name and not is_staged(name)]
