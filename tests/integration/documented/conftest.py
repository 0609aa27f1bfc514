# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project of a reader of the documentation, and the host that is configured from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reader import ADMIN
from role_plays import DATA
from simulator.ids import CR_TOKEN, EUROPE, METRICS, OWNER_API_KEY, PROTECTION


@pytest.fixture
def host(tmp_path):
    """The directory below which the host's configuration is, with files that somebody looks after."""
    for name, path in (
        ("prometheus.yml", "etc/prometheus/prometheus.yml"),
        ("dragent.yaml", "opt/draios/etc/dragent.yaml"),
        ("otel.yaml", "etc/otelcol-contrib/config.yaml"),
    ):
        place = tmp_path / "host" / path
        place.parent.mkdir(parents=True)
        place.write_bytes((DATA / name).read_bytes())
    (tmp_path / "host" / "etc" / "exporter").mkdir()
    return tmp_path / "host"


@pytest.fixture
def project(playbook, simulator, host):
    """A reader's project: variables, templates and environment that the examples speak of."""
    command = playbook.write("bin/ibmcloud", f"#!/bin/sh\necho 'IAM token:  Bearer {simulator.iam_token()}'\n")
    command.chmod(0o755)
    home = Path(playbook.environment["HOME"])
    (home / "ibmcloud-key.json").write_text(json.dumps({"apikey": OWNER_API_KEY}), encoding="utf-8")
    (home / "pod-token").write_text(CR_TOKEN, encoding="utf-8")
    crn = simulator.instance(METRICS)["crn"]
    playbook.environment.update(
        PATH=f"{command.parent}:{playbook.environment['PATH']}",
        IBMCLOUD_API_KEY=OWNER_API_KEY,
        IBMCLOUD_IAM_API_ENDPOINT=simulator.url,
        SYSDIG_IBM_MONITOR_INSTANCE_ID=crn,
        SYSDIG_MONITOR_URL=simulator.url,
        SYSDIG_SECURE_URL=simulator.url,
        REQUESTS_CA_BUNDLE=simulator.ca_file,
        ANSIBLE_PIPELINING="1",
    )
    variables = {
        "vault_ibmcloud_api_key": OWNER_API_KEY,
        "monitoring_crn": crn,
        "protection_crn": simulator.instance(PROTECTION)["crn"],
        "monitoring_crns": [crn, simulator.instance(EUROPE)["crn"]],
        "pod_token_file": str(home / "pod-token"),
        "token_file": f"{host}/token",
        "vault_sysdig_token": simulator.customer_token("saas-monitor", ADMIN),
        "sysdig_url": simulator.url,
        "sysdig_ca_path": simulator.ca_file,
        # For the module config_files, and the one task of the role.
        "token": simulator.token(METRICS),
        "configuration": "scrape_configs: []\n",
        "sysdig_integrations_list": [{"type": "template", "src": "exporter.conf.j2", "path": f"{host}/mine"}],
    }
    playbook.write("group_vars/all.yml", variables)
    here = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    hosts = {"monitoring": {"hosts": {"here": {**here, "ansible_become": False}}}}
    playbook.write("inventory.yml", {"all": {"children": hosts}})
    playbook.write("templates/exporter.conf.j2", "{{ sysdig.token }} {{ sysdig.url }}\n")
    playbook.write("library/service.py", (DATA / "service.py").read_text())
    playbook.secret_files |= {"host/*", "project/retrieved"}
    return playbook
