# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Bring the files of one module call into the desired state, or find out in check mode whether that is possible."""

import os
import re
import time
from contextlib import suppress
from typing import Any, Dict, List, Set

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import (
    in_place,
    rehearsal,
    snapshot,
    staging,
    validation,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.changes import (
    Backup,
    Change,
    Deletion,
    NewDirectories,
    Replacement,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.directory import Place, status_of
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.pending_services import PendingServices
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.services import missing_state
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.snapshot import Snapshot
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.target import HostFile
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.transaction import FileTransaction


class Writer:
    """Write the files of one module call. All methods but ``rehearse`` need the lock."""

    def __init__(self, module: Any, pending: PendingServices) -> None:
        self._module = module
        self._pending = pending

    def remove_abandoned(self, files: List[HostFile]) -> None:
        """Mend what a killed run left half-written, and remove what else it left.

        Raises:
            FileError: if that is impossible, with the reason.
        """
        with suppress(OSError):
            validation.remove_copy()
        for file in files:
            try:
                if staging.IN_PLACE_FORMER in staging.abandoned(file.place) and in_place.mend(file.place):
                    file.forget_fingerprint()
                staging.remove_abandoned(file.place)
            except OSError as error:
                raise errors.cannot_replace(file.path, error.strerror or str(error)) from error

    def rehearse(self, files: List[HostFile]) -> None:
        """Refuse what ``write`` would refuse.

        Raises:
            FileError: if that is impossible, with the reason.
        """
        changed = self._replaceable(files)
        for file in changed:
            rehearsal.rehearse(self._module, file)

    def write(self, files: List[HostFile], services: Dict[str, str]) -> None:
        """Change all files, or none, and remember what services have to be notified of.

        Raises:
            FileError: if that is impossible, with the reason.
        """
        changed = self._replaceable(files)
        with FileTransaction() as transaction:
            self._remember(services, transaction)
            for file in changed:
                self._prepare(transaction, file)
            transaction.commit()

    def _replaceable(self, files: List[HostFile]) -> List[HostFile]:
        """Return the files that change, deletions last, or refuse one of them."""
        changed = sorted((file for file in files if file.changed), key=lambda file: file.after is None)
        mounts = _mount_points() if changed else set()
        for file in changed:
            _refuse_irreplaceable(file, mounts)
        for service, path in {file.service: file.path for file in changed if file.service}.items():
            state = missing_state(service)
            if state:
                raise errors.missing_service(service, path, state)
        return changed

    def _remember(self, services: Dict[str, str], transaction: FileTransaction) -> None:
        for service, action in services.items():
            place = self._pending.place(service)
            if place is None or action == self._pending.action(service):
                continue
            # Nothing that the user requested depends on it.
            with suppress(OSError, errors.FileError):
                staging.remove_abandoned(place)
                content = Snapshot(action.encode(), None, None, 0o600)
                directories = NewDirectories(place, None, None, 0o700)
                transaction.prepare_if_possible(directories, Replacement(place, snapshot.read(place), content))

    def _prepare(self, transaction: FileTransaction, file: HostFile) -> None:
        place = file.place
        if file.before and file.before.link_target is None and file.parameters["backup"]:
            name = f"{place.name}.{os.getpid()}.{time.strftime('%Y-%m-%d@%H:%M:%S')}~"
            transaction.prepare(Backup(place, file.before, name))
            file.backup_file = place.beside(name).real_path
        if file.after is None:
            transaction.prepare(Deletion(place, file.before))
            return
        if place.missing:
            mode = 0o700 if file.group is None else 0o750
            transaction.prepare(NewDirectories(place, file.owner, file.group, mode))
            file.look_for_readers()
        change: Change = Replacement(place, file.before, file.after, self._copy_security_context)
        if file.before and file.overwrites:
            change = in_place.Overwriting(place, file.before, file.after)
        transaction.prepare(change)
        validation.validate(self._module, file, change.purpose)

    def _copy_security_context(self, place: Place, staged: str) -> None:
        """Give the staged file the SELinux context of what it replaces, or what the policy says for its path."""
        if not self._module.selinux_enabled():
            return
        if place.status() is None:
            context = self._module.selinux_default_context(place.real_path)
        else:
            context = self._module.selinux_context(place.through_descriptor())
        self._module.set_context_if_different(place.beside(staged).through_descriptor(), context, False)


def _refuse_irreplaceable(file: HostFile, mounts: Set[str]) -> None:
    """Refuse a file that cannot be replaced by another one, unless it is written in place."""
    before, place = file.before, file.place
    if before is None or before.link_target is not None:
        return
    kept = status_of(staging.staged_name(place.name, staging.FORMER), place.descriptor)
    # In check mode, what a killed run left is still there.
    links = before.links - (kept is not None and (kept.st_dev, kept.st_ino) == before.inode)
    if links > 1 and not file.parameters["unsafe_writes"]:
        raise errors.several_hard_links(file.path, links)
    if links > 1 and file.overwrites and not place.only_ours:
        raise errors.links_of_others(file.path)
    if place.real_path in mounts and not file.overwrites:
        raise errors.mount_point(file.path, is_deleted=file.after is None)


def _mount_points() -> Set[str]:
    """Return the paths on which something is mounted, as far as this process sees them."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as listing:
            escaped = [line.split(" ")[4] for line in listing]
    except OSError:
        return set()
    # Blanks, tabs, line ends and backslashes are written as octal numbers.
    return {re.sub(r"\\([0-7]{3})", lambda found: chr(int(found.group(1), 8)), path) for path in escaped}
