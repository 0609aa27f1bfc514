# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Merge the parts of all entries into configurations that belong to others."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import PlannedFile
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import MergeRules, duplicates, merge, remove

# The whole of a file that had to be created, once what was merged into it is taken out again.
CREATED = "# Created by the Ansible role ibmcloud.sysdig.sysdig_integrations.\n"


class Merged(NamedTuple):
    """New texts by path, and warnings of what else these files have."""

    texts: dict[str, str]
    warnings: list[str]


def merged(files: Sequence[PlannedFile], contents: Mapping[str, bytes], render: Callable[[PlannedFile], str]) -> Merged:
    """Return the new text of every file that is merged into. ``contents`` is what exists on the host, by path.

    Raises:
        EntryError: a file is missing, or cannot be read or edited.
    """
    texts: dict[str, str] = {}
    fragments: list[tuple[PlannedFile, Any]] = []
    for file in files:
        if file.merge is None or (file.state == "absent" and file.path not in contents):
            continue
        try:
            if file.path not in texts:
                texts[file.path] = _existing(file, contents.get(file.path))
            fragments.append((file, _fragment(render(file))))
            texts[file.path] = _changed(texts[file.path], *fragments[-1])
        except OptionError as error:
            raise errors.in_entry(error, file.label) from None
    present = [(file, fragment) for file, fragment in fragments if file.state == "present"]
    return Merged(texts, [warning for each in present for warning in _doubles(texts[each[0].path], *each, files)])


def _doubles(text: str, file: PlannedFile, fragment: Any, files: Sequence[PlannedFile]) -> Iterator[str]:
    """Warn of elements of others that send where this entry does. They are looked for if its URL occurs twice."""
    rules = file.merge or MergeRules()
    if sum(text.count(url) for url in rules.same_urls) < 2:
        return
    # Those of other teams have the same URL.
    other_teams = {other.name for other in files if other.path == file.path and other.result != file.result}
    beside = posixpath.dirname(file.path)
    for name in duplicates(text, fragment, rules):
        if name not in other_teams and f"{beside}/{name}-token" not in text:
            yield str(errors.in_entry(errors.sent_twice(file.path, name), file.label))


def _fragment(part: str) -> Any:
    try:
        return yaml.safe_load(part)
    except yaml.reader.ReaderError as error:
        raise errors.not_in_yaml(error.character) from None


def _existing(file: PlannedFile, content: bytes | None) -> str:
    if content is None:
        if not file.create:
            raise errors.missing_configuration(file.path, file.service)
        return CREATED
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise errors.not_text(file.path) from None


def _changed(text: str, file: PlannedFile, fragment: Any) -> str:
    change = merge if file.state == "present" else remove
    try:
        return change(text, fragment, file.merge or MergeRules())
    except YamlError as error:
        raise errors.cannot_merge(file.path, error) from None
