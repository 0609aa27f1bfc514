# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ingestion of Prometheus remote write: `POST /prometheus/remote/write`."""

from __future__ import annotations

from .access import authenticate_by_api_token
from .messages import Request, Response, refusal
from .routing import Service, route
from .world import World


def _write(world: World, request: Request) -> Response:
    caller = authenticate_by_api_token(world, request)
    if caller.tenant.product != "monitor":
        raise refusal("sysdig", "not_found")
    if request.media_type() != "application/x-protobuf" or request.header_values("Content-Encoding") != ["snappy"]:
        raise refusal("sysdig", "unsupported_media_type", "remote write is application/x-protobuf, snappy-encoded")
    if not request.body:
        raise refusal("sysdig", "bad_request", "there is nothing to write")
    return Response(200, b"", "text/plain")


SERVICE = Service(
    "remote_write",
    ("/prometheus/remote/write",),
    "sysdig",
    (route("POST", "/prometheus/remote/write", _write),),
)
