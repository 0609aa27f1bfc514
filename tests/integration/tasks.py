# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that retrieve a token by the module or the lookup, and what the tests read afterwards."""

from __future__ import annotations

from typing import Any

from ansible_playbook import Playbook
from simulator.client import SimulatorClient

MODULE = "ibmcloud.sysdig.sysdig_token"
LOOKUP = "ibmcloud.sysdig.sysdig_token"


def retrieve(options: dict[str, Any], name: str = "Retrieve", **keywords: Any) -> dict[str, Any]:
    """A task with the module; its result is in the variable ``sysdig``."""
    return {"name": name, MODULE: options, "register": "sysdig", **keywords}


def keep(**expressions: str) -> dict[str, Any]:
    """A task that sets facts to the values of expressions."""
    facts = {name: f"{{{{ {expression} }}}}" for name, expression in expressions.items()}
    return {"name": "Keep", "ansible.builtin.set_fact": facts}


def as_variables(options: dict[str, Any]) -> dict[str, Any]:
    """Options under the names of the variables that the lookup reads."""
    return {f"sysdig_token_{name}": value for name, value in options.items()}


def evaluated(playbook: Playbook, expression: str, **play: Any) -> Any:
    """Return the value of one expression, as a playbook sees it."""
    return playbook.run([keep(value=expression)], **play).succeeded().fact("value")


def paths(simulator: SimulatorClient) -> list[str]:
    """List the paths of the requests that the simulator received, in order."""
    return [request["path"] for request in simulator.requests()]
