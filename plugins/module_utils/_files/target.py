# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""One file of the host as it is and in the desired state: what differs, and how it may be shown."""

import errno
import os
import shlex
from typing import Any, Dict, List, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import acl, desired, snapshot
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.diff import masked
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.directory import Place
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.readers import refuse_unreachable
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.snapshot import Snapshot


class HostFile:
    """One file of the host, compared with its parameters (one element of the option ``files``).

    Attributes:
        path: as the user wrote it.
        place: where it is.
        before: the existing file, if there is one.
        after: the file in the desired state, None if it is to be absent.
        owner: ID of the requested owner, if any.
        group: ID of the group that is to read the file, if any.
        command: the words of the command that checks it.
        backup_file: where the existing file is kept.
    """

    def __init__(self, parameters: Dict[str, Any]) -> None:
        """Read and compare. Raises FileError."""
        self.parameters = parameters
        self.path: str = parameters["path"]
        # A deletion removes the link itself; what is merged into is the file behind it.
        follow = parameters["state"] == "present" or parameters["merged"]
        try:
            self.place = Place.of(self.path, follow)
            self.before = snapshot.read(self.place)
            if follow and self.before and self.before.link_target is not None:
                raise OSError(errno.ELOOP, "", self.path)  # it was not there a moment ago
        except OSError as error:
            raise errors.unreadable(self.path, error) from error
        self.owner, self.group = desired.owner(parameters), desired.group(parameters)
        self.after = desired.desired(parameters, self.before, self.owner, self.group)
        self.command = self._command()
        self.backup_file: Optional[str] = None
        self.refuse_unreachable()

    def refuse_unreachable(self) -> None:
        """Refuse a file whose reader may not enter its directories, as far as they exist. Raises FileError."""
        if self.after:
            refuse_unreachable(self.place, self.after, self.owner, self.group)

    @property
    def changed(self) -> bool:
        """Whether something is to be done."""
        if self.before is None or self.after is None:
            return self.before is not self.after
        return (
            self.before.content != self.after.content
            or (self.before.mode, self.before.acl) != (self.after.mode, self.after.acl)
            or self.after.user not in (None, self.before.user)
            or self.after.group not in (None, self.before.group)
        )

    @property
    def is_outdated(self) -> bool:
        """Whether the file is to be changed, but has changed since the caller read it."""
        known = self.parameters["fingerprint"]
        return bool(known) and self.changed and known != snapshot.fingerprint(self.before)

    @property
    def is_all_secret(self) -> bool:
        """Whether whatever the file holds may be a secret: one that is ours, and not merged into."""
        return bool(self.parameters["secret"] and not self.parameters["merged"])

    @property
    def content_changed(self) -> bool:
        """Whether there is new content, which the program that reads the file has not seen."""
        return self.after is not None and (self.before is None or self.before.content != self.after.content)

    @property
    def overwrites(self) -> bool:
        """Whether an existing file is written in place."""
        return bool(self.parameters["unsafe_writes"]) and self.before is not None and self.after is not None

    def difference(self, secrets: List[str], show_secrets: bool) -> List[Dict[str, str]]:
        """What changes, as Ansible shows it: the content, then owner, group and mode."""
        differences = []
        if self.content_changed or self.after is None:
            texts = [_text(self.before), _text(self.after)]
            if not show_secrets:
                texts = list(masked(texts[0], texts[1], secrets, self.is_all_secret))
            differences.append(shown(self.path, texts[0], texts[1]))
        if self.before and self.after:
            before, after = _permissions(self.before, self.before), _permissions(self.after, self.before)
            if before != after:
                differences.append(shown(f"{self.path} (permissions)", before, after))
        return differences

    def _command(self) -> List[str]:
        """The words of the command that checks the file."""
        try:
            return shlex.split(self.parameters["validate"] or "")
        except ValueError as error:
            raise errors.malformed_command(self.path, str(error)) from None


def shown(header: str, before: str, after: str) -> Dict[str, str]:
    """A difference as Ansible takes it."""
    return {"before_header": header, "after_header": header, "before": before, "after": after}


def _text(file: Optional[Snapshot]) -> str:
    if file is None:
        return ""
    if file.link_target is not None:
        return f"symbolic link to {os.fsencode(file.link_target).decode('utf-8', 'replace')}\n"
    return file.content.decode("utf-8", "replace")


def _permissions(file: Snapshot, present: Snapshot) -> str:
    """Owner, group, mode and list as text; what is left to whoever writes is what it is at present."""
    user = present.user if file.user is None else file.user
    group = present.group if file.group is None else file.group
    listed = f"acl: {acl.text(file.acl)}\n" if file.acl else ""
    return f"owner: {user}\ngroup: {group}\nmode: {file.mode:04o}\n{listed}"
