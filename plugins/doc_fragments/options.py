# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options, made from the one table that states them (JSON is YAML)."""

from __future__ import annotations

import json

from ansible_collections.ibmcloud.sysdig.plugins.module_utils.options import (
    LOOKUP_OPTIONS,
    OPTIONS,
    definitions,
    documentation,
)


class ModuleDocFragment:
    """``ibmcloud.sysdig.options`` for module and lookup; ``ibmcloud.sysdig.options.lookup`` for the lookup besides."""

    DOCUMENTATION: str = json.dumps({"options": documentation(OPTIONS)})

    LOOKUP: str = json.dumps(
        {
            "options": {
                name: {**definition, **documentation(LOOKUP_OPTIONS).get(name, {})}
                for name, definition in definitions({**OPTIONS, **LOOKUP_OPTIONS}).items()
            }
        }
    )
