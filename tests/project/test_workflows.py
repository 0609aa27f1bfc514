# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the workflows of the public repository run what .ci/run does, and only call `make`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from matrix.versions import VERSIONS

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / ".github"
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
CI_RUN = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
CI = yaml.safe_load((GITHUB / "workflows" / "ci.yml").read_text(encoding="utf-8"))


def commands(workflow):
    """Return what the steps of a workflow run, once for each target in the matrix of a job."""
    for job in workflow["jobs"].values():
        targets = job.get("strategy", {}).get("matrix", {}).get("target", [""])
        for step in job.get("steps", []):
            for target in targets:
                yield step.get("run", "").replace("${{ matrix.target }}", target)


@pytest.mark.parametrize("path", sorted(GITHUB.glob("workflows/*.yml")), ids=lambda path: path.stem)
def test_a_workflow_calls_make_with_targets_that_exist(path):
    found = [
        command.split()[1] for command in commands(yaml.safe_load(path.read_text())) if command.startswith("make ")
    ]

    assert found
    assert set(found) <= TARGETS


def test_the_workflow_calls_every_target_that_ci_run_calls():
    called = {target for line in re.findall(r"^make (.*)", CI_RUN, re.MULTILINE) for target in line.split()}
    wanted = {target for target in called if target in TARGETS}

    assert {"static", "dynamic", "molecule", "demo"} <= wanted
    assert wanted <= {part for command in commands(CI) for part in command.split()}


def test_the_workflow_installs_packages_that_ci_run_installs():
    of_ci_run = set(re.findall(r"missing\+=\(([^)]*)\)", CI_RUN))

    assert set(CI["env"]["PACKAGES"].split()) <= of_ci_run


def test_the_workflow_has_a_job_for_every_ansible_core():
    assert CI["jobs"]["matrix"]["strategy"]["matrix"]["version"] == [version.series for version in VERSIONS]


@pytest.mark.parametrize("path", sorted(GITHUB.rglob("*.yml")), ids=lambda path: path.stem)
def test_every_file_is_yaml(path):
    assert yaml.safe_load(path.read_text(encoding="utf-8"))
