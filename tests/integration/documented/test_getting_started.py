# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Type off docs/getting_started.md, in an empty directory, as somebody who has never seen the collection."""

from __future__ import annotations

import json
from dataclasses import replace

import examples
import guide
import pytest
from ansible_playbook import HOSTS_PYTHON
from reader import written
from role_plays import DATA
from simulator.ids import METRICS, OWNER_API_KEY

PAGE = examples.ROOT / "docs" / "getting_started.md"
CRN = "crn:v1:bluemix:public:sysdig-monitor:us-south:a/...:...::"
URL = "https://us-south.monitoring.cloud.ibm.com"
INSTALLED = ("ansible-galaxy", "pip")  # already


@pytest.fixture
def page(simulator, host):
    """Return the page with what only its reader knows: key, CRN, the simulator's address, the host's directories."""
    own = {
        "IBMCLOUD_API_KEY=...": f"IBMCLOUD_API_KEY={OWNER_API_KEY}",
        CRN: simulator.instance(METRICS)["crn"],
        URL: simulator.url,
        "path: /etc/": f"path: {host}/etc/",
    }
    text = PAGE.read_text(encoding="utf-8")
    for theirs, ours in own.items():
        assert theirs in text
        text = text.replace(theirs, ours)
    return guide.steps(text)


@pytest.fixture
def reader(tmp_path, playbook, simulator):
    """Return a reader's empty directory and environment, with a host that is this machine."""
    for name in INSTALLED:
        command = playbook.write(f"bin/{name}", f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/installed\n')
        command.chmod(0o755)
    # Ansible runs a playbook of a collection in its own directory, where a test must leave nothing.
    manager = (DATA / "service.py").read_text(encoding="utf-8").replace("services.log", f"{tmp_path}/services.log")
    for name in ("service", "systemd", "sysvinit"):  # whatever starts services on this machine
        playbook.write(f"library/{name}.py", manager)
    directory = tmp_path / "reader"
    directory.mkdir()
    there = {"ansible_connection": "local", "ansible_python_interpreter": HOSTS_PYTHON, "ansible_become": False}
    pending = {"sysdig_integrations_pending_directory": str(tmp_path / "pending")}
    ours = directory / "sysdig" / "host_vars" / "web1.example.com.json"
    ours.parent.mkdir(parents=True)
    ours.write_text(json.dumps({**there, **pending}), encoding="utf-8")
    environment = {
        **playbook.environment,
        "PATH": f"{playbook.directory}/bin:{playbook.environment['PATH']}",
        "ANSIBLE_LIBRARY": str(playbook.directory / "library"),
        "IBMCLOUD_IAM_API_ENDPOINT": simulator.url,
        "IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT": simulator.url,
        "SYSDIG_MONITOR_URL": simulator.url,
        "SYSDIG_SECURE_URL": simulator.url,
        "REQUESTS_CA_BUNDLE": simulator.ca_file,
        "TASK_RESULTS_FILE": str(tmp_path / "results"),
    }
    return directory, environment


def test_it_can_be_typed_off(page, reader, tmp_path, simulator, host):
    directory, environment = reader

    printed = guide.follow(page, directory, environment, "a vault's password")

    token = simulator.token(METRICS)
    assert token not in printed
    assert written(host)["etc/prometheus/sysdig-token"] == token
    assert f"SYSDIG_MONITOR_API_TOKEN={token}\n" in written(host)["etc/default/sysdig-exporter"]
    assert OWNER_API_KEY not in (directory / "sysdig" / "group_vars" / "monitoring" / "vault.yml").read_text()
    assert (tmp_path / "services.log").read_text() == "prometheus reloaded\n"
    commands = [line.rpartition("/")[2] for line in (tmp_path / "installed").read_text().splitlines()]
    assert commands[:2] == ["ansible-galaxy collection install ibmcloud.sysdig", "pip install requests"]


@pytest.mark.parametrize("missing", ["group_vars/all.yml", "group_vars/monitoring/sysdig.yml", "inventory.yml"])
def test_it_fails_without_a_file(page, reader, missing):
    """The guide needs each of its files, so a file that it forgets to show is noticed."""
    without = [step for step in page if step.name != missing]
    assert len(without) == len(page) - 1

    with pytest.raises(guide.GuideError):
        guide.follow(without, *reader, "a vault's password")


def test_output_that_differs_from_the_page_is_noticed(page, reader):
    first = replace(page[0], output=("Something else",))

    with pytest.raises(guide.GuideError, match="'Something else' is not in"):
        guide.follow([first], *reader, "")
