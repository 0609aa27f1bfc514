# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Bring the files of a host to what is planned, by the module config_files: one call if they are so already."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.joining import joined
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.merging import CREATED, merged
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import PlannedFile
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.secrets import secret_values

ATTEMPTS = 3  # to merge into files that somebody else changes at the same time
_PASSED_ON = (
    *("path", "secret", "owner", "group", "mode", "consumer_group", "validate", "validate_timeout"),
    *("unsafe_writes", "backup", "service", "service_action"),
)


class Host:
    """Bring a host to what is planned. ``call`` runs the module with arguments, ``render`` a template."""

    def __init__(
        self, call: Callable[[Mapping[str, Any]], dict[str, Any]], render: Callable[[PlannedFile], str]
    ) -> None:
        self._call_module = call
        self._render = render

    def bring_about(self, files: Sequence[PlannedFile]) -> dict[str, Any]:
        """Compare, and write if anything differs. What is merged must be read first, and comes with the comparison.

        Returns the result of the last call, which may be a failure.

        Raises:
            EntryError: a template or a configuration cannot be used; nothing was written.
        """
        ours = written([file for file in files if not file.merge and file.state == "present"], self._render)
        outcome: dict[str, Any] = {}
        for _attempt in range(ATTEMPTS):
            if any(file.merge for file in files):
                outcome = self._merge(files, ours)
            else:
                outcome = self._call(files, ours, {}, apply=True)
            if not outcome.get("outdated"):
                break
        return outcome

    def _merge(self, files: Sequence[PlannedFile], ours: Mapping[str, str]) -> dict[str, Any]:
        """Read and compare, and write if anything differs."""
        compared = self._call(files, ours, {}, apply=False)
        if compared.get("failed"):
            return compared
        present, fingerprints = _taken(compared, "content", files), _taken(compared, "fingerprint", files)
        before = {file.path: _decoded(file, present[file.path]) for file in files if file.path in present}
        texts, warnings = merged(files, before, self._render)
        is_same = all(before.get(path) == text.encode() for path, text in texts.items())
        outcome = compared
        if not is_same or compared["changed"]:
            secrets = secret_values(*(before[path].decode() for path in texts if path in before), *texts.values())
            outcome = self._call(files, {**ours, **texts}, fingerprints, apply=True, secrets=secrets)
        if warnings:
            outcome["warnings"] = [*outcome.get("warnings", []), *warnings]
        return outcome

    def _call(
        self,
        files: Sequence[PlannedFile],
        texts: Mapping[str, str],
        fingerprints: Mapping[str, str],
        apply: bool,
        secrets: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Run the module with all files, those that several entries merge into once.

        ``secrets`` are those of others in the files.
        """
        arguments, by_path = [], {file.path: file for file in files}
        for path, file in by_path.items():
            known = {"fingerprint": fingerprints[path]} if path in fingerprints else {}
            arguments.append(module_arguments(file, texts.get(path)) | known)
        result = self._call_module({"files": arguments, "apply": apply, "secrets": secrets})
        for path, report in zip(by_path, result.get("files", ()), strict=False):
            report["path"] = path  # in which a part that is like a secret was hidden
        return result


def _taken(result: dict[str, Any], name: str, files: Sequence[PlannedFile]) -> dict[str, str]:
    """Take what is not to be shown out of the reports of a result, and return it by path.

    Reports are in the order of the files. Their own paths may be masked, where they contain a secret of this run.
    """
    paths = dict.fromkeys(file.path for file in files)
    return {path: report.pop(name) for path, report in zip(paths, result["files"], strict=True) if name in report}


def _decoded(file: PlannedFile, content: str) -> bytes:
    """Return the content of a file.

    Raises:
        EntryError: Ansible has masked a part of it.
    """
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:
        raise errors.in_entry(errors.masked_content(file.path), file.label) from None


def written(files: Sequence[PlannedFile], render: Callable[[PlannedFile], str]) -> dict[str, str]:
    """Return the texts of files that are written as a whole, by path.

    Raises:
        EntryError: a template cannot be used.
    """
    by_path: dict[str, list[PlannedFile]] = {}
    for file in files:
        by_path.setdefault(file.path, []).append(file)
    return {path: joined(parts, render) if parts[0].joined else render(parts[0]) for path, parts in by_path.items()}


def module_arguments(file: PlannedFile, text: str | None) -> dict[str, Any]:
    """Return one element of the option ``files`` of the module config_files."""
    values = {name: getattr(file, name) for name in _PASSED_ON}
    arguments = {name: value for name, value in values.items() if value not in ("", None, False)}
    arguments["merged"] = file.merge is not None
    # Taking our part out of a file does not delete it, unless it was created for that part.
    gone = file.state == "absent" if file.merge is None else text == CREATED
    arguments["state"] = "absent" if gone else "present"
    if text is not None:
        arguments["content"] = base64.b64encode(text.encode()).decode()
    return arguments
