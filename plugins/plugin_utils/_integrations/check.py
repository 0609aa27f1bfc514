# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Check what was planned for a host: what the host sees of it, and what the services say of its tokens and keys."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import checks as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.host_checks import FILE, Finding
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.phrases import abbreviated
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check.lines import (
    FAILED,
    OK,
    UNKNOWN,
    Line,
    found,
    passed,
)
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import Entry, label
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.host import module_arguments, written
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.merging import merged
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.plan import LEFT_OUT, TOKEN_TEMPLATE
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import PlannedFile
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrievals import Retrievals
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES

_SENDABLE = re.compile("[!-~]+")  # what can be in a header; anything else is no token


class Check:
    """Check the files of one host.

    ``call`` runs the module host_check with arguments, ``render`` the template of a file, and ``retrievals`` are those
    that the files were planned with.
    """

    def __init__(
        self,
        call: Callable[[Mapping[str, Any]], dict[str, Any]],
        render: Callable[[PlannedFile], str],
        retrievals: Retrievals,
    ) -> None:
        self._call = call
        self._render = render
        self._retrievals = retrievals

    def result(self, files: Sequence[PlannedFile]) -> dict[str, Any]:
        """Return the result of the task: the lines in the order of the entries, or the failure of the module.

        Raises:
            SysdigError: no entry is present, or a template cannot be rendered.
        """
        present = [file for file in files if file.state == "present"]
        if not present:
            raise errors.nothing_to_check(" with state=present", [])
        texts = written([file for file in present if not file.merge], self._render)
        returned = self._call({"files": _files(present, texts), "programs": _programs(present)})
        if "lines" not in returned:
            return returned
        reports = {report["path"]: report for report in returned["files"]}
        encoded = {path: report["content"] for path, report in reports.items() if "content" in report}
        contents = {path: base64.b64decode(content) for path, content in encoded.items()}
        of_files = self._of_files(present, reports, contents)
        lines = [*returned["lines"], *of_files, *self._of_services(present, reports, contents)]
        return as_result(sorted(lines, key=lambda line: _number(line["entry"])))

    def _of_files(
        self, files: Sequence[PlannedFile], reports: Mapping[str, Any], contents: Mapping[str, bytes]
    ) -> Iterator[Line]:
        """Yield a line for each file that has another content than the one that the role would write."""
        texts: dict[str, str] = {}
        try:
            texts = merged([file for file in files if file.path in contents], contents, self._render).texts
        except SysdigError as error:
            yield found(getattr(error, "label", ""), error, FILE)
        different = {path for path, text in texts.items() if contents[path] != text.encode()}
        different |= {file.path for file in files if not file.merge and reports[file.path]["is_same"] is False}
        for file in {file.path: file for file in reversed(files)}.values():
            if file.path in different and file.template != TOKEN_TEMPLATE:
                yield found(file.label, errors.other_content(file.path))

    def _of_services(
        self, files: Sequence[PlannedFile], reports: Mapping[str, Any], contents: Mapping[str, bytes]
    ) -> Iterator[Line]:
        """Yield what Sysdig says of the tokens and access keys, each asked for once per playbook run."""
        results = {file.label: file.result for file in files if file.program}
        for file in files:
            program, result = file.program, results.get(file.label, file.result)
            content = contents.get(file.path)
            if file.template == TOKEN_TEMPLATE:
                if reports[file.path]["is_same"] is not None:
                    yield from self._token_file_lines(file, result, content)
            elif program is None or "token_path" in file.entry:
                continue
            elif program.type == "agent":
                if content is not None:
                    yield self._key_line(file, _agent_key(content))
            elif program.has_access_key_only:
                yield self._key_line(file, result["access_key"])
            else:
                yield self._token_line(file, result, result["token"])

    def _token_file_lines(self, file: PlannedFile, result: Any, content: bytes | None) -> Iterator[Line]:
        """Yield the lines of a token file, whose ``content`` is None if it is the token. White space is none of it."""
        text = result["token"] if content is None else content.decode("utf-8", "replace")
        token = text.strip()
        if text != token or not _SENDABLE.fullmatch(token):
            yield found(file.label, errors.other_content(file.path))
        if _SENDABLE.fullmatch(token):
            yield self._token_line(file, result, token)

    def _token_line(self, file: PlannedFile, result: Any, token: str) -> Line:
        is_current = token == result["token"]
        try:
            team = self._retrievals.team_of_token(result, token)
            if not is_current:
                wanted = result["team_id"] or self._retrievals.team_of_token(result, result["token"])
                if team is not None and team != wanted:
                    raise errors.token_of_other_team(file.path, team, wanted)
                raise errors.other_token(file.path)
        except Finding as finding:
            return found(file.label, finding)
        except SysdigError as error:
            refusal = error.facts.get("status") in (401, 403)
            return found(file.label, errors.refused_token(file.path, error.problem) if refusal else error, errors.TOKEN)
        where = f" of the team {team}" if team is not None else ""
        return passed(file.label, errors.TOKEN, f"{result['url']} accepts the token{where}")

    def _key_line(self, file: PlannedFile, key: str) -> Line:
        """Return the line of an access key that a file holds."""
        try:
            keys = self._retrievals.access_keys(file.result)
        except SysdigError as error:
            return found(file.label, errors.keys_not_listed(error.problem))
        if key not in keys:
            return found(file.label, errors.unlisted_key(file.path, abbreviated(key)))
        if not keys[key]:
            return found(file.label, errors.disabled_key(file.path, abbreviated(key)))
        return passed(file.label, errors.ACCESS_KEY, "the access key is enabled")


