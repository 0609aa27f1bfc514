# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Check one host: its files, what it can connect to, its services, and whether they deliver. Changes nothing."""

import base64
import time
from typing import Any, Dict, List, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import host_checks as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.host_checks import Finding
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check import file, metrics, network, service
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check.lines import Line, found, passed
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check.network import Address
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check.service import Service

_ADJUSTMENT = 0.1  # seconds that the clocks of systemd and of the file system may differ
_DEFAULTS: Dict[str, Any] = {
    **dict.fromkeys(("owner", "group", "consumer_group", "mode", "validate", "content", "fingerprint")),
    **{"validate_timeout": 60, "unsafe_writes": False, "secret": False},
}


class HostCheck:
    """Check a host. The arguments are those of the module host_check.

    Attributes:
        lines: what was found.
        files: for each file its path, whether it ``is_same`` as desired (None if it was not read), and its ``content``,
            Base64 encoded, if the caller has to judge it.
    """

    def __init__(self, files: List[Dict[str, Any]], programs: List[Dict[str, Any]]) -> None:
        self.lines: List[Line] = []
        self.files: List[Dict[str, Any]] = []
        self._programs = programs
        self._services: Dict[str, Service] = {}
        self._changed_at: Dict[str, float] = {}
        reached = network.look([address for program in programs for address in _addresses(program)])
        self._look_at_services()
        for parameters in files:
            self._look_at_file(parameters)
        for program in programs:
            self._report_network(program, reached)
        self._report_services()
        for program in programs:
            self._report_delivery(program)
            self._report_connection(program)

    def _look_at_services(self) -> None:
        for name, program in self._first_programs().items():
            try:
                self._services[name] = service.look(name)
            except SysdigError as error:
                self.lines.append(found(program["entry"], error))

    def _first_programs(self) -> Dict[str, Dict[str, Any]]:
        """Return the first program of each service, which stands for all entries of it."""
        first: Dict[str, Dict[str, Any]] = {}
        for program in self._programs:
            if program["service"]:
                first.setdefault(program["service"], program)
        return first

    def _look_at_file(self, parameters: Dict[str, Any]) -> None:
        entry, path = parameters["entry"], parameters["path"]
        try:
            seen = file.look({**_DEFAULTS, **parameters}, self._process_of(parameters["reader"]))
        except SysdigError as error:
            self.lines.append(found(entry, error, errors.FILE))
            self.files.append({"path": path, "is_same": None})
            return
        self.lines.append(passed(entry, errors.FILE, f"{path} is there, and {seen.reader} can read it"))
        self._changed_at[path] = seen.changed_at
        report: Dict[str, Any] = {"path": path, "is_same": seen.is_same}
        if parameters["merged"] or (parameters["is_token"] and not seen.is_same):
            report["content"] = base64.b64encode(seen.content or b"").decode("ascii")
        self.files.append(report)

    def _process_of(self, name: str) -> Optional[file.Process]:
        running = self._services.get(name)
        return service.process_of(running) if running else None

    def _report_network(self, program: Dict[str, Any], reached: Dict[Address, Optional[Finding]]) -> None:
        if not program["addresses"]:
            self.lines.append(found(program["entry"], errors.no_address()))
        for address in _addresses(program):
            problem = reached[address]
            answers = passed(program["entry"], errors.NETWORK, f"{address}, answers{address.trust}")
            self.lines.append(found(program["entry"], problem) if problem else answers)

    def _report_services(self) -> None:
        for name, program in self._first_programs().items():
            if name in self._services:
                try:
                    state = self._state_of(name)
                except SysdigError as error:
                    self.lines.append(found(program["entry"], error))
                else:
                    self.lines.append(passed(program["entry"], errors.SERVICE, f"{name} {state}"))

    def _state_of(self, name: str) -> str:
        """Return how a service is.

        Raises:
            Finding: it has not read a file since that changed, or this is not known.
        """
        if self._services[name].has_ended_well:
            return "has ended without an error, and reads its configuration when it is started again"
        for program in self._programs:
            changed_at = self._changed_at.get(program["path"])
            if program["service"] == name and changed_at is not None:
                if changed_at > time.time() + _ADJUSTMENT:
                    raise errors.changed_in_future(name, program["path"])
                if changed_at > (self._reloaded_at(program) or self._services[name].since) + _ADJUSTMENT:
                    raise errors.not_reloaded(name, program["path"])
        return "runs, and has read its configuration"

    def _reloaded_at(self, program: Dict[str, Any]) -> Optional[float]:
        """Return when a program says that it has read its configuration: it can be notified without systemd, too."""
        try:
            shown = metrics.read(program["metrics_url"], True) if program["metrics_url"] else None
        except SysdigError:
            return None
        return shown.total(metrics.RELOADED_AT) if shown else None

    def _report_delivery(self, program: Dict[str, Any]) -> None:
        if not program["metrics_url"]:
            return
        try:
            numbers = metrics.delivery(program)
        except SysdigError as error:
            self.lines.append(found(program["entry"], error))
        else:
            self.lines.append(passed(program["entry"], errors.DELIVERY, f"samples arrive: {numbers}"))

    def _report_connection(self, program: Dict[str, Any]) -> None:
        if program["type"] != "agent" or program["service"] not in self._services:
            return
        collector = _addresses(program)[0]
        try:
            is_connected = service.is_connected(program["service"], program["path"], collector.port)
            if not is_connected:
                raise errors.not_connected_agent(program["service"], str(collector))
        except SysdigError as error:
            self.lines.append(found(program["entry"], error))
        else:
            self.lines.append(passed(program["entry"], errors.AGENT, f"the agent is connected to {collector}"))


def _addresses(program: Dict[str, Any]) -> List[Address]:
    return [Address(**address) for address in program["addresses"]]
