# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""One file of the host as it is and as it shall be: what differs, and how it may be shown."""

import base64
import grp
import os
import pwd
import stat
from typing import Any, Callable, Dict, List, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.diff import masked
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.transaction import Snapshot


class HostFileError(Exception):
    """A sentence for the user: which file, what happened, what to do."""


class HostFile:
    """One file of the host, compared with its parameters (one element of the option ``files``)."""

    def __init__(self, parameters: Dict[str, Any]) -> None:
        self.given = parameters
        self.path = os.path.realpath(parameters["path"])
        self.before = self._read()
        self.after = self._wanted()
        self.backup_file: Optional[str] = None

    @property
    def changed(self) -> bool:
        """Whether something is to be done."""
        if self.before is None or self.after is None:
            return self.before is not self.after
        return (
            self.before.content != self.after.content
            or self.before.mode != self.after.mode
            or self.after.user not in (None, self.before.user)
            or self.after.group not in (None, self.before.group)
        )

    @property
    def is_all_secret(self) -> bool:
        """Whether whatever the file holds may be a secret: one that is ours, and not merged into."""
        return bool(self.given["secret"] and not self.given["merged"])

    @property
    def content_changed(self) -> bool:
        """Whether there is new content, which the program that reads the file has not seen."""
        return self.after is not None and (self.before is None or self.before.content != self.after.content)

    def difference(self, secrets: List[str], show_secrets: bool) -> List[Dict[str, str]]:
        """What changes, as Ansible shows it: the content, then owner, group and mode."""
        differences = []
        if self.content_changed or self.after is None:
            texts = [
                snapshot.content.decode("utf-8", "replace") if snapshot else ""
                for snapshot in (self.before, self.after)
            ]
            if not show_secrets:
                texts = list(masked(texts[0], texts[1], secrets, self.is_all_secret))
            differences.append(shown(self.given["path"], texts[0], texts[1]))
        if self.before and self.after:
            before, after = _permissions(self.before, self.before), _permissions(self.after, self.before)
            if before != after:
                differences.append(shown(f"{self.given['path']} (permissions)", before, after))
        return differences

    def _read(self) -> Optional[Snapshot]:
        try:
            if not stat.S_ISREG(os.stat(self.path).st_mode):
                raise HostFileError(f"{self.given['path']} is not a file. Give the path of a file.")
            return Snapshot.of(self.path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise HostFileError(f"Cannot read {self.given['path']}: {error.strerror}.") from error

    def _wanted(self) -> Optional[Snapshot]:
        if self.given["state"] == "absent":
            return None
        if self.given["content"] is not None:
            content = base64.b64decode(self.given["content"])
        elif self.before is not None:
            content = self.before.content
        else:
            return None
        group = self.group()
        if self.before is None or self.given["secret"]:
            user: Optional[int] = os.geteuid()
            mode = 0o600 if group is None else 0o640
        else:
            user, mode = self.before.user, self.before.mode
            group = group if self.given["group"] else self.before.group
        if self.given["mode"]:
            mode = int(self.given["mode"], 8)
        asked = self.user()
        return Snapshot(content, user if asked is None else asked, group, mode)

    def user(self) -> Optional[int]:
        """ID of the owner that was asked for, if any."""
        return _identity(self.given["owner"], "owner", self.given["path"], lambda name: pwd.getpwnam(name).pw_uid)

    def group(self) -> Optional[int]:
        """ID of the group that was asked for, else of the program that reads the file, if we may hand files to it."""
        if self.given["group"]:
            return _identity(self.given["group"], "group", self.given["path"], lambda name: grp.getgrnam(name).gr_gid)
        try:
            group = grp.getgrnam(self.given["consumer_group"] or "").gr_gid
        except KeyError:
            return None
        return group if os.geteuid() == 0 or group in (os.getegid(), *os.getgroups()) else None


def shown(header: str, before: str, after: str) -> Dict[str, str]:
    """A difference as Ansible takes it."""
    return {"before_header": header, "after_header": header, "before": before, "after": after}


def _permissions(snapshot: Snapshot, present: Snapshot) -> str:
    """Owner, group and mode as text; what is left to whoever writes is what it is at present."""
    user = present.user if snapshot.user is None else snapshot.user
    group = present.group if snapshot.group is None else snapshot.group
    return f"owner: {user}\ngroup: {group}\nmode: {snapshot.mode:04o}\n"


def _identity(name: Optional[str], what: str, path: str, find: Callable[[str], int]) -> Optional[int]:
    """The ID of a user or group given by name or number."""
    if not name:
        return None
    if name.isdigit():
        return int(name)
    try:
        return find(name)
    except KeyError:
        raise HostFileError(f"The {what} {name} of {path} does not exist on this host.") from None
