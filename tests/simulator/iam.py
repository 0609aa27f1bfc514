# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IBM Cloud Identity and Access Management: `POST /identity/token`."""

from __future__ import annotations

from collections.abc import Callable

from .inhabitants import Identity
from .messages import Request, Response, refusal, single_fields
from .routing import Service, route
from .tokens import TokenError
from .world import World

API_KEY_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
COMPUTE_RESOURCE_GRANT = "urn:ibm:params:oauth:grant-type:cr-token"
ASSUME_GRANT = "urn:ibm:params:oauth:grant-type:assume"


def _issue_token(world: World, request: Request) -> Response:
    fields = _form(request)
    grant_type = _required(fields, "grant_type")
    if fields.get("response_type", "cloud_iam") != "cloud_iam":
        raise refusal("iam", "invalid", "Valid values of 'response_type': 'cloud_iam'.")
    if grant_type not in GRANTS:
        raise refusal("iam", "invalid", "The value of 'grant_type' is not supported.")
    return Response.of(world.iam_token(GRANTS[grant_type](world, fields), grant_type))


def _form(request: Request) -> dict[str, str]:
    if request.media_type() != "application/x-www-form-urlencoded":
        raise refusal("iam", "unsupported_media_type")
    if request.query:
        raise refusal("iam", "invalid", "Credentials belong into the body, not into the URL.")
    try:
        return single_fields(request.body.decode("ascii"))
    except ValueError as error:
        raise refusal("iam", "invalid", f"The form is not valid: {error}.") from error


def _required(fields: dict[str, str], name: str) -> str:
    if not fields.get(name):
        raise refusal("iam", "missing", name)
    return fields[name]


def _by_api_key(world: World, fields: dict[str, str]) -> Identity:
    identity = world.identity_with_api_key(_required(fields, "apikey"))
    if identity is None:
        raise refusal("iam", "unknown_key")
    return identity


def _by_compute_resource_token(world: World, fields: dict[str, str]) -> Identity:
    cr_token = _required(fields, "cr_token")
    named = {name: fields[name] for name in ("profile_id", "profile_name") if fields.get(name)}
    if not named:
        raise refusal("iam", "missing", "profile_id")
    linked = [profile for profile in world.trusted_profiles if profile.cr_token == cr_token]
    if not linked:
        raise refusal("iam", "malformed_token")
    for profile in linked:
        if all(getattr(profile, name) == value for name, value in named.items()):
            return profile.identity
    raise refusal("iam", "profile_not_linked")


def _by_assuming_a_profile(world: World, fields: dict[str, str]) -> Identity:
    """Whoever has a trust relationship with a profile gets the profile's identity for their own access token.

    Source: documentation of IBM's client for IAM, `get_token_assume`. A name is looked up in the named account.
    """
    token = _required(fields, "access_token")
    wanted = _one_profile(fields)
    try:
        name = world.identity_of(token).name
    except TokenError as error:
        raise refusal("iam", "expired_token" if error.has_expired else "malformed_token") from error
    for profile in world.trusted_profiles:
        known = {
            "profile_id": profile.profile_id,
            "profile_crn": profile.crn,
            "profile_name": profile.profile_name,
            "account": profile.identity.account,
        }
        if name in profile.assumable_by and wanted.items() <= known.items():
            return profile.identity
    raise refusal("iam", "profile_not_linked")


def _one_profile(fields: dict[str, str]) -> dict[str, str]:
    """The fields that select the profile: exactly one of three, and with a name the account."""
    named = [name for name in ("profile_id", "profile_crn", "profile_name") if fields.get(name)]
    if not named:
        raise refusal("iam", "missing", "profile_id")
    if len(named) > 1:
        raise refusal("iam", "invalid", f"Only one of {', '.join(named)} may be passed.")
    if named == ["profile_name"]:
        named.append("account")
    return {name: _required(fields, name) for name in named}


GRANTS: dict[str, Callable[[World, dict[str, str]], Identity]] = {
    API_KEY_GRANT: _by_api_key,
    COMPUTE_RESOURCE_GRANT: _by_compute_resource_token,
    ASSUME_GRANT: _by_assuming_a_profile,
}

SERVICE = Service(
    "iam",
    ("/identity/",),
    "iam",
    (route("POST", "/identity/token", _issue_token),),
    id_header="Transaction-Id",
)
