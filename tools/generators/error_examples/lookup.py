# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors and warnings of the lookups."""

from __future__ import annotations

from typing import Any

HEADING = "Lookups"

LOOKUP = "ibmcloud.sysdig.sysdig_token"
ANSIBLE_CFG = "/home/ops/ansible.cfg"
OPTIONS = ("api_key", "team_id", "validate_certs")

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "empty_term": [(2,)],
    "list_as_term": [(1, LOOKUP)],
    "instance_beside_term": [()],
    "unknown_argument": [("tema_id", LOOKUP, OPTIONS)],
    "misspelt_variable": [("sysdig_token_team", "sysdig_token_team_id or sysdig_token_team_name")],
    "secret_in_ansible_cfg": [("api_key", ANSIBLE_CFG, ("IBMCLOUD_API_KEY",)), ("token", ANSIBLE_CFG, ())],
    "unknown_in_ansible_cfg": [("validate_cert", ANSIBLE_CFG, OPTIONS)],
}
