# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the role's variables, retrieve, plan and render on the control node; config_files then does the rest."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.conflicts import services_not_noted
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import options, parse
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.conflicts import refuse_conflicts, written
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.host import Host
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.plan import plan
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import PlannedFile
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.render import Renderer
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrieval import Level
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrievals import Retrievals
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.variables import (
    LOOKUP_PREFIX,
    PREFIX,
    Variables,
    entry_list,
    levels_below,
    plain,
)
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._ledger import Ledger
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._module_call import refuse_host_without_files, run_quietly
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._near_misses import near_misses

OWN_OPTIONS = ("list", "token", "no_log", "pending_directory", "verify")
HANDLER_PARTS = ("services", "notified")  # arguments of the role's handlers
CHECK_PARTS = ("check", "check_type", "check_entry", "check_record")  # arguments of the check
# The variables that count, by what a misspelt one begins with: the last letter of a prefix may be what is missing.
KNOWN = {
    PREFIX[:-2]: [PREFIX + name for name in (*OWN_OPTIONS, *options.OPTIONS)],
    LOOKUP_PREFIX: [LOOKUP_PREFIX + name for name in (*options.OPTIONS, *options.LOOKUP_OPTIONS)],
}
_TAKEN = "_sysdig_integrations_taken"  # an attribute of the task, which stays in the process that runs it
_SECRET_VARIABLES = options.environment_variables(option for option in options.OPTIONS.values() if option.secret)


