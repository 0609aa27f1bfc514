# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the role's variables, retrieves, plans and renders on the control node; config_files then does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.pending_services import stronger
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import options, parse
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.host import Host
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.plan import plan
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.render import Renderer
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrieval import Level
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrievals import Retrievals
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.variables import (
    PREFIX,
    Prefixed,
    Variables,
    plain,
)
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._near_misses import near_misses

OWN_OPTIONS = ("list", "token", "no_log", "pending_directory")
LOOKUP_PREFIX = "sysdig_token_"
# The variables that count, by what a misspelt one begins with: the last letter of a prefix may be what is missing.
KNOWN = {
    PREFIX[:-2]: [PREFIX + name for name in (*OWN_OPTIONS, *options.OPTIONS)],
    LOOKUP_PREFIX: [LOOKUP_PREFIX + name for name in (*options.OPTIONS, *options.LOOKUP_OPTIONS)],
}
SERVICES = "sysdig_integrations_services"  # the fact that the handlers read
_SECRET_VARIABLES = options.environment_variables(option for option in options.OPTIONS.values() if option.secret)


class ActionModule(ActionBase):
    """The action ``ibmcloud.sysdig.integrations``."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False
    _supports_diff = True
    _taken: tuple[dict[str, Any], dict[str, Any]] | None = None

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Bring the host to what the entries say, with one call of the module if it is so already."""
        super().run(tmp, task_vars)
        self._task_vars = task_vars or {}
        self._variables = Variables(self._templar, self._task_vars)
        try:
            arguments, environment = self._take_secrets()
            if "notified" in arguments:
                return self._forget(arguments["notified"])
            result = self._integrate(arguments, environment)
        except SysdigError as error:
            # Returned, not raised: ansible-core 2.16 says "An exception occurred" of what is raised.
            result = {"failed": True, "msg": str(error), "step": error.step, **error.facts}
        return _with_reassurance(result)

    def _integrate(self, arguments: dict[str, Any], environment: dict[str, Any]) -> dict[str, Any]:
        entries = self._variables.get(f"{PREFIX}list") or []
        if not isinstance(entries, list):
            raise errors.not_a_list(f"{PREFIX}list")
        retrievals = Retrievals(self._levels(arguments), environment, self._task_vars.get("inventory_hostname"))
        files = plan(entries, retrievals.result_of)
        result: dict[str, Any] = {"changed": False, "files": [], "services": {}}
        if files:
            result = self._host(retrievals).bring_about(files)
        warnings = [*result.get("warnings", []), *self._warnings(entries)]
        result |= {"warnings": warnings} if warnings else {}
        return result if result.get("failed") else self._with_services(result)

    def _levels(self, arguments: dict[str, Any]) -> list[Level]:
        """Where options of a retrieval are named, below an entry."""
        for name in arguments:
            if name not in options.OPTIONS:
                raise errors.unknown_argument(name)
        return [
            Level(Prefixed(self._variables, PREFIX), f"{PREFIX}{{}}"),
            Level(arguments, "{} (of module_defaults)"),
            Level(Prefixed(self._variables, LOOKUP_PREFIX), f"{LOOKUP_PREFIX}{{}}"),
        ]

    def _host(self, retrievals: Retrievals) -> Host:
        hide = self._variables.get(f"{PREFIX}no_log")
        show_secrets = hide is not None and not parse.boolean(f"{PREFIX}no_log", hide)
        pending_directory = self._variables.get(f"{PREFIX}pending_directory") or ""

        def call(arguments: Mapping[str, Any]) -> dict[str, Any]:
            secrets = [] if show_secrets else retrievals.secrets
            further = {"pending_directory": pending_directory, "secrets": secrets, "show_secrets": show_secrets}
            return self._call_module({**arguments, **further})

        role_path = self._task._role._role_path if self._task._role else ""
        return Host(call, Renderer(self._loader, self._templar, self._task_vars, role_path).render)

    def _take_secrets(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The task's arguments and environment, which callbacks and the host see without secrets from now on.

        They are taken from the task at the first of several attempts.
        """
        if self._taken is None:
            environment: dict[str, Any] = {}
            self._compute_environment_string(environment)
            environment = {name: str(value) for name, value in environment.items()}
            self._taken = plain(dict(self._task.args)), environment
            self._task.args, self._task.module_defaults = {}, []
            self._task.environment = [{k: v for k, v in environment.items() if k not in _SECRET_VARIABLES}]
        return self._taken

    def _call_module(self, arguments: dict[str, Any]) -> dict[str, Any]:
        returned: dict[str, Any] = self._execute_module(
            "ibmcloud.sysdig.config_files",
            module_args=arguments,
            # Some hosts log the arguments of every module to syslog, with what only looks like no secret.
            task_vars={**self._task_vars, "ansible_no_target_syslog": True},
        )
        returned.pop("invocation", None)
        return returned

    def _with_services(self, result: dict[str, Any]) -> dict[str, Any]:
        """The result, with the services of these files and those of earlier tasks for the handlers."""
        services = dict(result["services"])
        for service, action in self._task_vars.get("ansible_facts", {}).get(SERVICES, {}).items():
            services[service] = stronger(services.get(service, ""), action)
        return {**result, "services": services, "ansible_facts": {SERVICES: services}}

    def _forget(self, notified: list[str]) -> dict[str, Any]:
        """Note that the handlers have notified these services."""
        result: dict[str, Any] = {"changed": False}
        if notified:
            directory = self._variables.get(f"{PREFIX}pending_directory") or ""
            result = self._call_module({"files": [], "notified": notified, "pending_directory": directory})
        return {**result, "ansible_facts": {SERVICES: {}}}

    def _warnings(self, entries: list[Any]) -> list[str]:
        """What is probably a mistake. No text names the host, so that Ansible shows each once."""
        names = [name for name in self._task_vars if name != PREFIX[:-1]]
        found = [near for beginning, known in KNOWN.items() for near in near_misses(names, beginning, known)]
        warnings = [errors.misspelt_variable(*near) for near in found]
        return [str(warning) for warning in (warnings if entries else [*warnings, errors.nothing_to_do()])]


def _with_reassurance(result: dict[str, Any]) -> dict[str, Any]:
    """A failure that says so if the host is as it was. A module that crashed cannot tell."""
    crashed = "msg" not in result or "module_stdout" in result
    if not result.get("failed") or crashed:
        return result
    # From ansible-core 2.19 on, it would be shown in the place of the message.
    result = {name: value for name, value in result.items() if name != "exception"}
    if result.get("rolled_back", True) and "No file was changed" not in result["msg"]:
        result["msg"] = f"{result['msg'].rstrip()} {errors.UNCHANGED}"
    return result
