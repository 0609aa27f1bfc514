# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page docs/ways_in.md: its examples run as they stand, and its tables speak of options that exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils.options import LOOKUP_OPTIONS, OPTIONS
from simulator.client import OWNER_API_KEY

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ways_in.md"
METRICS = "11111111-1111-4111-8111-111111111111"
PROTECTION = "22222222-2222-4222-8222-222222222222"
EUROPE = "88888888-8888-4888-8888-888888888888"
ADMIN, OPERATOR = "admin@customer.invalid", "operator@customer.invalid"
NAME = "ibmcloud.sysdig.sysdig_token"


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def examples(page):
    return [task for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) for task in yaml.safe_load(block)]


def test_the_examples_work_as_they_stand(playbook, simulator, examples, tmp_path):
    command = playbook.write("bin/ibmcloud", f"#!/bin/sh\necho 'IAM token:  Bearer {simulator.iam_token()}'\n")
    command.chmod(0o755)
    home = Path(playbook.environment["HOME"])
    (home / "ibmcloud-key.json").write_text(json.dumps({"apikey": OWNER_API_KEY}), encoding="utf-8")
    (home / "pod-token").write_text("sim-compute-resource-token-0001", encoding="utf-8")
    playbook.environment.update(
        PATH=f"{command.parent}:{playbook.environment['PATH']}",
        IBMCLOUD_API_KEY=OWNER_API_KEY,
        SYSDIG_IBM_MONITOR_INSTANCE_ID=simulator.instance(METRICS)["crn"],
        ANSIBLE_PIPELINING="1",
    )
    urls = dict.fromkeys(("url", "iam_url", "resource_controller_url"), simulator.url)
    at = {**urls, "ca_path": simulator.ca_file, "retries": 0}
    variables = {
        "vault_ibmcloud_api_key": OWNER_API_KEY,
        "monitoring_crn": simulator.instance(METRICS)["crn"],
        "pod_token_file": str(home / "pod-token"),
        "token_file": str(tmp_path / "token"),
        "vault_sysdig_token": simulator.customer_token("saas-monitor", ADMIN),
        "sysdig_url": simulator.url,
        "sysdig_ca_path": simulator.ca_file,
        **{f"sysdig_token_{name}": value for name, value in at.items()},
    }
    playbook.secret_files |= {"token"}
    tasks = []
    for number, example in enumerate(examples):
        # The one thing that is not as it stands: a test may not write where pods mount their token.
        pod = (
            {"cr_token_file": "{{ pod_token_file }}"}
            if (example.get(NAME) or {}).get("auth_method") == "container"
            else {}
        )
        tasks.append({**example, NAME: {**example[NAME], **pod}} if pod else example)
        if NAME in example:
            tasks.append({"name": f"Result {number}", "ansible.builtin.set_fact": {"way": "{{ sysdig.token }}"}})

    run = playbook.run(tasks, vars=variables, module_defaults={"group/ibmcloud.sysdig.all": at}).succeeded()

    metrics = simulator.token(METRICS)
    tokens = [r.result["ansible_facts"]["way"] for r in run.results if r.task.startswith("Result ")]
    assert tokens == [
        *[metrics] * 8,
        *(simulator.token(PROTECTION), metrics, simulator.token(EUROPE)),
        *(simulator.token(METRICS, 103), simulator.token(METRICS, 102)),
        simulator.customer_token("saas-monitor", ADMIN),
        simulator.customer_token("saas-monitor", OPERATOR, 9102),
    ]
    assert (tmp_path / "token").read_text(encoding="utf-8") == metrics


def test_the_tables_name_options_that_exist_and_every_one_that_is_a_way_in(page):
    cells = [line.split("|")[2] for line in page.splitlines() if line.startswith("| ")]
    named = {word.partition(":")[0] for cell in cells for word in re.findall(r"`([^`]+)`", cell)}

    assert named <= {*OPTIONS, *LOOKUP_OPTIONS}
    elsewhere = {"iam_url", "resource_controller_url", "check_token", "validate_certs", "allow_http"}
    assert {*OPTIONS} - named == elsewhere | {"timeout", "retries"}
