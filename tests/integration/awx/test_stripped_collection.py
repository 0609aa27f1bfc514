# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the playbooks of a collection of which only what Ansible needs is left: a rule of Galaxy."""

from __future__ import annotations

import shutil

import pytest
from controller import KEY
from credentials import ROOT, shipped
from role_plays import TOKEN_FILE, retrieving
from simulator.ids import METRICS

KEPT = ("meta", "playbooks", "plugins", "roles")
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


@pytest.fixture(scope="session")
def stripped(requirements_collections, tmp_path_factory):
    """The installed archive with nothing left but four folders, as a path of collections."""
    collections = tmp_path_factory.mktemp("stripped")
    collection = ("ansible_collections", "ibmcloud", "sysdig")
    for name in KEPT:
        shutil.copytree(requirements_collections.joinpath(*collection, name), collections.joinpath(*collection, name))
    return collections


@pytest.fixture(autouse=True)
def _only_the_stripped_one(playbook, stripped):
    """Playbooks find no other copy of the collection, and an empty home."""
    assert not list(stripped.joinpath("ansible_collections/ibmcloud/sysdig").glob("*.*"))
    playbook.environment["ANSIBLE_COLLECTIONS_PATH"] = str(stripped)


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_every_playbook_passes_the_syntax_check(playbook, name):
    playbook.run_playbook(f"ibmcloud.sysdig.{name}", "--syntax-check").succeeded()


def test_wire_writes_the_token(playbook, simulator, stripped, etc):
    playbook.secret_files.add("etc/token")
    entries = [{**TOKEN_FILE, "path": f"{etc}/token"}]
    path = playbook.write("variables.yml", {**retrieving(simulator), "sysdig_integrations_list": entries})
    playbook.secret_files.add(str(path.relative_to(etc.parent)))

    run = playbook.run_playbook("ibmcloud.sysdig.wire", "--extra-vars", f"@{path}", "-vvv").succeeded()

    assert (etc / "token").read_text(encoding="utf-8") == simulator.token(METRICS)
    used = {line.split("Using module file ", 1)[1] for line in run.output.splitlines() if "Using module file " in line}
    assert [path for path in used if "/ibmcloud/sysdig/" in path]
    assert all(path.startswith(str(stripped)) for path in used if "/ibmcloud/sysdig/" in path)
    assert str(ROOT / "plugins") not in run.output


def test_awx_is_set_up(awx, set_up, page):
    set_up(**page["setup"]).succeeded()

    credential_type = awx.named("credential_types", "IBM Cloud Sysdig")
    assert credential_type["injectors"] == shipped("injectors.yml")
    assert awx.named("credentials", "IBM Cloud Sysdig")["inputs"]["api_key"] == KEY
    assert awx.named("job_templates", "Wire Sysdig")["survey_spec"] == shipped("survey.yml")
