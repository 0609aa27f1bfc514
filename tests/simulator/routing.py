# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a request to the function that answers it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import unquote

from .messages import Refusal, Request, Response, refusal
from .world import World


class Route(NamedTuple):
    """One endpoint; the groups of the pattern become arguments of the handler, percent-decoded."""

    method: str
    pattern: re.Pattern[str]
    handler: Callable[..., Response]


def route(method: str, pattern: str, handler: Callable[..., Response]) -> Route:
    """A route whose pattern has to match the whole path, still percent-encoded."""
    return Route(method, re.compile(pattern), handler)


@dataclass(frozen=True)
class Service:
    """One of the services that share the port.

    Attributes:
        name: how the record of requests, faults and latencies call it.
        prefixes: the paths that belong to it start with one of these.
        dialect: the family of refusals.json in which it says no.
        id_header: the header that tells the id of a request, for the support desk.
    """

    name: str
    prefixes: tuple[str, ...]
    dialect: str
    routes: tuple[Route, ...]
    id_header: str | None = None

    def answer(self, world: World, request: Request) -> Response:
        """The answer to a request, refusals included."""
        try:
            return self._handle(world, request)
        except Refusal as refused:
            return refused.response(request.id)

    def with_id(self, response: Response, request: Request) -> Response:
        """The answer with the request's id in its header, where the service has one."""
        if self.id_header is None:
            return response
        return replace(response, headers=(*response.headers, (self.id_header, request.id)))

    def _handle(self, world: World, request: Request) -> Response:
        path_is_known = False
        for candidate in self.routes:
            match = candidate.pattern.fullmatch(request.path)
            if match and candidate.method == request.method:
                return candidate.handler(world, request, *(unquote(group) for group in match.groups()))
            path_is_known = path_is_known or match is not None
        raise refusal(self.dialect, "method_not_allowed" if path_is_known else "not_found")
