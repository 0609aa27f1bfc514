# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role against a playbook written by hand, on hosts where nothing is to be changed any more."""

from __future__ import annotations

import re
from typing import Any

from simulator.client import SimulatorClient

from benchmarks import ways
from benchmarks.measure import IAM_LATENCY, SYSDIG_LATENCY, Cell, Say, delay
from benchmarks.project import WORK, BenchmarkError, Measurement, Project

MOST_HOSTS = 100
RUNS = 2
ROLE, BY_HAND = "role", "by_hand"
HOSTS = WORK / "hosts"
PROMETHEUS = """\
# What is scraped, and how often.
global:
  scrape_interval: 1m

scrape_configs:
  - job_name: node
    static_configs:
      - targets: ["localhost:9100"]
"""


def measure(project: Project, hosts: int, say: Say) -> dict[str, Cell]:
    """Wire a Prometheus and an environment file on every host, then measure further runs, which change nothing."""
    delay(project.simulator, IAM_LATENCY, SYSDIG_LATENCY)
    variables = ways.options(project.simulator)
    playbooks = {ROLE: _role(variables), BY_HAND: _by_hand(project.simulator)}
    for name, tasks in playbooks.items():
        _set_up_hosts(name, hosts)
        _check(project.run(tasks, variables, hosts), name, changed=True)
    cells = {name: Cell() for name in playbooks}
    for _run in range(RUNS):
        for name, tasks in playbooks.items():
            run = project.run(tasks, variables, hosts)
            _check(run, name, changed=False)
            cells[name].runs.append(run)
            say(f"{hosts:3} hosts, {name}, unchanged: {run.seconds:.2f} s")
    return cells


def _role(variables: dict[str, Any]) -> ways.Tasks:
    """The role, told by its own variables what the lookup is told by the others."""
    prefixed = {name.replace("sysdig_token_", "sysdig_integrations_"): f"{{{{ {name} }}}}" for name in variables}
    entries = [
        {"type": "prometheus", "path": f"{_folder(ROLE)}/prometheus.yml", "service_action": "none"},
        {"type": "env_file", "path": f"{_folder(ROLE)}/exporter"},
    ]
    role = {"name": "ibmcloud.sysdig.sysdig_integrations"}
    return [{"ansible.builtin.import_role": role, "vars": {**prefixed, "sysdig_integrations_list": entries}}]


def _by_hand(simulator: SimulatorClient) -> ways.Tasks:
    """The same by what comes with Ansible: the exchange once, then one task for each file."""
    folder = _folder(BY_HAND)
    entry = (
        "remote_write:\n"
        "  - name: sysdig\n"
        f"    url: {simulator.url}/prometheus/remote/write\n"
        "    authorization:\n"
        f"      credentials_file: {folder}/sysdig_token\n"
    )
    lines = "SDC_TOKEN={{ sysdig.json.token.key }}\n" + f"SDC_URL={simulator.url}\n"
    files: ways.Tasks = [
        _copy("{{ sysdig.json.token.key }}", f"{folder}/sysdig_token"),
        {
            "ansible.builtin.blockinfile": {
                "path": f"{folder}/prometheus.yml",
                "block": entry,
                "validate": "promtool check config %s",
            }
        },
        _copy(lines, f"{folder}/exporter"),
    ]
    return [
        *({**task, "run_once": True} for task in ways.two_requests()),
        *({**task, "no_log": True} for task in files),
    ]


def _copy(content: str, path: str) -> dict[str, Any]:
    return {"ansible.builtin.copy": {"content": content, "dest": path, "mode": "0600"}}


def _folder(name: str) -> str:
    """Where a host has its files for this playbook."""
    return f"{HOSTS}/{name}/{{{{ inventory_hostname }}}}"


def _set_up_hosts(name: str, hosts: int) -> None:
    """Every host has a Prometheus configuration, and nothing of Sysdig's."""
    for number in range(1, hosts + 1):
        host = HOSTS / name / f"host{number:03}"
        host.mkdir(parents=True)
        (host / "prometheus.yml").write_text(PROMETHEUS, encoding="utf-8")


def _check(run: Measurement, name: str, changed: bool) -> None:
    """Whether some host was changed, or none. Raises BenchmarkError."""
    counts = {int(count) for count in re.findall(r"changed=(\d+)", run.output)}
    if (counts != {0}) != changed:
        raise BenchmarkError(f"{name}: so many things were changed on each host: {sorted(counts)}")
