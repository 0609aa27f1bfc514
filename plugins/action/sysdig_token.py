# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the module where the task is aimed; hide the result of a success, and leave a failure readable."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import options as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError, redacted_errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import parse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._module_call import run_quietly

display = Display()


class ActionModule(ActionBase):
    """The action of ``ibmcloud.sysdig.sysdig_token``."""

    TRANSFERS_FILES = False
    # No async: its result is collected by async_status, which would show the token.
    _supports_async = False

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module with the options that have a value."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            # A credential may have been pasted into another option as well.
            with redacted_errors(_credentials(self._task.args)):
                arguments = _arguments(self._task.action, self._task.args)
        except OptionError as error:
            return {**result, "failed": True, "msg": str(error), "step": error.step, **error.facts}
        variables = task_vars or {}
        result.update(run_quietly(self, self._task.action, arguments, variables))
        for line in result.pop("requests", ()):
            display.vvv(line, host=variables.get("inventory_hostname"))
        if not result.get("failed"):
            result["_ansible_no_log"] = True
            # For a loop on ansible-core 2.16, which hides the items but hands their sum to callbacks as it is.
            self._task.no_log = True
        return result


def _credentials(given: dict[str, Any]) -> list[str]:
    return [str(given[name]) for name, option in OPTIONS.items() if option.secret and given.get(name)]


def _arguments(module: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options that have a value, in their types. Empty strings are valid for no other type than text.

    Raises:
        OptionError: an option does not exist, or its value is of another type. Ansible would show that value.
    """
    for name in given:
        if name not in OPTIONS:
            raise errors.unknown_option(name, module, OPTIONS)
    return {name: parse.typed(name, value) for name, value in given.items() if value not in (None, "")}
