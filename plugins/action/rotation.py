# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the steps of the playbook that rotates the access key, on the control node; agent_status looks at a host."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as entry_errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import rotation as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError, redacted_errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import options, parse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve_access_key import (
    ListedKeys,
    list_access_keys,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import opened
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _rotation
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import Retrieval, fallback_options
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._fetch import settings_and_login
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import Entry, label
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrieval import (
    CALL_OPTIONS,
    Level,
    combine,
)
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrievals import overlaid
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.variables import (
    PREFIX,
    Variables,
    entry_list,
    levels_below,
    plain,
)
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._ledger import Ledger
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._module_call import run_quietly

display = Display()
Outcome = TypeVar("Outcome")

# What the playbook registers.
ENTRY = "rotation_entry"
KEYS = "rotation_keys"
REACHED = "rotation_reached"
PROOF = "rotation_proof"
AGENT = TYPES["agent"]
# What two agents may differ in and still have the same access key.
_OF_CREDENTIAL = {*options.GROUPS["credential"], *CALL_OPTIONS}


class ActionModule(ActionBase):
    """Run the action ``ibmcloud.sysdig.rotation``."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Take one step."""
        super().run(tmp, task_vars)
        self._task_vars = task_vars or {}
        self._variables = Variables(self._templar, self._task_vars)
        steps = {
            "look": self._look,
            "begin": self._begin,
            "prove": self._prove,
            "stop": self._stop,
            "finish": self._finish,
        }
        try:
            return steps[self._task.args["step"]]()
        except SysdigError as error:
            return {"failed": True, "msg": str(error), "step": error.step, **error.facts}

    # --- The steps ---

    def _look(self) -> dict[str, Any]:
        entry = self._agent()
        if entry is None:
            return {"changed": False, "has_agent": False, "path": AGENT.path, "service": AGENT.service, "place": ""}
        chosen, _written = self._retrieval(entry)
        place = {name: value for name, value in chosen.items() if name not in _OF_CREDENTIAL}
        service = entry.get("service")
        return {
            "changed": False,
            "has_agent": True,
            "path": entry.file_path,
            "service": AGENT.service if service in (None, "") else service,
            "place": hashlib.sha256(json.dumps(place, sort_keys=True, default=str).encode()).hexdigest(),
        }

    def _begin(self) -> dict[str, Any]:
        self._refuse_parts_to_disable()
        host = self._first_with_agent()
        if host != self._host_name:  # another host does it
            return {"changed": False, "skipped": True}
        named = str(self._variables.get("old_access_key") or "").strip()
        is_dry_run = bool(self._task.check_mode)
        found = self._with_keys([named], lambda listed: _rotation.begin(listed, named, is_dry_run))
        keys = {"old": found.old, "new": found.new, "summary": _rotation.says_begun(found)}
        return {"changed": found.is_created, **keys, "_ansible_no_log": True}

    def _prove(self) -> dict[str, Any]:
        old, new = self._keys()
        entry = self._registered(ENTRY)
        # What the role has written on this host in this playbook run.
        files = {str(file["path"]) for file in Ledger(constants.DEFAULT_LOCAL_TMP, self._host_name).written()}
        arguments = {
            "path": entry["path"],
            "service": entry["service"],
            "old_key": old,
            "new_key": new,
            "files": sorted(files - {entry["path"]}),
        }
        status = run_quietly(self, "ibmcloud.sysdig.agent_status", arguments, self._task_vars)
        if status.get("failed") or status.get("unreachable"):
            return {**status, "proven": False}
        reason = _rotation.why_unproven(status, entry["path"], entry["service"], entry["has_agent"])
        if reason is not None:
            return {"failed": True, "msg": str(reason), "proven": False, "reason": [reason.problem, reason.remedy]}
        return {"changed": False, "proven": True, "has_new": status["key"] == "new"}

    def _stop(self) -> dict[str, Any]:
        task = plain(self._task_vars.get("ansible_failed_task") or {})
        failure = plain(self._task_vars.get("ansible_failed_result") or {})
        items = [item for item in failure.get("results") or () if isinstance(item, Mapping) and item.get("failed")]
        failure = items[0] if items else failure
        message = " ".join(failure.get("reason") or [str(failure.get("msg") or errors.SHOWN_ABOVE)])
        # Before ansible-core 2.19, nothing tells of a handler that failed.
        where = task.get("name") or task.get("action") or errors.RESTART
        if self._task.check_mode:  # there is no new key
            return {"failed": True, "msg": message}
        old, new = self._keys()
        with redacted_errors([old, new]):
            raise errors.stopped(where, self._host_name, message, old, new)

    def _finish(self) -> dict[str, Any]:
        if self._task.check_mode:
            return {"changed": False, "skipped": True}
        self._refuse_parts_to_disable()
        old, new = self._keys()
        reasons, seen = self._reasons()
        if reasons:
            raise errors.unproven(old, new, reasons)
        if not seen:
            raise errors.nothing_proven(old)
        if not self._is_to_disable:
            is_whole = not self._limit and not _rotation.slice_of(self._task_vars)
            return {"changed": False, "summary": _rotation.says_rolled_out(old, new, is_whole)}
        changed = self._with_keys([old, new], lambda listed: _rotation.finish(listed, old, new))
        return {"changed": changed, "summary": _rotation.says_done(old, new)}

    # --- What they know ---

    @property
    def _host_name(self) -> str:
        return str(self._task_vars["inventory_hostname"])

    @property
    def _is_to_disable(self) -> bool:
        wanted = self._variables.get("disable_old")
        return wanted is not None and parse.boolean("disable_old", wanted)

    @property
    def _limit(self) -> str:
        return str(self._task_vars.get("ansible_limit") or "")

    def _refuse_parts_to_disable(self) -> None:
        """Refuse to disable a key that hosts may use which this playbook run does not see."""
        if not self._is_to_disable:
            return
        if self._limit:
            raise errors.limited(self._limit)
        sliced = _rotation.slice_of(self._task_vars)
        if sliced:
            raise errors.sliced(sliced)

    def _agent(self) -> Entry | None:
        """Return the entry of the host's agent, if it has one."""
        found = []
        for number, given in enumerate(entry_list(self._variables), start=1):
            if isinstance(given, Mapping) and given.get("type") == "agent":
                try:
                    found.append(Entry(given))
                except SysdigError as error:
                    raise entry_errors.in_entry(error, label(number, given)) from None
        present = [entry for entry in found if entry.state == "present"]
        if len(present) > 1:
            raise errors.several_entries(len(present))
        return present[0] if present else None

    def _retrieval(self, entry: Entry) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """Return the options of the agent's retrieval, and how each is written."""
        chosen = combine([Level(entry.retrieval), *levels_below(self._variables, {})])
        return chosen.options, chosen.written

    def _with_keys(self, secrets: list[str], use: Callable[[ListedKeys], Outcome]) -> Outcome:
        """List the access keys of the agent's instance, and return what ``use`` makes of them."""
        entry = self._agent()
        if entry is None:
            raise errors.no_agents()
        chosen, written = self._retrieval(entry)

        def name_of(option: str) -> str:
            return written.get(option) or PREFIX + option

        with overlaid(self._environment()):
            retrieval = Retrieval(
                chosen,
                dict(os.environ),
                fallback_options(),
                constants.DEFAULT_LOCAL_TMP,
                None,
                _show if display.verbosity > 2 else None,
                self._host_name,
                entry_errors.ENVIRONMENT,
            )
            try:
                settings, log_in = settings_and_login(retrieval)
                with opened(settings, retrieval.on_request) as transport:
                    transport.keep_secret(*filter(None, secrets))
                    return use(list_access_keys(settings, transport, log_in))
            except SysdigError as error:
                raise error.named(name_of) from None

    def _environment(self) -> dict[str, str]:
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        return {name: str(value) for name, value in environment.items()}

    def _registered(self, name: str, host: str | None = None) -> dict[str, Any]:
        """Return what the playbook has registered for a host, by default this one, in this playbook run."""
        variables = self._task_vars if host is None else self._task_vars["hostvars"][host]
        value = variables.get(name)
        return plain(dict(value)) if isinstance(value, Mapping) else {}

    def _hosts(self) -> list[str]:
        return [str(host) for host in self._task_vars["groups"]["all"]]

    def _first_with_agent(self) -> str:
        """Return the first host of the play that has an agent; all of them must be of one instance."""
        hosts = [str(host) for host in self._task_vars["ansible_play_hosts_all"]]
        places = {host: entry["place"] for host in hosts if (entry := self._registered(ENTRY, host)).get("has_agent")}
        if not places:
            raise errors.no_agents()
        first, *others = places
        for other in others:
            if places[other] != places[first]:
                raise errors.different_instances(first, other)
        return first

    def _keys(self) -> tuple[str, str]:
        """Return the old and the new access key, which the first step has registered for one host."""
        for host in self._hosts():
            keys = self._registered(KEYS, host)
            if keys.get("old") and keys.get("new"):
                return keys["old"], keys["new"]
        raise errors.not_begun()

    def _reasons(self) -> tuple[dict[str, str], bool]:
        """Return why hosts are not proven, and whether any agent was seen with the new key.

        Under --limit or in a slice, hosts that are not in the play are not looked at.
        """
        hosts = [str(host) for host in self._task_vars["ansible_play_hosts_all"]] if self._limit else self._hosts()
        reasons, seen = {}, False
        for host in hosts:
            proof = self._registered(PROOF, host)
            if not proof.get("proven"):
                is_unreachable = self._registered(REACHED, host).get("unreachable")
                default = errors.UNREACHABLE if is_unreachable else errors.NOT_LOOKED_AT
                reasons[host] = (proof.get("reason") or [proof.get("msg") or default])[0].rstrip(".")
            seen = seen or bool(proof.get("has_new"))
        return reasons, seen


def _show(line: str) -> None:
    display.vvv(f"ibmcloud.sysdig.rotate_access_key: {line}")
