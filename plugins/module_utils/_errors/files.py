# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word the errors about files on a host. Runs on Python 3.6.

Each function returns an error to raise. Whether anything was changed is added where the error leaves the collection,
except by ``not_rolled_back``, which says it itself.
"""

import errno
import os
from typing import Any, Iterable, List

from .base import SysdigError
from .phrases import shown

FILES = "Files"
UNSAFE = "set unsafe_writes: true to write into the file as it is (then it can be seen half-written)"


class FileError(SysdigError):
    """Report a file of a host that cannot be read, checked or written.

    ``facts`` may hold ``outdated`` (paths whose files were changed since they were read) and ``rolled_back`` (False
    where some files have changed).
    """

    def __init__(self, problem: str, remedy: str, **facts: Any) -> None:
        super().__init__(FILES, problem, remedy, **facts)

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}"


def unknown_platform(name: str) -> FileError:
    return FileError(
        f"This host runs {name}, and files are written on Linux only.", "Take the host out of the play, or delegate."
    )


def not_on_host(connection: str) -> FileError:
    return FileError(
        f"With the connection {connection}, files of this host would be written on the control node.",
        "Take the host out of the play, or delegate to the host that needs the files.",
    )


# --- Paths ------------------------------------------------------------------------------------------------------------


def unreadable(path: str, error: OSError) -> FileError:
    remedies = {
        errno.ELOOP: "Look where its symbolic links lead, or give the path of the file itself.",
        errno.ENAMETOOLONG: "Give a shorter path.",
    }
    remedy = remedies.get(error.errno or 0, "Does the task need become, or the path another directory?")
    return FileError(f"Cannot read {path}: {os.strerror(error.errno or 0)}.", remedy)


def impossible_path(path: str) -> FileError:
    return FileError(f"The path {shown(path)} holds a character that no path can have.", "Correct the path.")


def not_a_file(path: str, kind: str) -> FileError:
    return FileError(f"{path} is not a file, but {kind}.", "Give the path of a file.")


def not_a_directory(path: str, component: str) -> FileError:
    return FileError(f"{component}, which {path} leads through, is not a directory.", "Correct the path.")


def untrusted_link(path: str, link: str, directory: str, owner: str, mode: int) -> FileError:
    """``directory`` is what others may change: a directory on the way, or the link itself."""
    if link == directory:
        why = f"it belongs to {owner}"
    else:
        why = f"others may write to {directory} (owner {owner}, mode {mode:04o})"
    what = path if link == path else f"{link}, which {path} leads through,"
    return FileError(
        f"{what} is a symbolic link that is not followed, because {why} and could lead it anywhere.",
        "Give the path of the file itself, or let nobody but root and the user of the task write to the directories on"
        " the way to the link.",
    )


def same_file(first: str, second: str) -> FileError:
    return FileError(f"{first} and {second} are the same file.", "Give one of them another path.")


def too_large(path: str, limit: int) -> FileError:
    return FileError(
        f"{path} is larger than the {limit // 2**20} MiB that a configuration can have here, and was not read.",
        "Check that the path is that of a configuration, or make the file smaller.",
    )


# --- What is requested of a file --------------------------------------------------------------------------------------


def unknown_identity(kind: str, name: str, path: str) -> FileError:
    """``kind`` is "owner" or "group"."""
    return FileError(
        f"The {kind} {name} of {path} does not exist on this host.", f"Create it first, or correct {kind}."
    )


def impossible_identity(kind: str, number: str, path: str) -> FileError:
    return FileError(f"The {kind} {number} of {path} is larger than any ID can be.", f"Correct {kind}.")


def malformed_mode(mode: str, path: str) -> FileError:
    return FileError(f"The mode {shown(mode)} of {path} is not three or four octal digits.", "Write it like '0640'.")


def malformed_content(path: str) -> FileError:
    return FileError(f"The content of {path} is not encoded in Base64.", "Encode it: `| b64encode` in a template.")


def unreachable(path: str, reader: str, directory: str) -> FileError:
    """``reader`` is like "the group prometheus"."""
    return FileError(
        f"{reader} is to read {path}, but may not enter {directory}.",
        f"Let it in (`chgrp` and `chmod g+x {directory}`), or set group to the group of the program that reads the"
        " file.",
        directory=directory,
    )


def missing_service(service: str, path: str, state: str) -> FileError:
    """``state`` is systemd's LoadState of the unit."""
    what = "is masked" if state == "masked" else "is not known to systemd"
    return FileError(
        f"The service {service}, which reads {path}, {what} on this host.",
        "If the service has another name here, set service; set service: '' if there is nothing to restart.",
    )


