# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How tests look into the simulator and change it: JSON over paths that no real service has."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .description import describe
from .faults import Fault
from .iam import API_KEY_GRANT
from .messages import Request, Response
from .modes import Modes
from .replay import Replay
from .simulator import SERVICES, Simulator
from .world import TokenSlot

PREFIX = "/_simulator/"


def answer(simulator: Simulator, request: Request) -> Response:
    """Carry out a control request; a mistake in it is 400 with the reason."""
    action = ACTIONS.get((request.method, request.path.removeprefix(PREFIX)))
    if action is None:
        return Response.of({"message": "no such control path"}, 404)
    try:
        document = json.loads(request.body) if request.body else {}
        with simulator.lock:
            return Response.of(action(simulator, document))
    except (ValueError, KeyError, TypeError) as error:
        return Response.of({"message": f"{type(error).__name__}: {error}"}, 400)


def _world(simulator: Simulator, document: dict[str, Any]) -> dict[str, Any]:
    return describe(simulator.world)


def _secrets(simulator: Simulator, document: dict[str, Any]) -> dict[str, str]:
    return simulator.world.secrets()


def _requests(simulator: Simulator, document: dict[str, Any]) -> list[dict[str, Any]]:
    return simulator.records


def _forget_requests(simulator: Simulator, document: dict[str, Any]) -> None:
    simulator.records.clear()


def _add_fault(simulator: Simulator, document: dict[str, Any]) -> None:
    _check_service(document.get("service"))
    simulator.faults.add(Fault.read(document))


def _clear_faults(simulator: Simulator, document: dict[str, Any]) -> None:
    simulator.faults.clear()


def _reset_token(simulator: Simulator, document: dict[str, Any]) -> dict[str, str]:
    slot = TokenSlot(document["tenant"], document["team_id"], document.get("username", ""))
    return {"token": simulator.world.reset_api_token(slot)}


def _add_access_key(simulator: Simulator, document: dict[str, Any]) -> dict[str, Any]:
    attributes = {name: value for name, value in document.items() if name != "tenant"}
    return vars(simulator.world.access_keys.create(document["tenant"], **attributes))


def _agents(simulator: Simulator, document: dict[str, Any]) -> list[dict[str, Any]]:
    return simulator.world.agents.describe()


def _set_modes(simulator: Simulator, document: dict[str, Any]) -> None:
    simulator.world.modes = Modes.read(document)


def _set_external_api_auth(simulator: Simulator, document: dict[str, Any]) -> None:
    settings, guid, value = simulator.world.external_api_auth, document["guid"], document["value"]
    if guid not in settings or value not in ("ANY", "IAM_ONLY", None):
        raise ValueError("no such instance or setting")
    settings[guid] = value


def _issue_iam_token(simulator: Simulator, document: dict[str, Any]) -> dict[str, Any]:
    identity = simulator.world.identity_with_api_key(document["api_key"])
    if identity is None:
        raise ValueError("no such API key")
    return simulator.world.iam_token(identity, API_KEY_GRANT, document.get("lifetime"))


def _set_token_lifetime(simulator: Simulator, document: dict[str, Any]) -> None:
    simulator.world.token_lifetime = float(document["seconds"])


def _set_latency(simulator: Simulator, document: dict[str, Any]) -> None:
    for service in document:
        _check_service(service)
    simulator.latency.update({service: float(seconds) for service, seconds in document.items()})


def _replay(simulator: Simulator, document: dict[str, Any]) -> None:
    simulator.replay = Replay(document)


def _reset(simulator: Simulator, document: dict[str, Any]) -> None:
    simulator.reset()


def _check_service(name: str | None) -> None:
    if name is not None and name not in {service.name for service in SERVICES}:
        raise ValueError(f"no such service: {name}")


ACTIONS: dict[tuple[str, str], Callable[[Simulator, dict[str, Any]], Any]] = {
    ("GET", "world"): _world,
    ("GET", "secrets"): _secrets,
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _forget_requests,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "tokens/reset"): _reset_token,
    ("POST", "access_keys"): _add_access_key,
    ("GET", "agents"): _agents,
    ("POST", "modes"): _set_modes,
    ("POST", "external_api_auth"): _set_external_api_auth,
    ("POST", "iam/tokens"): _issue_iam_token,
    ("POST", "iam/lifetime"): _set_token_lifetime,
    ("POST", "latency"): _set_latency,
    ("POST", "replay"): _replay,
    ("POST", "reset"): _reset,
}
