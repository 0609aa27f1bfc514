# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Documentation of the options, made from the one table that states them (JSON is YAML)."""

from __future__ import annotations

import json

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import (
    ACCESS_KEY_OPTIONS,
    LOOKUP_OPTIONS,
    OPTIONS,
    definitions,
    documentation,
)


class ModuleDocFragment:
    """``ibmcloud.sysdig._options`` for modules and lookups, and further ones of a lookup and of the module
    of access keys: ``ibmcloud.sysdig._options.lookup``, ``ibmcloud.sysdig._options.access_key``.
    """

    DOCUMENTATION: str = json.dumps({"options": documentation(OPTIONS)})

    ACCESS_KEY: str = json.dumps({"options": documentation(ACCESS_KEY_OPTIONS)})

    LOOKUP: str = json.dumps(
        {
            "options": {
                name: {**definition, **documentation(LOOKUP_OPTIONS).get(name, {})}
                for name, definition in definitions({**OPTIONS, **LOOKUP_OPTIONS}).items()
            }
        }
    )
