# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Join the parts of several entries to one environment file, each variable a list with a value of each entry.

Programs of VictoriaMetrics read their flags so: the first values belong together, and the second ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations import environment_file
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import PlannedFile

_HEADER = "# Written by the Ansible role ibmcloud.sysdig.sysdig_integrations. Changes made here are lost."
# Anything else could end an element of a list, or begin a quoted one.
_PLAIN_ELEMENT = re.compile(r"[A-Za-z0-9_@%+=:./?&~#-]+")


def joined(files: Sequence[PlannedFile], render: Callable[[PlannedFile], str]) -> str:
    """Return the text of one file. ``render`` returns the variables of an entry as a mapping in YAML.

    Raises:
        EntryError: a template fails, or the file cannot hold a variable.
    """
    parts = [_variables(file, render) for file in files]
    names = dict.fromkeys(name for part in parts for name in part)
    lists = {name: ",".join(_element(part.get(name, "")) for part in parts) for name in names}
    lines = [f"{name}={environment_file.quoted(value)}" for name, value in lists.items()]
    return "\n".join([_HEADER, *lines, ""])


def _variables(file: PlannedFile, render: Callable[[PlannedFile], str]) -> dict[str, str]:
    variables: dict[str, Any] = yaml.safe_load(render(file))
    try:
        for name, value in variables.items():
            environment_file.check(name, value, "remote_write")
    except OptionError as error:
        raise errors.in_entry(error, file.label) from None
    return {name: environment_file.text(value) for name, value in variables.items()}


def _element(value: str) -> str:
    return value if _PLAIN_ELEMENT.fullmatch(value) else json.dumps(value, ensure_ascii=False)