class ActionModule(ActionBase):
    """Run the action ``ibmcloud.sysdig.integrations``."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False
    _supports_diff = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Bring the host to what the entries say, with one call of the module if it is so already."""
        super().run(tmp, task_vars)
        self._task_vars = task_vars or {}
        self._variables = Variables(self._templar, self._task_vars)
        try:
            arguments, environment = self._take_secrets()
            if not arguments.keys().isdisjoint(HANDLER_PARTS):
                return self._handle(arguments)
            if "check" in arguments:
                result = self._check(arguments, environment)
                stats = {
                    "data": {"sysdig_check": {self._caller: result.get("checks")}},
                    "aggregate": True,
                    "per_host": False,
                }
                return {**result, "ansible_stats": stats} if "checks" in result else result
            result = self._integrate(arguments, environment)
        except SysdigError as failure:
            error = self._with_former_file(failure)
            # Returned, not raised: ansible-core 2.16 says "An exception occurred" of what is raised.
            result = {"failed": True, "msg": str(error), "step": error.step, **error.facts}
        return _with_reassurance(result)

    def _with_former_file(self, error: SysdigError) -> SysdigError:
        """Say of a failed retrieval since when the host has what it has, if that can be found out."""
        path = error.facts.pop("former_file", None)
        if path is None:
            return error
        try:
            status = self._execute_remote_stat(path, all_vars=self._task_vars, follow=True, checksum=False)
        except AnsibleError:  # the host may not be reachable, which is not what failed
            return error
        if not status.get("exists"):
            return error
        written = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(status["mtime"]))
        return errors.with_former_file(error, path, written)

    def _integrate(self, arguments: dict[str, Any], environment: dict[str, Any]) -> dict[str, Any]:
        entries = entry_list(self._variables)
        if entries:
            refuse_host_without_files(self)
        retrievals = Retrievals(self._levels(arguments), environment, self._task_vars.get("inventory_hostname"))
        files = plan(entries, retrievals.result_of)
        result: dict[str, Any] = {"changed": False, "files": [], "services": {}}
        if files:
            result = self._write(self._host(retrievals), files)
        warnings = [*result.get("warnings", []), *self._warnings(entries)]
        result |= {"warnings": warnings} if warnings else {}
        return result

    def _check(self, arguments: dict[str, Any], environment: dict[str, Any]) -> dict[str, Any]:
        """Return what is right and wrong on the host. What keeps it from being looked at is wrong too."""
        # Not needed by the role unless it checks.
        from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import checks
        from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check.lines import found
        from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations import check

        given = {name: arguments.pop(name, None) for name in CHECK_PARTS}
        parts = {name: "" if value is None or value is False else str(value) for name, value in given.items()}
        is_for_credential = arguments.pop("check_credential_only", None) or False

        def call(module_arguments: Mapping[str, Any]) -> dict[str, Any]:
            returned = run_quietly(self, "ibmcloud.sysdig.host_check", dict(module_arguments), self._task_vars)
            return {name: value for name, value in returned.items() if name != "invocation"}  # which has the tokens

        try:
            retrievals = Retrievals(self._levels(arguments), environment, self._task_vars.get("inventory_hostname"))
            if parse.boolean("check_credential_only", is_for_credential):
                return check.as_result(_credential_lines(retrievals, parts["check_record"]))
            if parts["check_record"]:
                raise checks.record_without_credential_only()
            refuse_host_without_files(self)
            entries = check.chosen(entry_list(self._variables), parts["check_type"], parts["check_entry"])
            files = plan(entries, retrievals.result_of)
            return check.Check(call, self._renderer.render, retrievals).result(files)
        except SysdigError as error:
            return check.as_result([found(getattr(error, "label", "") or "all entries", error)])

    def _write(self, host: Host, files: list[PlannedFile]) -> dict[str, Any]:
        """Bring the host to what is planned, with a note in its ledger."""
        ledger = Ledger(constants.DEFAULT_LOCAL_TMP, self._host_name)

        def refuse(earlier: Sequence[Mapping[str, Any]]) -> None:
            refuse_conflicts(files, earlier)

        call = ledger.enter([written(file) for file in files], refuse, self._task.check_mode)
        result = None
        try:
            result = host.bring_about(files)
        finally:
            if result is None or result.get("failed"):
                ledger.withdraw(call)
        if not result.get("failed"):
            services = {} if self._task.check_mode else result["services"]
            try:
                ledger.finish(call)
                ledger.note_services(services, self._caller, self._user, self._pending_directory)
            except SysdigError as error:
                raise services_not_noted(services, error) from None
        return result

    @property
    def _caller(self) -> str:
        """Return the host that the play runs on."""
        return str(self._task_vars["inventory_hostname"])

    @property
    def _user(self) -> tuple[bool, str, str, str]:
        """Return as whom the task acts. The handlers of a call have the same keywords and variables as its task."""

        def stated(keyword: str, variable: str) -> Any:
            value = self._variables.get(variable)
            return getattr(self._task, keyword) if value is None else value

        become, user, method = (stated(name, f"ansible_{name}") for name in ("become", "become_user", "become_method"))
        becomes = boolean(become or False, strict=False)
        names = (user, method) if becomes else ("", "")
        return (becomes, *(str(name or "") for name in (*names, stated("remote_user", "ansible_user"))))

    @property
    def _host_name(self) -> str:
        """Return the host that is acted on."""
        return str(self._task.delegate_to or self._caller)

    @property
    def _pending_directory(self) -> str:
        return str(self._variables.get(f"{PREFIX}pending_directory") or "")

    def _levels(self, arguments: dict[str, Any]) -> list[Level]:
        """Return where options of a retrieval are named, below an entry."""
        for name in arguments:
            if name not in options.OPTIONS:
                raise errors.unknown_argument(name)
        return levels_below(self._variables, arguments)

    def _host(self, retrievals: Retrievals) -> Host:
        hide = self._variables.get(f"{PREFIX}no_log")
        show_secrets = hide is not None and not parse.boolean(f"{PREFIX}no_log", hide)
        pending_directory = self._pending_directory

        def call(arguments: Mapping[str, Any]) -> dict[str, Any]:
            secrets = [] if show_secrets else [*retrievals.secrets, *arguments["secrets"]]
            further = {"pending_directory": pending_directory, "secrets": secrets, "show_secrets": show_secrets}
            return self._call_module({**arguments, **further})

        return Host(call, self._renderer.render)

    @property
    def _renderer(self) -> Renderer:
        role_path = self._task._role._role_path if self._task._role else ""
        return Renderer(self._loader, self._templar, self._task_vars, role_path)

    def _take_secrets(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Take the task's arguments and environment, which callbacks and the host see without secrets from now on.

        They are taken from the task at the first of several attempts, and kept with it: each attempt has a new action.
        """
        taken: tuple[dict[str, Any], dict[str, Any]] | None = getattr(self._task, _TAKEN, None)
        if taken is None:
            environment: dict[str, Any] = {}
            self._compute_environment_string(environment)
            environment = {name: str(value) for name, value in environment.items()}
            taken = plain(dict(self._task.args)), environment
            setattr(self._task, _TAKEN, taken)
            self._task.args, self._task.module_defaults = {}, []
            self._task.environment = [{k: v for k, v in environment.items() if k not in _SECRET_VARIABLES}]
        arguments, environment = taken
        return dict(arguments), environment

    def _call_module(self, arguments: dict[str, Any]) -> dict[str, Any]:
        returned = run_quietly(self, "ibmcloud.sysdig.config_files", arguments, self._task_vars)
        returned.pop("invocation", None)
        return returned

    def _handle(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return the services to notify for the host of the play, or note that some were notified on this host."""
        if "services" in arguments:
            return self._services_to_notify()
        notified = arguments["notified"]
        result: dict[str, Any] = {"changed": False}
        for directory in sorted({service["pending_directory"] for service in notified} - {""}):
            names = [service["name"] for service in notified if service["pending_directory"] == directory]
            result = self._call_module({"files": [], "notified": names, "pending_directory": directory})
        if not result.get("failed"):
            ledger = Ledger(constants.DEFAULT_LOCAL_TMP, self._host_name)
            ledger.forget_services(self._caller, [service["name"] for service in notified])
        return result

    def _services_to_notify(self) -> dict[str, Any]:
        ledgers = Ledger.with_notes_for(constants.DEFAULT_LOCAL_TMP, self._caller)
        of_hosts = [(ledger.host, ledger.take_services(self._caller, self._user)) for ledger in ledgers]
        return {
            "changed": False,
            "services": [service for _host, services in of_hosts for service in services],
            "hosts": [{"host": host, "services": services} for host, services in of_hosts if services],
        }

    def _warnings(self, entries: list[Any]) -> list[str]:
        """Return warnings of probable mistakes. No text names the host, so that Ansible shows each once."""
        names = [name for name in self._task_vars if name != PREFIX[:-1]]
        found = [near for beginning, known in KNOWN.items() for near in near_misses(names, beginning, known)]
        warnings = [errors.misspelt_variable(*near) for near in found]
        return [str(warning) for warning in (warnings if entries else [*warnings, errors.nothing_to_do()])]


def _credential_lines(retrievals: Retrievals, record: str) -> list[dict[str, str]]:
    # It imports requests, which costs a worker more than all else, and which the check of a host seldom needs.
    from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations import first_contact

    return first_contact.recorded_lines(retrievals, record) if record else first_contact.lines(retrievals)


def _with_reassurance(result: dict[str, Any]) -> dict[str, Any]:
    """Say in a failure if the host is as it was. A module that crashed cannot tell."""
    crashed = "msg" not in result or "module_stdout" in result
    if not result.get("failed") or crashed:
        return result
    # From ansible-core 2.19 on, it would be shown in the place of the message.
    result = {name: value for name, value in result.items() if name != "exception"}
    if result.get("rolled_back", True) and "No file was changed" not in result["msg"]:
        result["msg"] = f"{result['msg'].rstrip()} {errors.UNCHANGED}"
    return result
