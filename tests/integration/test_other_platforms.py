# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that cannot have files of ours, but that a play for all hosts reaches: Windows, and network devices."""

from __future__ import annotations

import pytest
from ansible_playbook import HOSTS_PYTHON
from role_plays import GIVEN, ROLE, TOKEN, play, retrieving
from simulator.ids import METRICS
from tasks import keep, retrieve

# What Ansible's own connections for such hosts are to the rest of Ansible; nothing is behind them but this machine.
CONNECTION = """
from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = '''
name: {name}
short_description: Stands for another connection
description: Stands for another connection
author: nobody
'''


class Connection(Local):
    transport = "{name}"
    {attributes}
"""
WINDOWS = "module_implementation_preferences = ('.ps1', '.exe', '')"
DEVICE = "_remote_is_local = True"


@pytest.fixture
def reached_by(playbook):
    """Let the host be reached by a connection of this name."""

    def reach(name, attributes, **variables):
        playbook.write(f"connection_plugins/{name}.py", CONNECTION.format(name=name, attributes=attributes))
        host = {"ansible_connection": name, **variables}
        playbook.write("inventory.yml", {"all": {"hosts": {"localhost": host}}})

    return reach


@pytest.fixture
def windows(reached_by):
    reached_by("like_winrm", WINDOWS, ansible_shell_type="powershell")


@pytest.fixture
def device(reached_by):
    reached_by("like_network_cli", DEVICE, ansible_network_os="cisco.ios.ios")


@pytest.mark.parametrize("arguments", [(), ("--check",)], ids=["run", "check"])
@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("windows", "This host runs Windows, and files are written on Linux only. Take the host out of the play, or"),
        ("device", "With the connection like_network_cli, files of this host would be written on the control node. "),
    ],
)
def test_the_role_says_so_before_it_retrieves(playbook, simulator, etc, request, host, message, arguments):
    request.getfixturevalue(host)
    entries = [{"type": "env_file", "path": f"{etc}/env", "service": ""}]

    run = playbook.run_plays([play(retrieving(simulator), entries)], *arguments)

    (failed,) = [result for result in run.results if result.status == "failed"]
    assert failed.message.startswith(message)
    assert failed.message.endswith("Nothing was changed on this host.")
    assert "Traceback" not in run.output
    assert simulator.requests() == []
    assert not (etc / "env").exists()


@pytest.mark.parametrize("host", ["windows", "device"])
def test_the_check_does_not_look_at_the_control_node_instead(playbook, simulator, etc, request, host):
    request.getfixturevalue(host)
    entries = [{"type": "env_file", "path": f"{etc}/env", "service": ""}]
    playbook.write("group_vars/all.yml", {**retrieving(simulator), "sysdig_integrations_list": entries})
    # A playbook of a collection does not find plugins beside the inventory.
    playbook.environment["ANSIBLE_CONNECTION_PLUGINS"] = str(playbook.directory / "connection_plugins")

    run = playbook.run_playbook("ibmcloud.sysdig.check")

    assert run.rc != 0
    (line,) = run.task("Check the integrations").result["checks"]
    assert (line["entry"], line["status"]) == ("all entries", "failed")
    assert line["message"].startswith(("This host runs Windows", "With the connection like_network_cli"))
    assert simulator.requests() == []


def test_a_role_without_entries_has_nothing_against_them(playbook, windows):
    playbook.run_plays([play(GIVEN, [])]).succeeded()


def test_a_delegated_role_writes_where_it_is_delegated_to(playbook, windows, etc):
    playbook.secrets |= {"the token": TOKEN}
    playbook.secret_files |= {"etc/env"}
    local = {"ansible_connection": "local", "ansible_python_interpreter": HOSTS_PYTHON}
    entries = [{"type": "env_file", "path": f"{etc}/env", "service": ""}]
    role = {"name": ROLE, "apply": {"delegate_to": "linux"}}
    tasks = [
        {"name": "Add", "ansible.builtin.add_host": {"name": "linux", **local}},
        {"name": "Role", "ansible.builtin.include_role": role, "vars": {**GIVEN, "sysdig_integrations_list": entries}},
    ]

    playbook.run(tasks).succeeded()

    assert TOKEN in (etc / "env").read_text()


def test_the_module_says_so_on_windows(playbook, simulator, options, windows):
    run = playbook.run([retrieve(options)])

    (failed,) = run.results
    assert failed.status == "failed"
    assert failed.message == (
        "sysdig_token needs Python, and this host runs Windows."
        " Run the task on the control node with `delegate_to: localhost`."
    )
    assert simulator.requests() == []


def test_for_a_network_device_the_module_runs_on_the_control_node(playbook, simulator, options, device):
    run = playbook.run([retrieve(options), keep(value="sysdig")])

    assert run.succeeded().fact("value")["token"] == simulator.token(METRICS)
