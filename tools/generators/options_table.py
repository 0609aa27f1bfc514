# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/options.md from the table of options: `make options`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "options.md"

INTRODUCTION = """\
# Options

The module and the lookup `ibmcloud.sysdig.sysdig_token` take these; the role takes them as
`sysdig_integrations_<option>`.

The lookup looks for an option in its arguments, then in the variable `sysdig_token_<option>`, then in the environment,
then in the section `[sysdig_token]` of `ansible.cfg` (secrets cannot be set there). The module looks in its
arguments, then in the environment where it runs. An empty string counts as not set, everywhere.

| an option is written as | and reaches |
|---|---|
| an argument of a task or lookup | that task or lookup |
| an option of an entry in `sysdig_integrations_list`, without prefix | that entry |
| the variable `sysdig_integrations_<option>` | the role |
| `module_defaults` of `group/ibmcloud.sysdig.all`, without prefix | the modules, and the role below its own variables |
| the variable `sysdig_token_<option>` | the lookups, and the role below those |
| an environment variable | all of these, where nothing above names it |
| the section `[sysdig_token]` of `ansible.cfg` | the lookups and the role, below all others |

`state`, `rotate` and `access_key` of the module `sysdig_access_key` are an error in the `module_defaults` of a group.
What an entry or a level replaces below it: [Integrations](integrations.md#several-instances-teams-and-products).

Credentials: give one. One given directly or by a variable wins over any from the environment; several in the
environment are taken in the order of this table. `MONITOR` in the name of a variable is for `product: monitor`,
`SECURE` for `product: secure`.
"""


def page() -> str:
    """Return the text of docs/options.md."""
    sys.path.insert(0, str(ROOT / ".build" / "collections"))
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import options

    return "\n".join(
        [
            INTRODUCTION,
            *_table(options.OPTIONS),
            "",
            "## Of the lookup only",
            "",
            *_table(options.LOOKUP_OPTIONS),
            "",
        ]
    )


def _table(options: dict[str, Any]) -> list[str]:
    rows = ["| option | meaning | environment |", "|---|---|---|"]
    for name, option in options.items():
        kind = f"`{option.type}`" + (", secret" if option.secret else "")
        allowed = f"one of {', '.join(f'`{choice}`' for choice in option.choices)}" if option.choices else ""
        default = "" if option.default is None else f"default `{str(option.default).lower()}`"
        stated = "; ".join(part for part in (kind, allowed, default) if part)
        variables = "<br>".join(f"`{variable.replace('{PRODUCT}', 'MONITOR')}`" for variable in option.environment)
        rows.append(f"| **`{name}`**<br>{stated} | {_plain(' '.join(option.description))} | {variables} |")
    return rows


def _plain(text: str) -> str:
    """Turn Ansible's markup into Markdown: O(x), V(x), C(x), E(x) are code."""
    return re.sub(r"\b[OVCE]\(([^()]+(?:\([^()]*\))?)\)", r"`\1`", text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
