# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All services behind requests, without a socket: fast enough for thousands of examples."""

from __future__ import annotations

import io
import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

GUID = "01234567-89ab-4def-8123-456789abcdef"
CRN = f"crn:v1:bluemix:public:sysdig-monitor:us-south:a/0123456789abcdef0123456789abcdef:{GUID}::"
API_KEY, IAM_TOKEN, TOKEN, ACCESS_KEY = "the-api-key", "the-iam-token", "the-token", "the-access-key"
TEAM_ID, TEAM = 101, "Größe: A/B"
INSTANCE = "metrics & more"


class Reply(NamedTuple):
    """What a service answers: a status, and a body that is JSON unless it is bytes."""

    body: Any
    status: int = 200

    def content(self) -> bytes:
        """The body as it is sent."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


USUAL = {
    "/identity/token": Reply({"access_token": IAM_TOKEN}),
    "/v2/resource_instances": Reply({"resources": [{"name": INSTANCE, "crn": CRN, "state": "active"}]}),
    "/api/teams": Reply({"teams": [{"id": TEAM_ID, "name": TEAM, "products": ["SDC", "SDS"]}]}),
    "/api/token": Reply({"token": {"key": TOKEN}}),
    "/api/users/me": Reply({"user": {"currentTeam": TEAM_ID}}),
    "/api/customer/accessKeys": Reply({"customerAccessKeys": [{"accessKey": ACCESS_KEY, "enabled": True}]}),
}


class Network:
    """Keeps every request in the form in which it would leave, and answers as usual unless a test says otherwise.

    ``replies`` are by path; a longer path gets the reply of the longest one above it.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start anew, for the next example."""
        self.sent: list[requests.PreparedRequest] = []
        self.replies = dict(USUAL)

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        """In the place of HTTPAdapter.send."""
        self.sent.append(request)
        path = urlsplit(request.url or "").path
        known = [known for known in self.replies if path.endswith(known) or f"{known}/" in path]
        reply = self.replies[max(known, key=len)] if known else Reply({}, 404)
        raw = urllib3.HTTPResponse(
            io.BytesIO(reply.content()), {"Content-Type": "application/json"}, reply.status, preload_content=False
        )
        return HTTPAdapter().build_response(request, raw)