def _agent_key(content: bytes) -> str:
    """Return the access key in a dragent.yaml, empty if there is none."""
    try:
        configuration = yaml.safe_load(content)
        return str((configuration or {}).get("customerid", ""))
    except (yaml.YAMLError, AttributeError):
        return ""


def _files(files: Sequence[PlannedFile], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the module's option ``files``, each path once."""
    return [
        {
            **module_arguments(file, texts.get(path)),
            "entry": file.label,
            "is_token": file.template == TOKEN_TEMPLATE,
            "reader": file.reader,
        }
        for path, file in {file.path: file for file in reversed(files)}.items()
    ][::-1]


def _programs(files: Sequence[PlannedFile]) -> list[dict[str, Any]]:
    """Return the module's option ``programs``, one for each entry."""
    programs: list[dict[str, Any]] = []
    for file in files:
        if file.program:
            place = 1 + sum(other["path"] == file.path for other in programs)
            programs.append({**file.program._asdict(), "entry": file.label, "path": file.path, "place": place})
    return programs


def _number(entry: str) -> int:
    """Return the number in the label of an entry."""
    found = re.search(r"\d+", entry)
    return int(found.group()) if found else 0


def chosen(entries: Sequence[Any], kind: str, number: str) -> list[Any]:
    """Return the entries to check: all, or those of a type, or the one with a number.

    Raises:
        Finding: there is none, or there cannot be one.
    """
    if kind and kind not in TYPES:
        raise errors.unknown_type(kind, TYPES)
    if number and not number.isdecimal():
        raise errors.no_number(number)
    labels = [label(position, entry) for position, entry in enumerate(entries, start=1)]
    wanted = [
        (not kind or (isinstance(entry, Mapping) and entry.get("type") == kind)) and number in ("", str(position))
        for position, entry in enumerate(entries, start=1)
    ]
    if not any(wanted):
        asked = f" of type {kind}" * bool(kind) + f" with the number {number}" * bool(number)
        raise errors.nothing_to_check(asked, labels)
    shared = [_shared_file(entry) for entry in entries]
    # What is in such a file is known only with all that share it.
    looked_at = {path for path, is_wanted in zip(shared, wanted, strict=True) if path and is_wanted}
    kept = [is_wanted or path in looked_at for path, is_wanted in zip(shared, wanted, strict=True)]
    return [entry if is_kept else LEFT_OUT for entry, is_kept in zip(entries, kept, strict=True)]


def _shared_file(given: Any) -> str:
    """Return the path of the file that is written from several entries, if an entry has such a file."""
    try:
        entry = Entry(given)
    except SysdigError:  # which planning it says
        return ""
    return entry.file_path if entry.type.joined else ""


def as_result(lines: Sequence[Line]) -> dict[str, Any]:
    """Return the result of a task with these lines, as data and as text. It failed if one of them has."""
    is_wrong = any(line["status"] == FAILED for line in lines)
    return {"changed": False, "failed": is_wrong, "msg": _summary(lines), "checks": lines, "table": _table(lines)}


def _table(lines: Sequence[Line]) -> list[str]:
    """Return the lines as text, in columns, and under each that is not right what to do."""
    widths = {column: max((len(line[column]) for line in lines), default=0) for column in ("status", "entry", "check")}
    rows = []
    for line in lines:
        rows.append("  ".join([*(line[column].ljust(width) for column, width in widths.items()), line["message"]]))
        if "remedy" in line:
            rows.append(" " * (sum(widths.values()) + 6) + line["remedy"])
    return rows


def _summary(lines: Sequence[Line]) -> str:
    """Return how many lines are right and wrong, and all that is wrong."""
    counts = {status: sum(line["status"] == status for line in lines) for status in (OK, FAILED, UNKNOWN)}
    counted = ", ".join(f"{number} {status}" for status, number in counts.items() if number)
    wrong = [f"{line['entry']}: {line['message']} {line['remedy']}" for line in lines if line["status"] == FAILED]
    return " ".join([f"Checks: {counted or 'none'}.", *wrong])
