# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the ways to a token that are compared, as the tasks that a playbook needs for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.client import SimulatorClient
from simulator.ids import METRICS, OWNER_API_KEY

from benchmarks.project import COPIES

LOOKUP = "ibmcloud.sysdig.sysdig_token"
LARGE = 200  # hosts from which one run takes so long that fewer are made

Tasks = list[dict[str, Any]]


@dataclass(frozen=True)
class Way:
    """One way to the token.

    Attributes:
        name: in tables.
        runs: how often it is measured, with fewer hosts than LARGE.
        large_runs: the same from LARGE hosts on.
        most_hosts: it is measured with.
        why_no_more: said where it is not measured.
    """

    name: str
    tasks: Tasks
    runs: int = 2
    large_runs: int = 1
    most_hosts: int = LARGE
    why_no_more: str = ""

    def runs_with(self, hosts: int) -> int:
        """Return how often it is measured with so many hosts."""
        if hosts > self.most_hosts:
            return 0
        return self.large_runs if hosts >= LARGE else self.runs


def options(simulator: SimulatorClient) -> dict[str, Any]:
    """Return the variables of every play: the options of the lookup, as they would be in group_vars."""
    return {
        "sysdig_token_api_key": OWNER_API_KEY,
        "sysdig_token_instance_id": METRICS,
        "sysdig_token_url": simulator.url,
        "sysdig_token_iam_url": simulator.url,
        "sysdig_token_ca_path": simulator.ca_file,
    }


def module() -> Tasks:
    """Return a task with the module, whose arguments are the variables of the lookup."""
    names = ("api_key", "instance_id", "url", "iam_url", "ca_path")
    return [{LOOKUP: {name: f"{{{{ sysdig_token_{name} }}}}" for name in names}, "register": "result"}]


def two_requests() -> Tasks:
    """Return the exchange by what comes with Ansible."""
    common = {"ca_path": "{{ sysdig_token_ca_path }}"}
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "{{ sysdig_token_api_key }}"}
    log_in = {
        **common,
        "url": "{{ sysdig_token_iam_url }}/identity/token",
        "method": "POST",
        "body_format": "form-urlencoded",
        "body": form,
    }
    headers = {
        "Authorization": "Bearer {{ iam.json.access_token }}",
        "IBMInstanceID": "{{ sysdig_token_instance_id }}",
    }
    get_token = {**common, "url": "{{ sysdig_token_url }}/api/token", "headers": headers}
    return [
        {"ansible.builtin.uri": log_in, "register": "iam", "no_log": True},
        {"ansible.builtin.uri": get_token, "register": "sysdig", "no_log": True},
    ]


def copy(content: str) -> Tasks:
    """Return a task that writes the token into a file of each host."""
    return [
        {
            "ansible.builtin.copy": {
                "content": content,
                "dest": f"{COPIES}/{{{{ inventory_hostname }}}}",
                "mode": "0600",
            },
            "diff": False,
            "no_log": True,
        }
    ]


WAYS = (
    # The two that are compared get more runs than the others, because they differ by a few percent only.
    Way("this lookup", copy(f"{{{{ lookup('{LOOKUP}') }}}}"), runs=5, large_runs=3),
    Way("without its cache", copy(f"{{{{ lookup('{LOOKUP}', cache=false) }}}}")),
    Way(
        "two uri tasks",
        [*two_requests(), *copy("{{ sysdig.json.token.key }}")],
        most_hosts=50,
        why_no_more="three tasks for each host would take longer than most of the rest together",
    ),
    Way("ansible.builtin.env", copy("{{ lookup('ansible.builtin.env', 'KNOWN_TOKEN') }}"), runs=5, large_runs=3),
)
