# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input that module and lookup have to refuse alike: what is given, what is said, and how far it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.client import SimulatorClient
from simulator.ids import IAM_ONLY, OBJECT_STORAGE

UNKNOWN_KEY = "unknown-api-key-which-must-not-be-shown"


@dataclass(frozen=True)
class BadInput:
    """``changed`` options make it bad, the message has all that is ``said``, and ``calls`` are the paths requested."""

    name: str
    changed: dict[str, Any]
    said: tuple[str, ...]
    calls: tuple[str, ...] = ()

    def check(self, message: str) -> None:
        """Hold what was said against this row."""
        missing = [words for words in self.said if words not in message]
        assert not missing, f"{self.name}: {missing} not in {message!r}"


def bad_inputs(simulator: SimulatorClient) -> list[BadInput]:
    """The table, for this simulator; a fault has to put a portal of HTML at ``/portal``."""
    login, token = "/identity/token", "/api/token"
    storage = simulator.instance(OBJECT_STORAGE)["crn"].replace(":global:", ":us-south:")
    return [
        BadInput("no instance", {"instance_id": ""}, ("instance is missing", "Give instance_id")),
        BadInput("malformed GUID", {"instance_id": "1111-2222"}, ("instance_id='1111-2222'", "neither a GUID")),
        BadInput("malformed CRN", {"instance_id": "crn:v1:sysdig"}, ("instance_id='crn:v1:sysdig'", "ten parts")),
        BadInput(
            "CRN of another service",
            {"instance_id": storage},
            ("instance_id", "'cloud-object-storage'", "sysdig-monitor or sysdig-secure"),
        ),
        BadInput("no region", {"url": "", "region": "US South"}, ("region='US South'", "us-south")),
        BadInput("empty key", {"api_key": ""}, ("credential is missing", "Give api_key", "IBMCLOUD_API_KEY")),
        BadInput("key of white space", {"api_key": "   "}, ("api_key", "white space", "a value, or leave it out")),
        BadInput("key with a line break", {"api_key": f"{UNKNOWN_KEY}\n"}, ("api_key", "line break", "trim")),
        BadInput(
            "http URL", {"url": "http://sysdig.invalid"}, ("url='http://sysdig.invalid'", "https://", "allow_http")
        ),
        BadInput(
            "unknown key",
            {"api_key": UNKNOWN_KEY},
            ("IAM login", "BXNIM0415E", "could not be found", "Check"),
            (login,),
        ),
        BadInput(
            "unknown team",
            {"team_name": "Nobody"},
            ("Team lookup", "team_name='Nobody'", "SRE (102)"),
            (login, "/api/teams"),
        ),
        BadInput(
            "unreachable host",
            {"url": "https://sysdig.invalid"},
            ("Token retrieval", "https://sysdig.invalid/api/token", "Check the host name"),
            (login,),
        ),
        BadInput(
            "answer that is no JSON",
            {"iam_url": f"{simulator.url}/portal"},
            ("IAM login", "/portal/identity/token answered 200", "text/html", "login page"),
            ("/portal/identity/token",),
        ),
        BadInput(
            "instance for IAM tokens only",
            {"instance_id": IAM_ONLY},
            ("Token retrieval", "403", "Access is denied", "IAM_ONLY", "external_api_auth"),
            (login, token, "/v2/resource_instances"),
        ),
    ]
