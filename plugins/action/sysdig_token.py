# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module where the task is aimed; hides the result of a success, and leaves a failure readable."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """The action of ``ibmcloud.sysdig.sysdig_token``."""

    TRANSFERS_FILES = False
    # No async: its result is collected by async_status, which would show the token.
    _supports_async = False

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module, with empty strings left out: they count as unset, but are not valid for every type."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        given = {name: value for name, value in self._task.args.items() if value not in (None, "")}
        result.update(self._execute_module(self._task.action, module_args=given, task_vars=task_vars))
        if not result.get("failed"):
            result["_ansible_no_log"] = True
            # For a loop on ansible-core 2.16, which hides the items but hands their sum to callbacks as it is.
            self._task.no_log = True
        return result
