# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Compare the files of one module call with what they are to be, and find the services that read them."""

import base64
import os
from typing import Any, Dict, List

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import snapshot, staging
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.pending_services import PendingServices, stronger
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.target import HostFile


class HostFiles:
    """Hold all files of one module call, and the services that read them.

    Attributes:
        files: in the order of the option ``files``.
        services: what each service needs, because its files change, or changed earlier without it being notified.
    """

    def __init__(self, module: Any, pending: PendingServices) -> None:
        """Read and compare.

        Raises:
            FileError: if that is impossible, with the reason.
        """
        self._module = module
        self._pending = pending
        self.files = [HostFile(parameters) for parameters in module.params["files"]]
        self._refuse_doubles()
        outdated = [file.path for file in self.files if file.is_outdated]
        if outdated:
            raise errors.outdated(outdated)
        self.services = self._services()

    @property
    def changed(self) -> bool:
        """Return whether anything is to be done, or was."""
        return bool(self.services) or any(file.changed for file in self.files)

    @property
    def is_abandoned(self) -> bool:
        """Return whether a killed run has left something beside one of the files, or a copy of a file."""
        return os.path.lexists(staging.copy_path()) or any(staging.abandoned(file.place) for file in self.files)

    def _refuse_doubles(self) -> None:
        by_place: Dict[Any, HostFile] = {}
        for file in self.files:
            other = by_place.setdefault(file.place.key, file)
            if other is not file:
                raise errors.same_file(other.path, file.path)

    def _services(self) -> Dict[str, str]:
        services: Dict[str, str] = {}
        for file in self.files:
            if file.service:
                action = file.parameters["service_action"] if file.changed else ""
                wanted = stronger(action, self._pending.action(file.service))
                if wanted:
                    services[file.service] = stronger(services.get(file.service, ""), wanted)
        return services

    def report(self) -> List[Dict[str, Any]]:
        """Return the return value ``files`` of the module."""
        return [_report(file, self._module.params["apply"]) for file in self.files]

    def close(self) -> None:
        """Close the directories."""
        for file in self.files:
            file.place.close()


def _report(file: HostFile, is_applied: bool) -> Dict[str, Any]:
    report = {"path": file.path, "changed": file.changed}
    if not is_applied:
        report["fingerprint"] = snapshot.fingerprint(file.before)
    if file.parameters["merged"] and file.parameters["content"] is None and file.before:
        # Encoded also so that the module's censorship of secrets does not alter what will be written back.
        report["content"] = base64.b64encode(file.before.content).decode("ascii")
    if file.backup_file:
        report["backup_file"] = file.backup_file
    return report
