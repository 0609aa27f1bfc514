# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The files of one module call and the services that read them: comparing them, and making all of them so or none."""

from __future__ import annotations

import base64
import os
import shlex
import time
from contextlib import suppress
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.diff import masked_words
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.pending_services import PendingServices, stronger
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.target import HostFile, HostFileError, shown
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.transaction import FileTransaction, Snapshot


class HostFiles:
    """All files of one module call, and the services that read them."""

    def __init__(self, module: AnsibleModule, pending: PendingServices) -> None:
        """Read and compare. Raises HostFileError."""
        self._module = module
        self._pending = pending
        self._files = [HostFile(parameters) for parameters in module.params["files"]]
        by_path: dict[str, HostFile] = {}
        for file in self._files:
            other = by_path.setdefault(file.path, file)
            if other is not file:
                raise HostFileError(f"{other.given['path']} and {file.given['path']} are the same file.")

        self.services = self._services()

    @property
    def changed(self) -> bool:
        """Whether anything is to be done, or was."""
        return bool(self.services) or any(file.changed for file in self._files)

    def _services(self) -> dict[str, str]:
        """What each service is waiting for, because its files change, or changed without its being told."""
        services: dict[str, str] = {}
        for file in self._files:
            service, action = file.given["service"], file.given["service_action"]
            if service and action != "none":
                wanted = stronger(action if file.changed else "", self._pending.action(service))
                if wanted:
                    services[service] = stronger(services.get(service, ""), wanted)
        return services

    def differences(self) -> list[dict[str, str]]:
        """What changes, as Ansible shows it."""
        secrets, show_secrets = self._module.params["secrets"], self._module.params["show_secrets"]
        differences = [item for file in self._files if file.changed for item in file.difference(secrets, show_secrets)]
        with_changes = {file.given["service"] for file in self._files if file.changed}
        for service in sorted(self.services.keys() - with_changes):
            header = f"service {service}"
            before = "files changed in an earlier run, which did not get to it\n"
            differences.append(shown(header, before, f"{self.services[service]}\n"))
        return differences

    def report(self) -> list[dict[str, Any]]:
        """The return value ``files``."""
        reports = []
        for file in self._files:
            report = {"path": file.given["path"], "changed": file.changed}
            if file.given["merged"] and file.given["content"] is None and file.before:
                # Encoded also so that the module's censorship of secrets does not alter what will be written back.
                report["content"] = base64.b64encode(file.before.content).decode("ascii")
            if file.backup_file:
                report["backup_file"] = file.backup_file
            reports.append(report)
        return reports

    def apply(self) -> None:
        """Make every file what it shall be, or leave all as they are. Raises HostFileError."""
        path = ""
        try:
            with FileTransaction(self._copy_security_context) as transaction:
                self._remember_services(transaction)
                for file in self._files:
                    if file.changed:
                        path = file.given["path"]
                        self._prepare(transaction, file)
                path = ""
                transaction.commit()
        except OSError as error:
            path = path or error.filename2 or error.filename
            raise HostFileError(
                f"Cannot replace {path}: {error.strerror}. No file was changed."
                " Does the task need become, or the path another directory?"
            ) from error

    def _remember_services(self, transaction: FileTransaction) -> None:
        for service, action in self.services.items():
            path = self._pending.path(service)
            if path is not None and action != self._pending.action(service):
                # Nothing that the user asked for depends on it.
                with suppress(OSError):
                    transaction.make_directories(path, None, None, 0o700)
                    transaction.stage(path, Snapshot(action.encode(), None, None, 0o600))

    def _prepare(self, transaction: FileTransaction, file: HostFile) -> None:
        if file.before and file.given["backup"]:
            file.backup_file = f"{file.path}.{os.getpid()}.{time.strftime('%Y-%m-%d@%H:%M:%S')}~"
            former = file.before
            transaction.stage(file.backup_file, Snapshot(former.content, former.user, former.group, 0o600))
        if file.after is None:
            transaction.delete(file.path)
            return
        group = file.group()
        transaction.make_directories(file.path, file.user(), group, 0o700 if group is None else 0o750)
        staged = transaction.stage(file.path, file.after)
        if file.given["validate"] and file.content_changed:
            self._validate(file, staged)

    def _validate(self, file: HostFile, staged: str) -> None:
        path = file.given["path"]
        name, *arguments = shlex.split(file.given["validate"])
        program = self._module.get_bin_path(name)
        if program is None:
            raise HostFileError(
                f"{name}, which shall check {path} before it is replaced, is not on this host. No file was changed."
                " Install it, or set validate: '' to write the file unchecked."
            )
        code, output, errors = self._module.run_command([program] + [word.replace("%s", staged) for word in arguments])
        if code != 0:
            said = output + errors
            if file.after and not self._module.params["show_secrets"]:
                content = file.after.content.decode("utf-8", "replace")
                said = masked_words(said, content, self._module.params["secrets"], file.is_all_secret)
            said = said.replace(staged, path).strip()
            raise HostFileError(f"{name} refuses the new {path}. No file was changed. It says: {said}")

    def _copy_security_context(self, staged: str, path: str) -> None:
        """Give the staged file the SELinux context of what it replaces, or what the policy says for its path."""
        if self._module.selinux_enabled():
            find = self._module.selinux_context if os.path.exists(path) else self._module.selinux_default_context
            self._module.set_context_if_different(staged, find(path), False)
