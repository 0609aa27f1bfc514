# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector, as far as an access key matters to it: it keeps the connections of agents whose key is enabled.

The agents' own protocol is not public. Here an agent sends `POST /collector/agents` with
`{"customerid": ACCESS_KEY, "hostname": NAME}` and keeps the connection open; it is cut off by the connection's end.
"""

from __future__ import annotations

import json
from typing import Any

from .connected_agents import ConnectedAgent
from .messages import Request, Response, refusal
from .routing import Service, route
from .world import World

PATH = "/collector/agents"


def _connect(world: World, request: Request) -> Response:
    document = _document(request)
    access_key = document["customerid"]
    tenant_id, key = world.access_keys.owner(access_key) or ("", None)
    if key is None or not key.enabled:
        raise refusal("sysdig", "access_denied")
    if key.limit is not None and world.agents.count(access_key) >= key.limit:
        raise refusal("sysdig", "access_denied")
    agent = ConnectedAgent(access_key, document["hostname"], tenant_id, key.team_id)
    world.agents.add(agent)
    return Response(200, b"connected\n", "text/plain", agent=agent)


def _document(request: Request) -> dict[str, Any]:
    try:
        document = json.loads(request.body)
    except ValueError as error:
        raise refusal("sysdig", "bad_request", "the body is not JSON") from error
    if not isinstance(document, dict) or {name: type(value) for name, value in document.items()} != {
        "customerid": str,
        "hostname": str,
    }:
        raise refusal("sysdig", "bad_request", "the body is not an object with customerid and hostname")
    return document


SERVICE = Service("collector", ("/collector/",), "sysdig", (route("POST", PATH, _connect),))
