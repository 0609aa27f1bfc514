# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word what the services refuse, and what they do not have.

Each function returns an error to raise: what failed, what the service said, what to do now.
"""

from __future__ import annotations

from typing import Iterable

from .base import ACCESS_KEY, CHECK, IAM_LOGIN, INSTANCE, TEAM, TOKEN, ServiceError
from .phrases import did_you_mean, sentence, shown

# --- Refusals ---------------------------------------------------------------------------------------------------------

REMEDIES: dict[tuple[str, int], str] = {
    (IAM_LOGIN, 400): "Check the credential: the API key may have been deleted, or belong to another account or IAM.",
    (IAM_LOGIN, 401): "The credential is locked, disabled or not known to this IAM.",
    (IAM_LOGIN, 403): "The credential may not log in from here: look at the account's IP address restrictions.",
    (IAM_LOGIN, 404): "Check O(iam_url), and with O(auth_method)=vpc also O(metadata_service_version).",
    (INSTANCE, 401): "The resource controller does not accept the IAM token; it may have expired.",
    (TEAM, 401): "Sysdig does not accept the credential; check that the instance and the region belong together.",
    (TEAM, 404): "Check O(instance_id), O(region) and O(url).",
    (TOKEN, 401): "Sysdig does not accept the credential; check that the instance and the region belong together.",
    (TOKEN, 404): "Check O(instance_id), O(region) and O(url): this host does not know the instance.",
    (ACCESS_KEY, 401): "Sysdig does not accept the credential; check that it belongs to this instance.",
    (
        ACCESS_KEY,
        403,
    ): "The credential's role on the instance does not allow that: Monitor shows access keys to a Reader,"
    " Workload Protection to a Manager, and only a Manager changes them.",
    (ACCESS_KEY, 404): "Check O(url) and O(region): this host does not know access keys.",
    (CHECK, 401): "The token was retrieved, but is not valid (any more): it may just have been reset. Try again.",
}
SERVER_ERROR = "The service has a problem; try again later."
_GENERAL_REMEDIES = {4: "Check the options of this step.", 5: SERVER_ERROR}
# Another attempt with the same credential gets the same response, until somebody changes something.
_REFUSALS = (400, 401, 403)


def refused(step: str, url: str, status: int, code: str | None, message: str) -> ServiceError:
    """Say that a service answered ``status`` with its own ``code`` (or None) and ``message``."""
    if status == 429:
        remedy = "Too many calls; try again later, from fewer places, or raise O(retries)."
    else:
        remedy = REMEDIES.get((step, status)) or _GENERAL_REMEDIES.get(status // 100, "Check O(url) and O(iam_url).")
    said = ": ".join(part for part in (code, message) if part)
    problem = f"{url} answered {status}{': ' + sentence(said) if said else '.'}"
    error = ServiceError(step, problem, remedy, url=url, status=status, code=code)
    error.is_refusal = status in _REFUSALS
    return error


def refused_outside(denied: ServiceError) -> ServiceError:
    """Word a 401 or 403 to a Sysdig token, outside IBM Cloud."""
    remedy = "Check O(sysdig_api_token): it may have been reset, or belong to another installation than O(url)."
    if denied.facts.get("status") == 403:
        remedy = (
            "Only an administrator's O(sysdig_api_token) reads another user's token;"
            " check O(username) and the team too."
        )
    return denied.explained("", remedy)


def refused_profile(denied: ServiceError, who: str) -> ServiceError:
    """Word a refusal to use a trusted profile."""
    return denied.explained("", f"Check that the trusted profile exists, and that it trusts {who}.")


# --- Teams and instances ----------------------------------------------------------------------------------------------


def unknown_team(option: str, value: int | str, teams: dict[int, str]) -> ServiceError:
    """``teams`` are names by ID."""
    listed = ", ".join(f"{name} ({number})" for number, name in sorted(teams.items())) or "none"
    return ServiceError(
        TEAM,
        f"O({option})={shown(value)} is not one of the credential's teams in this instance.",
        f"Its teams are: {listed}.{did_you_mean(str(value), teams.values())}",
        option=option,
    )


def other_team(url: str, wanted: int, wanted_name: str | None, team: int, request_id: str | None) -> ServiceError:
    """Say that the token that came is of another team than the one that is ``wanted``."""
    named = f"{shown(wanted_name)} ({wanted})" if wanted_name else str(wanted)
    return ServiceError(
        CHECK,
        f"the token is of the team {team}, and the team {named} was requested: the service has ignored the request.",
        f"Retrieve with a credential whose only team is {wanted}; report it, because tokens of all teams are affected.",
        url=url,
        request_id=request_id,
    )


def unknown_instance(name: str, visible: Iterable[str]) -> ServiceError:
    visible = sorted(set(visible))
    return ServiceError(
        INSTANCE,
        f"the credential sees no instance with O(instance_name)={shown(name)}.",
        f"The ones it sees are: {', '.join(visible) or 'none'}.{did_you_mean(name, visible)}",
        option="instance_name",
    )


def other_instance(name: str, requested: str, crns: Iterable[str]) -> ServiceError:
    """Say that instances of that name exist, but none with what was ``requested`` besides."""
    return ServiceError(
        INSTANCE,
        f"O(instance_name)={shown(name)} exists, but not with {requested}.",
        f"Leave that out, or correct it; what exists is {', '.join(sorted(crns))}.",
        option="instance_name",
    )


def ambiguous_instance(name: str, crns: Iterable[str]) -> ServiceError:
    return ServiceError(
        INSTANCE,
        f"several instances are called {shown(name)}.",
        "Give the CRN of one as O(instance_id), or narrow the search with O(product), O(region) or"
        f" O(resource_group_id): {', '.join(sorted(crns))}.",
        option="instance_name",
    )


def inactive_instance(name: str, state: str) -> ServiceError:
    return ServiceError(
        INSTANCE,
        f"the instance {shown(name)} is {state}.",
        "Give an active one; `ibmcloud resource service-instances` shows them.",
    )
