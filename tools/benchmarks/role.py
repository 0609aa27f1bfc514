# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the role on hosts in the desired state, beside a playbook written by hand and one ping task."""

from __future__ import annotations

import grp
import os
import re
from collections.abc import Callable
from typing import Any

from simulator.client import SimulatorClient

from benchmarks import ways
from benchmarks.measure import IAM_LATENCY, SYSDIG_LATENCY, Cell, Say, delay
from benchmarks.project import WORK, BenchmarkError, Measurement, Project

MOST_HOSTS = 100
RUNS = 2
ROLE, WIRE, BY_HAND, PING = "this role, by `roles:`", "this role, by `ibmcloud.sysdig.wire`", "written by hand", "ping"
# The playbooks that write files, by the folder of their hosts.
FOLDERS = {ROLE: "role", WIRE: "wire", BY_HAND: "by_hand"}
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


def measure(project: Project, hosts: int, say: Say, runs: int = RUNS) -> dict[str, Cell]:
    """Write a Prometheus and an environment file on every host, then measure further runs, which change nothing.

    Raises:
        BenchmarkError: a run fails, or does not change what it should.
    """
    delay(project.simulator, IAM_LATENCY, SYSDIG_LATENCY)
    playbooks = _playbooks(project, hosts)
    for name, folder in FOLDERS.items():
        set_up_hosts(folder, hosts)
        check_changes(playbooks[name](), name, changed=True)
    cells = {name: Cell() for name in playbooks}
    for _run in range(runs):
        for name, run in playbooks.items():
            measured = run()
            check_changes(measured, name, changed=False)
            cells[name].runs.append(measured)
            say(f"{hosts:3} hosts, {name}, unchanged: {measured.seconds:.2f} s")
    for name in (ROLE, WIRE):
        say(f"{hosts:3} hosts, {name}, by one ping: {cells[name].seconds / cells[PING].seconds:.2f}")
    return cells


def _playbooks(project: Project, hosts: int) -> dict[str, Callable[[], Measurement]]:
    variables = ways.options(project.simulator)
    roles = {"roles": ["ibmcloud.sysdig.sysdig_integrations"], "vars": _role_variables(variables, ROLE)}
    by_hand = _by_hand(project.simulator)
    return {
        ROLE: lambda: project.run_play(roles, hosts),
        WIRE: lambda: project.run_playbook("ibmcloud.sysdig.wire", _role_variables(variables, WIRE), hosts),
        BY_HAND: lambda: project.run(by_hand, variables, hosts),
        PING: lambda: project.run([{"ansible.builtin.ping": {}}], {}, hosts),
    }


def _role_variables(variables: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the variables of the role that say what the lookup's say, and the files to write."""
    return {**prefixed(variables), "sysdig_integrations_list": entries(folder_of_host(FOLDERS[name]))}


def prefixed(variables: dict[str, Any]) -> dict[str, Any]:
    """Return the variables of the role that say what those of the lookup say."""
    return {key.replace("sysdig_token_", "sysdig_integrations_"): value for key, value in variables.items()}


def entries(folder: str) -> list[dict[str, Any]]:
    """Return the entries of a Prometheus and an environment file in a folder."""
    # The default group, prometheus, may not enter everybody's checkout.
    group = grp.getgrgid(os.getgid()).gr_name
    return [
        {"type": "prometheus", "path": f"{folder}/prometheus.yml", "service_action": "none", "group": group},
        {"type": "env_file", "path": f"{folder}/exporter"},
    ]


def _by_hand(simulator: SimulatorClient) -> ways.Tasks:
    """Return tasks that do the same with what comes with Ansible: the exchange once, then one task for each file."""
    folder = folder_of_host(FOLDERS[BY_HAND])
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


def folder_of_host(folder: str) -> str:
    """Return the directory of a host's files, as a template."""
    return f"{HOSTS}/{folder}/{{{{ inventory_hostname }}}}"


def set_up_hosts(folder: str, hosts: int) -> None:
    """Give every host a Prometheus configuration, and nothing of Sysdig's."""
    for number in range(1, hosts + 1):
        host = HOSTS / folder / f"host{number:03}"
        host.mkdir(parents=True)
        (host / "prometheus.yml").write_text(PROMETHEUS, encoding="utf-8")


def check_changes(run: Measurement, name: str, changed: bool) -> None:
    """Check that something was changed, or nothing.

    Raises:
        BenchmarkError: it is the other way round.
    """
    counts = {int(count) for count in re.findall(r"changed=(\d+)", run.output)}
    if (counts != {0}) != changed:
        raise BenchmarkError(f"{name}: number of changes on the hosts: {sorted(counts)}")
