# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the retrieval's options into the role, from the table of options: `make options`.

The specification of a role cannot use documentation fragments. A test holds it to what this writes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "sysdig_integrations"
PREFIX = "sysdig_integrations_"


def role_options() -> dict[str, dict[str, Any]]:
    """The options of the role that are those of the lookup, as its specification has them."""
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS, documentation

    documented = documentation(OPTIONS)
    options = {}
    for name, option in OPTIONS.items():
        description = [re.sub(r"\bO\(", f"O({PREFIX}", sentence) for sentence in documented[name]["description"]]
        if option.choices:
            description.append(f"One of {', '.join(f'V({choice})' for choice in option.choices)}.")
        if option.default is not None:
            description.append(f"By default V({str(option.default).lower()}).")
        options[PREFIX + name] = {
            "description": description,
            # An empty string must pass, which is neither a number nor a boolean. Null passes if there is no default.
            "type": "str" if option.type in ("int", "bool") else option.type,
            **({"no_log": True} if option.secret else {}),
        }
    return options


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def write_below(path: Path, marker: str, lines: list[str]) -> None:
    """Replace everything below the line that begins with ``marker``."""
    head, marker, rest = path.read_text(encoding="utf-8").partition(marker)
    path.write_text("\n".join([head + marker + rest.splitlines()[0], *lines]) + "\n", encoding="utf-8")


def main() -> None:
    sys.path.insert(0, str(ROOT / ".build" / "collections"))
    text = yaml.dump(role_options(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    specified = [" " * 6 + line for line in text.splitlines()]
    write_below(ROLE / "meta" / "argument_specs.yml", "# The options of the retrieval.", specified)


if __name__ == "__main__":
    main()
