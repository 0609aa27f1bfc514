# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Compare one file of the host with its desired state."""

import errno
import shlex
from typing import Any, Dict, List, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import desired, snapshot
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.directory import Place


class HostFile:
    """Hold one file of the host, and its parameters (one element of the option ``files``).

    Attributes:
        path: as the user wrote it.
        place: where it is.
        before: the existing file, if there is one.
        after: the file in the desired state, None if it is to be absent.
        owner: ID of the requested owner, if any.
        group: ID of the group that is to read the file, if any.
        command: the words of the command that checks it.
        backup_file: where the existing file is kept.
        warnings: sentences about what may not be as the user wants it.
    """

    def __init__(self, parameters: Dict[str, Any]) -> None:
        """Read and compare.

        Raises:
            FileError: if its reader may not enter the directory of the file.
        """
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
        self.warnings: List[str] = []
        self.look_for_readers()

    def look_for_readers(self) -> None:
        """Refuse a file whose reader may not enter its directory, and warn if that is so further up.

        It can be this collection that has made the directory, before there was such a reader.

        Raises:
            FileError: if its reader may not enter the directory of the file.
        """
        self.warnings = []
        if self.after and not self.place.is_open_to(self.owner, self.group):
            # Hardly ever needed, and compiled anew by every execution of a module.
            from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.readers import closed_to_readers

            for problem in closed_to_readers(self.place, self.after, self.owner, self.group):
                if problem.facts["directory"] == self.place.directories[-1].path:
                    raise problem
                self.warnings.append(str(problem))

    @property
    def changed(self) -> bool:
        """Return whether something is to be done."""
        if self.before is None or self.after is None:
            return self.before is not self.after
        return (
            self.before.content != self.after.content
            or (self.before.mode, self.before.acl) != (self.after.mode, self.after.acl)
            or self.after.user not in (None, self.before.user)
            or self.after.group not in (None, self.before.group)
        )

    @property
    def service(self) -> str:
        """Return the service that has to be notified of a change, if any."""
        return self.parameters["service"] if self.parameters["service_action"] != "none" else ""

    @property
    def is_outdated(self) -> bool:
        """Return whether the file is to be changed, but is not the one that was read before."""
        known = self.parameters["fingerprint"]
        return bool(known) and self.changed and known != snapshot.fingerprint(self.before)

    def keep_fingerprint(self) -> None:
        """Note what the file is now, if the caller has not said what it was, to compare when it is read again."""
        self.parameters["fingerprint"] = self.parameters["fingerprint"] or snapshot.fingerprint(self.before)

    def forget_fingerprint(self) -> None:
        """Compare with nothing when the file is read again."""
        self.parameters["fingerprint"] = None

    @property
    def is_all_secret(self) -> bool:
        """Return whether all of the file may be a secret: it is ours, and not merged into."""
        return bool(self.parameters["secret"] and not self.parameters["merged"])

    @property
    def content_changed(self) -> bool:
        """Return whether there is new content."""
        return self.after is not None and (self.before is None or self.before.content != self.after.content)

    @property
    def overwrites(self) -> bool:
        """Return whether an existing file is written in place."""
        return bool(self.parameters["unsafe_writes"]) and self.before is not None and self.after is not None

    def _command(self) -> List[str]:
        """Return the words of the command that checks the file."""
        if self.parameters["validate_timeout"] < 1:
            raise errors.malformed_timeout(self.path, self.parameters["validate_timeout"])
        try:
            return shlex.split(self.parameters["validate"] or "")
        except ValueError as error:
            raise errors.malformed_command(self.path, str(error)) from None
