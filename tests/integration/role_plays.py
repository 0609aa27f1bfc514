# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays with the role, and what a run of it left behind."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from simulator.ids import METRICS, OWNER_API_KEY

ROLE = "ibmcloud.sysdig.sysdig_integrations"
WRITE = "Write the configuration of the integrations"
DATA = Path(__file__).resolve().parent / "role_data"
TOKEN, NEXT_TOKEN = "aaaa1111-first-token", "bbbb2222-second-token"
URL = "https://us-south.monitoring.cloud.ibm.com"
REMOTE_WRITE = "https://ingest.prws.us-south.monitoring.cloud.ibm.com/prometheus/remote/write"
GIVEN = {"sysdig_integrations_token": TOKEN, "sysdig_integrations_region": "us-south"}

WITHOUT_VALIDATION = {
    "tasks": [{"ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}}],
    "roles": [],
}


def play(variables, entries=None, **keywords):
    listed = {} if entries is None else {"sysdig_integrations_list": entries}
    return {
        "hosts": "all",
        "gather_facts": False,
        "roles": [{"role": ROLE}],
        "vars": {**variables, **listed},
        **keywords,
    }


def retrieving(simulator):
    """Variables of a role that retrieves its token from the simulator."""
    return {
        "sysdig_integrations_instance_id": METRICS,
        "sysdig_integrations_region": "us-south",
        "sysdig_integrations_url": simulator.url,
        "sysdig_integrations_iam_url": simulator.url,
        "sysdig_integrations_resource_controller_url": simulator.url,
        "sysdig_integrations_ca_path": simulator.ca_file,
        "sysdig_integrations_retries": 0,
        "sysdig_integrations_api_key": OWNER_API_KEY,
    }


PROMETHEUS = {"type": "prometheus", "path": "prometheus/prometheus.yml", "service": ""}
ENV_FILE = {"type": "env_file", "path": "default/exporter"}
TOKEN_FILE = {"type": "token_file", "path": "token"}
TEMPLATE = {"type": "template", "path": "mine.conf", "src": "mine.conf.j2"}
ALL = [PROMETHEUS, ENV_FILE, TOKEN_FILE, TEMPLATE]


def tree(directory):
    return {
        str(path.relative_to(directory)): (
            stat.S_IMODE(path.stat().st_mode),
            path.read_bytes(),
            path.stat().st_mtime_ns,
        )
        for path in directory.rglob("*")
        if path.is_file()
    }


def changed(run):
    """How many tasks changed something, by the recap."""
    return int(re.search(r"changed=(\d+)", run.output).group(1))


def modules(run):
    """How often a module ran on the host."""
    return len(re.findall(r"Using module file \S*/config_files\.py", run.output))