# --- Validation -------------------------------------------------------------------------------------------------------


def malformed_command(path: str, reason: str) -> FileError:
    return FileError(
        f"The command in validate, for {path}, cannot be split into words: {reason}.", "Correct the quotes in validate."
    )


def malformed_timeout(path: str, seconds: int) -> FileError:
    return FileError(
        f"validate_timeout={seconds} for {path} is not a number of seconds from 1 on.", "Correct validate_timeout."
    )


def missing_program(path: str, program: str) -> FileError:
    return FileError(
        f"{program}, which checks {path} before it is replaced, is not on this host.",
        "Install it, or set validate: '' to write the file unchecked.",
    )


def program_not_run(path: str, program: str, error: OSError) -> FileError:
    return FileError(
        f"{program}, which checks {path} before it is replaced, cannot be run: {error.strerror}.",
        "Correct validate, or set validate: '' to write the file unchecked.",
    )


def refused_by_program(path: str, program: str, output: str) -> FileError:
    return FileError(f"{program} refuses the new {path}.", f"It says: {output}" if output else "It does not say why.")


def program_too_slow(path: str, program: str, seconds: int) -> FileError:
    return FileError(
        f"{program} has not checked the new {path} within the {seconds} s of validate_timeout, and was stopped.",
        "Try it by hand, raise validate_timeout, or set validate: '' to write the file unchecked.",
    )


# --- Writing ----------------------------------------------------------------------------------------------------------


def cannot_replace(path: str, reason: str) -> FileError:
    return FileError(f"Cannot replace {path}: {reason}.", "Does the task need become, or the path another directory?")


def several_hard_links(path: str, links: int) -> FileError:
    return FileError(
        f"{path} has {links} hard links, and the others would keep the former content.",
        f"Remove them, or {UNSAFE}.",
    )


def mount_point(path: str, is_deleted: bool = False) -> FileError:
    if is_deleted:
        return FileError(f"{path} is itself a mount point, and cannot be deleted.", "Unmount it first.")
    return FileError(
        f"{path} is itself a mount point, as in a container, and cannot be replaced by another file.",
        f"Write to the file where it comes from, or {UNSAFE}.",
    )


def links_of_others(path: str) -> FileError:
    return FileError(
        f"{path} has several hard links and is in a directory that others may write to, so it may be another's file.",
        "Remove the other links, or give another path.",
    )


def attribute_not_copied(path: str, name: str, error: OSError) -> FileError:
    return FileError(
        f"The extended attribute {name} of {path} cannot be copied to the new file: {error.strerror}.",
        f"Remove it with `setfattr -x {name}`, or {UNSAFE}.",
    )


def permissions_not_kept(path: str) -> FileError:
    return FileError(
        f"The file system of {path} does not keep the owner, group and mode that the file needs.",
        "Give a path on another file system, or the owner, group and mode that this one has for all files.",
    )


def directory_not_ours(path: str, directory: str) -> FileError:
    return FileError(
        f"The directory {directory} was exchanged while it was created for {path}.",
        "See who else writes there, and try again.",
    )


def outdated(paths: List[str]) -> FileError:
    """Tell the caller to read ``paths`` again and to merge anew."""
    return FileError(
        f"Somebody else has changed {', '.join(paths)} since this run read it.",
        "Try again when nothing else writes there.",
        outdated=paths,
    )


def not_rolled_back(problem: str, changed: Iterable[str], kept: Iterable[str]) -> FileError:
    """Say that ``changed`` have not got their former content back, which is in ``kept``."""
    sources = list(kept)
    where = f" from {', '.join(sources)}" if sources else ""
    return FileError(
        f"{problem} {', '.join(changed)} had been changed before that, and cannot be restored.",
        f"Restore by hand{where} before the next run.",
        rolled_back=False,
    )


# --- The lock ---------------------------------------------------------------------------------------------------------


def locked(directory: str, seconds: int) -> FileError:
    return FileError(
        f"Another run writes files on this host, and has kept the lock {directory} for {seconds} seconds.",
        "Try again when it has ended.",
    )


def unusable_lock(directory: str, reason: str) -> FileError:
    return FileError(
        f"The directory {directory}, whose lock keeps runs apart, cannot be used: {reason}.",
        "It has to be a directory that only the user of the task can write to: remove what else has this name.",
    )
