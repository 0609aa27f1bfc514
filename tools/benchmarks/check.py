# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the check of hosts that are in order, beside the role on the same hosts."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import role, ways
from benchmarks.measure import IAM_LATENCY, SYSDIG_LATENCY, Cell, Say, delay
from benchmarks.project import Measurement, Project

CHECK, WIRE = "the check", "the role"
FOLDER = "check"


def measure(project: Project, hosts: int, say: Say, runs: int) -> dict[str, Cell]:
    """Write three files of two teams on every host, then measure the check and further runs of the role.

    Raises:
        BenchmarkError: something is wrong on a host, or the role changes what it should not.
    """
    delay(project.simulator, IAM_LATENCY, SYSDIG_LATENCY)
    variables = _variables(project)
    role.set_up_hosts(FOLDER, hosts)
    playbooks: dict[str, Callable[[], Measurement]] = {
        WIRE: lambda: project.run_playbook("ibmcloud.sysdig.wire", variables, hosts),
        CHECK: lambda: project.run_playbook("ibmcloud.sysdig.check", variables, hosts),
    }
    role.check_changes(playbooks[WIRE](), WIRE, changed=True)
    cells = {name: Cell() for name in playbooks}
    for _run in range(runs):
        for name, run in playbooks.items():
            measured = run()
            role.check_changes(measured, name, changed=False)
            cells[name].runs.append(measured)
            say(f"{hosts:3} hosts, {name}: {measured.seconds:.2f} s, {measured.sysdig_calls} calls of Sysdig")
    say(f"{hosts:3} hosts, {CHECK} by {WIRE}: {cells[CHECK].seconds / cells[WIRE].seconds:.2f}")
    return cells


def _variables(project: Project) -> dict[str, object]:
    folder = role.folder_of_host(FOLDER)
    entries = [
        *role.entries(folder),
        {"type": "token_file", "path": f"{folder}/token", "team_id": 102},
    ]
    return {**role.prefixed(ways.options(project.simulator)), "sysdig_integrations_list": entries}
