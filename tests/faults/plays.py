# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plays that make the retrievals: each cell is a host, because what it does is mostly to wait.

Tokens and access keys are compared where they are, and not shown.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ACCESS_KEY
from simulator.ids import DISABLED_ACCESS_KEY, ENABLED_ACCESS_KEY, OWNER_API_KEY
from tasks import LOOKUP, as_variables, retrieve

from .catalogue import CREATION, DELETION, DISABLING, INSTANCE_NAME, RETRIES, TEAM_NAME, TIMEOUT
from .cells import Cell

TASK = "Retrieve"
KEY_LOOKUP = "ibmcloud.sysdig.sysdig_access_key"
OPTIONS = {
    "api_key": OWNER_API_KEY,
    "instance_name": INSTANCE_NAME,
    "team_name": TEAM_NAME,
    "check_token": True,
    "timeout": TIMEOUT,
    "retries": RETRIES,
    "ca_path": "{{ ca_file }}",
    **dict.fromkeys(("url", "iam_url", "resource_controller_url"), "{{ urls[inventory_hostname] }}"),
}

KEY_MODULE = "ibmcloud.sysdig.sysdig_access_key"
WANTED = {
    CREATION: {"rotate": True},
    DISABLING: {"state": "disabled", "access_key": ENABLED_ACCESS_KEY},
    DELETION: {"state": "absent", "access_key": DISABLED_ACCESS_KEY},
}


def plays(shell: str, cells: dict[str, Cell], variables: dict[str, Any]) -> list[dict[str, Any]]:
    """The plays for the cells of one shell, by host.

    ``variables`` are ``urls`` (by host), ``ca_file``, ``token`` and ``access_key``.
    """
    return {"module": _with_module, "lookup": _with_lookups, "key_module": _with_key_module}[shell](cells, variables)


def _with_module(cells: dict[str, Cell], variables: dict[str, Any]) -> list[dict[str, Any]]:
    survivors = [host for host, cell in cells.items() if cell.survives]
    tokens = "survivors | map('extract', hostvars, ['sysdig', 'token']) | unique"
    compare = {"name": "Compare", "ansible.builtin.assert": {"that": f"{tokens} == [token]"}, "run_once": True}
    return [
        _play([retrieve(OPTIONS, TASK, ignore_errors=True)], variables, strategy="free"),
        _play([compare], {**variables, "survivors": survivors}),
    ]


def _with_lookups(cells: dict[str, Cell], variables: dict[str, Any]) -> list[dict[str, Any]]:
    of_key = [host for host, cell in cells.items() if cell.step == ACCESS_KEY]
    right_key, right_token = f"lookup('{KEY_LOOKUP}') == access_key", f"lookup('{LOOKUP}') == token"
    task = {
        "name": TASK,
        "ansible.builtin.assert": {"that": f"{right_key} if inventory_hostname in of_key else {right_token}"},
        "ignore_errors": True,
    }
    return [_play([task], {**variables, "of_key": of_key, **as_variables(OPTIONS)}, strategy="free")]


def _with_key_module(cells: dict[str, Cell], variables: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = {host: WANTED[cell.step] for host, cell in cells.items()}
    changes = {
        name: f"{{{{ wanted[inventory_hostname].{name} | default('') }}}}" for name in ("state", "rotate", "access_key")
    }
    options = {name: value for name, value in OPTIONS.items() if name not in ("team_name", "check_token")}
    task = {"name": TASK, KEY_MODULE: {**options, **changes}, "ignore_errors": True}
    return [_play([task], {**variables, "wanted": wanted}, strategy="free")]


def _play(tasks: list[dict[str, Any]], variables: dict[str, Any], **keywords: str) -> dict[str, Any]:
    return {"hosts": "all", "gather_facts": False, "tasks": tasks, "vars": variables, **keywords}
