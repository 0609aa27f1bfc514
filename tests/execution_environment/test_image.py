# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run jobs in an execution environment: with the installed archive, credentials by environment only, over TLS."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from builder import ROOT, build, run
from secrecy.scan import files, search, search_files
from simulator.ids import METRICS, OWNER_API_KEY

# What makes a job show and keep the most.
VERBOSE = "-vvvv --diff"
# How many bytes of an image are searched at a time, and how many of them again with the next part.
PART, LONGEST_SPELLING = 2**26, 2**12


@dataclass(frozen=True)
class Job:
    """A finished job: its output, and a copy of its private data directory."""

    output: str
    private: Path


@pytest.fixture(scope="session")
def image(tmp_path_factory):
    """Build the image with an API key in the environment, as may happen on an engineer's machine."""
    return build(tmp_path_factory.mktemp("build"), {"IBMCLOUD_API_KEY": OWNER_API_KEY})


@pytest.fixture
def job(tmp_path, simulator, image):
    """Run the collection's own playbook in the image; the inventory's only host is the container."""

    def start(environment: dict[str, str], *volumes: str, **variables: Any) -> Job:
        local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        entries = {"sysdig_integrations_list": [{"type": "token_file", "path": "/runner/token"}]}
        inventory = {"all": {"hosts": {"exporter": {}}, "vars": {**local, **entries, **variables}}}
        hosts = tmp_path / "hosts"
        hosts.write_text(json.dumps(inventory), encoding="utf-8")
        environment = {**environment, "REQUESTS_CA_BUNDLE": "/simulator/ca.pem"}
        container = run(
            *("podman", "create", "--network=host", *(f"--env={name}" for name in environment)),
            *(f"--volume={simulator.ca_file}:/simulator/ca.pem:ro", f"--volume={hosts}:/runner/inventory/hosts:ro"),
            *(*(f"--volume={volume}:ro" for volume in volumes), image),
            *("ansible-runner", "run", "/runner", "--playbook", "ibmcloud.sysdig.wire"),
            *("--omit-env-files", f"--cmdline={VERBOSE}"),
            environment=environment,
        ).strip()
        try:
            output = run("podman", "start", "--attach", container)
            run("podman", "cp", f"{container}:/runner", tmp_path)
        finally:
            run("podman", "rm", "--force", container)
        return Job(output, tmp_path / "runner")

    return start


def at(simulator) -> dict[str, str]:
    """Return the variables that say where the instance is, and nothing else."""
    return {
        "IBMCLOUD_IAM_API_ENDPOINT": simulator.url,
        "SYSDIG_MONITOR_URL": simulator.url,
        "SYSDIG_IBM_MONITOR_INSTANCE_ID": simulator.instance(METRICS)["crn"],
    }


def check(job: Job, simulator) -> None:
    """Check that there was one request to each service, and that the token is where it belongs and nowhere else."""
    token = job.private / "token"
    assert token.read_text(encoding="utf-8") == simulator.token(METRICS)
    assert [f"{call['method']} {call['path']}" for call in simulator.requests()] == [
        "POST /identity/token",
        "GET /api/token",
    ]
    assert list(job.private.glob("artifacts/*/job_events/*.json"))
    # ansible-runner itself writes down the environment of each job, for the job's user alone.
    (start,) = job.private.glob("artifacts/*/command")
    assert start.stat().st_mode & 0o077 == 0
    assert search_files([path for path in files(job.private) if path not in (token, start)], simulator.secrets) == []
    assert search("the output", job.output.encode(), simulator.secrets) == []


def test_job_with_an_api_key(job, simulator):
    done = job({**at(simulator), "IBMCLOUD_API_KEY": OWNER_API_KEY})

    check(done, simulator)


def test_job_that_logs_in_as_its_pod_has_what_it_needs(job, simulator, tmp_path):
    profile = simulator.world["trusted_profiles"][0]
    pod_token = tmp_path / "pod-token"
    pod_token.write_text(profile["cr_token"], encoding="utf-8")

    done = job(
        at(simulator),
        f"{pod_token}:/var/run/secrets/tokens/vault-token",
        sysdig_integrations_auth_method="container",
        sysdig_integrations_iam_profile_name=profile["profile_name"],
    )

    check(done, simulator)


def test_image_has_no_secret_in_any_layer_or_in_its_history(image):
    # Layers come uncompressed; the collection's description, which is in one of them, proves that.
    description = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["description"]
    wanted = {"the API key": OWNER_API_KEY, "the description": description}
    leaks, end = [], b""
    with subprocess.Popen(["podman", "save", image], stdout=subprocess.PIPE) as save:
        while part := save.stdout.read(PART):
            leaks += search("the image", end + part, wanted)
            end = part[-LONGEST_SPELLING:]

    assert save.returncode == 0
    assert {leak.secret for leak in leaks} == {"the description"}
