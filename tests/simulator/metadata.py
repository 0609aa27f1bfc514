# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metadata service of a virtual server on VPC: an identity token, and the IAM access token it is exchanged for.

Sources: IBM Cloud documentation, "Identity operations" (2025-12-15) and "Updating to the 2025-08-26 version of the VPC
Identity API"; IBM's SDK core 3.28 for a profile that is selected by its name. The real service is reachable from its
own server only, so it asks for no credential. The header Metadata-Flavor is documented for the identity token alone.
"""

from __future__ import annotations

import json
import re
import time
from datetime import date
from typing import Any

from .access import bearer
from .iam import COMPUTE_RESOURCE_GRANT
from .inhabitants import TrustedProfile
from .messages import Request, Response, refusal, single_fields
from .routing import Service, route
from .tokens import TokenError
from .world import World

OLDEST_VERSION = "2022-03-01"
# From this version on, the paths without "instance_" replace the older ones.
RENAMED_SINCE = "2025-08-26"
IDENTITY_GRANT = "instance-identity"
LIFETIMES = range(5, 3601)  # seconds
DEFAULT_LIFETIME = 300  # seconds
PROFILE_ATTRIBUTES = {"id": "profile_id", "crn": "crn", "name": "profile_name"}


def _identity_token(world: World, request: Request) -> Response:
    _check_version(world, request)
    if request.header_values("Metadata-Flavor") != ["ibm"]:
        raise refusal("metadata", "bad_request", "exactly one header 'Metadata-Flavor: ibm' is needed")
    document = _document(request, "expires_in")
    lifetime = document.get("expires_in", DEFAULT_LIFETIME)
    if isinstance(lifetime, bool) or lifetime not in LIFETIMES:
        raise refusal("metadata", "bad_request", "expires_in is not a whole number from 5 to 3600")
    server = world.virtual_server
    token, _claims = world.signer.issue(server.crn, server.account, lifetime, IDENTITY_GRANT)
    return _token_answer(token, lifetime)


def _iam_token(world: World, request: Request) -> Response:
    _check_version(world, request)
    if request.header_values("Metadata-Flavor") not in ([], ["ibm"]):
        raise refusal("metadata", "bad_request", "the header Metadata-Flavor is not 'ibm'")
    try:
        claims = world.signer.verify(bearer(request, "metadata"))
    except TokenError as error:
        raise refusal("metadata", "unauthorized", str(error)) from error
    if claims["grant_type"] != IDENTITY_GRANT:
        raise refusal("metadata", "unauthorized", "the token is not an identity token")
    profile = _profile(world, _document(request, "trusted_profile").get("trusted_profile"))
    answer = world.iam_token(profile.identity, COMPUTE_RESOURCE_GRANT)
    return _token_answer(answer["access_token"], answer["expires_in"])


def _check_version(world: World, request: Request) -> None:
    try:
        parameters = single_fields(request.query)
        version = parameters.pop("version", "")
        if parameters or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", version):
            raise ValueError("the one query parameter is version=YYYY-MM-DD")
        if not date.fromisoformat(OLDEST_VERSION) <= date.fromisoformat(version) <= date.today():
            raise ValueError(f"version is not between {OLDEST_VERSION} and today")
    except ValueError as error:
        raise refusal("metadata", "bad_request", str(error)) from error
    is_new_path = request.path.startswith("/identity/")
    if (version >= RENAMED_SINCE) != is_new_path or (world.modes.bare_metal and not is_new_path):
        raise refusal("metadata", "not_found")


def _document(request: Request, *known: str) -> dict[str, Any]:
    """The JSON object in the body, which may be absent. The content type does not matter: curl sends a form's."""
    try:
        document = json.loads(request.body or b"{}")
    except ValueError as error:
        raise refusal("metadata", "bad_request", "the body is not JSON") from error
    if not isinstance(document, dict) or not document.keys() <= set(known):
        raise refusal("metadata", "bad_request", f"the body is not an object with {', '.join(known)}")
    return document


def _profile(world: World, wanted: Any) -> TrustedProfile:
    """The linked profile that is asked for, by default the first."""
    linked = world.virtual_server.trusted_profiles
    if wanted is None:
        return linked[0]
    if not isinstance(wanted, dict) or len(wanted) != 1 or not wanted.keys() <= PROFILE_ATTRIBUTES.keys():
        raise refusal("metadata", "bad_request", "trusted_profile is not an object with either id, crn or name")
    ((name, value),) = wanted.items()
    for profile in linked:
        if getattr(profile, PROFILE_ATTRIBUTES[name]) == value:
            return profile
    raise refusal("metadata", "profile_not_linked")


def _token_answer(token: str, lifetime: int) -> Response:
    now = time.time()
    return Response.of(
        {
            "access_token": token,
            "created_at": _timestamp(now),
            "expires_at": _timestamp(now + lifetime),
            "expires_in": lifetime,
        }
    )


def _timestamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


SERVICE = Service(
    "metadata",
    ("/instance_identity/v1/", "/identity/v1/"),
    "metadata",
    (
        route("PUT", r"/(?:instance_)?identity/v1/token", _identity_token),
        route("POST", r"/instance_identity/v1/iam_token", _iam_token),
        route("POST", r"/identity/v1/iam_tokens", _iam_token),
    ),
)
