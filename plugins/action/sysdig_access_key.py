# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the module of the same name, and show no access key."""

from __future__ import annotations

from typing import ClassVar

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import (
    ACCESS_KEY_OPTIONS,
    OPTIONS,
    Option,
)
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._module_action import ModuleAction


class ActionModule(ModuleAction):
    """Run the action of ``ibmcloud.sysdig.sysdig_access_key``."""

    OPTIONS: ClassVar[dict[str, Option]] = {**OPTIONS, **ACCESS_KEY_OPTIONS}
    # With `state: absent` for a whole group, a task that was to read an access key would delete one.
    OF_TASK_ONLY = frozenset(ACCESS_KEY_OPTIONS)
