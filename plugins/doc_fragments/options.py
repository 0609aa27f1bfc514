# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options, made from the one table that states them (JSON is YAML)."""

from __future__ import annotations

import json

from ansible_collections.ibmcloud.sysdig.plugins.module_utils.options import LOOKUP_OPTIONS, OPTIONS, documentation

SECTION = "sysdig_token"


def _sources(secret: bool, name: str) -> dict[str, list[dict[str, str]]]:
    """Where a plugin finds an option besides its arguments. A secret has no ini key: ini files are readable and shared."""
    sources = {"vars": [{"name": f"{SECTION}_{name}"}]}
    if not secret:
        sources["ini"] = [{"section": SECTION, "key": name}]
    return sources


class ModuleDocFragment:
    """``ibmcloud.sysdig.options`` for module and lookup; ``ibmcloud.sysdig.options.lookup`` for what only the lookup has."""

    DOCUMENTATION = json.dumps({"options": documentation(OPTIONS)})

    LOOKUP = json.dumps(
        {
            "options": {
                name: {**documentation(LOOKUP_OPTIONS).get(name, {}), **_sources(option.secret, name)}
                for name, option in {**OPTIONS, **LOOKUP_OPTIONS}.items()
            }
        }
    )
