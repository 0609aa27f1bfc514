# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Run a module where the task is aimed; hide the result of a success, and leave a failure readable."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import options as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError, redacted_errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import parse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS, Option
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._module_call import run_quietly

display = Display()


class ModuleAction(ActionBase):
    """Run a module that retrieves, with what only the control node knows.

    ``OPTIONS`` are those of the module; ``OF_TASK_ONLY`` are the names of those that no ``module_defaults`` of a group
    may have.
    """

    TRANSFERS_FILES = False
    # No async: its result is collected by async_status, which would show the secrets.
    _supports_async = False
    OPTIONS: ClassVar[Mapping[str, Option]] = OPTIONS
    OF_TASK_ONLY: ClassVar[frozenset[str]] = frozenset()

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module with the options that have a value."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            # A credential may have been pasted into another option as well.
            with redacted_errors(self._credentials()):
                arguments = self._arguments()
        except OptionError as error:
            return {**result, "failed": True, "msg": str(error), "step": error.step, **error.facts}
        variables = task_vars or {}
        result.update(run_quietly(self, self._task.action, arguments, variables))
        for line in result.pop("requests", ()):
            display.vvv(line, host=variables.get("inventory_hostname"))
        if not result.get("failed"):
            self._show_difference(result.pop("diff", None))
            result["_ansible_no_log"] = True
            # For a loop on ansible-core 2.16, which hides the items but hands their sum to callbacks as it is.
            self._task.no_log = True
        return result

    def _credentials(self) -> list[str]:
        given = self._task.args
        return [str(given[name]) for name, option in self.OPTIONS.items() if option.secret and given.get(name)]

    def _arguments(self) -> dict[str, Any]:
        """Return the options that have a value, in their types. Empty strings are valid for no other type than text.

        Raises:
            OptionError: an option does not exist, or its value is of another type (which Ansible would show), or it is
                one that only the task may have.
        """
        given, module = self._task.args, self._task.action
        for name in given:
            if name not in self.OPTIONS:
                raise errors.unknown_option(name, module, self.OPTIONS)
        for name in sorted(self.OF_TASK_ONLY):
            group = self._group_with(name)
            if group is not None:
                raise errors.not_for_a_group(name, group)
        return {name: parse.typed(name, value) for name, value in given.items() if value not in (None, "")}

    def _group_with(self, option: str) -> str | None:
        """Return the group that this action is in and whose ``module_defaults`` have the option."""
        defaults: dict[str, Any] = {}
        for level in self._task.module_defaults or ():
            defaults.update(level)
        members = self._task._parent._play._action_groups or {}
        groups = [f"group/{name}" for name in members.get(self._task.resolved_action, ())]
        return next((name for name in groups if option in self._names(defaults.get(name))), None)

    def _names(self, options: Any) -> Container[str]:
        """Return the names of options that may be a template altogether."""
        return options if isinstance(options, dict) else self._templar.template(options) or ()

    def _show_difference(self, difference: dict[str, str] | None) -> None:
        """Show what has changed. Callbacks could not: they do not get the result."""
        if difference is None or self._task.no_log:
            return
        for sign, text in (("-", difference["before"]), ("+", difference["after"])):
            for line in text.splitlines():
                display.display(f"{sign}{line}", color="red" if sign == "-" else "green")
