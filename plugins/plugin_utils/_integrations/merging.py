# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""What configurations that belong to others are to hold, once the parts of all entries are merged into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import PlannedFile
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import merge, remove

# The whole of a file that had to be created, once what was merged into it is taken out again.
CREATED = "# Created by the Ansible role ibmcloud.sysdig.sysdig_integrations.\n"


def merged(
    files: Sequence[PlannedFile], contents: Mapping[str, bytes], render: Callable[[PlannedFile], str]
) -> dict[str, str]:
    """The new text of every file that is merged into, by path. ``contents`` is what exists on the host.

    Raises:
        EntryError: a file is missing, or cannot be read or edited.
    """
    texts: dict[str, str] = {}
    for file in files:
        if file.merge is None or (file.state == "absent" and file.path not in contents):
            continue
        try:
            if file.path not in texts:
                texts[file.path] = _existing(file, contents.get(file.path))
            texts[file.path] = _changed(file, texts[file.path], render(file))
        except OptionError as error:
            raise errors.in_entry(error, file.label) from None
    return texts


def _existing(file: PlannedFile, content: bytes | None) -> str:
    if content is None:
        if not file.create:
            raise errors.missing_configuration(file.path, file.service)
        return CREATED
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise errors.not_text(file.path) from None


def _changed(file: PlannedFile, text: str, part: str) -> str:
    assert file.merge is not None
    try:
        return (merge if file.state == "present" else remove)(text, yaml.safe_load(part), file.merge)
    except YamlError as error:
        raise errors.cannot_merge(file.path, error) from None
    except yaml.reader.ReaderError as error:
        raise errors.not_in_yaml(error.character) from None
