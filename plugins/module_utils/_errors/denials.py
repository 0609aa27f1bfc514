# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word what a bare 403 of Sysdig means, by what is known of the credential and the instance.

Sysdig says the same for a missing role, for a team of others, for an instance of another account, for one that takes
no API tokens, and for a network that is not allowed. Each function returns the error with its likeliest meaning.
"""

from __future__ import annotations

from .base import ServiceError

# The least that reads API tokens and access keys. Sources: IBM Cloud documentation, "IAM roles and actions" of each.
ROLES = {"monitor": "Reader", "secure": "Manager"}
AGENTS = (
    "Agents need no API token: they send with an access key, which `type: agent` and the lookup sysdig_access_key read"
)
_NETWORK = (
    "context-based restrictions of the account, or an instance that serves private endpoints only, refuse this network"
)


def other_account(denied: ServiceError, account: str, instance_account: str) -> ServiceError:
    """``account`` is the one that the IAM token is for, ``instance_account`` the one in the CRN."""
    return denied.explained(
        f"The credential is of the account {account}, and the instance of the account {instance_account}.",
        f"Give a credential of the account {instance_account}, or the O(instance_id) of an instance of {account}.",
    )


def instance_not_visible(denied: ServiceError, guid: str, account: str | None, product: str) -> ServiceError:
    """Say that the resource controller lists no instance with this GUID for the credential."""
    of_account = f", of the account {account}," if account else ""
    return denied.explained(
        f"The credential{of_account} sees no instance with the GUID {guid}: it is another account's, or deleted, or"
        " the credential has no role on it.",
        "Compare O(instance_id) with `ibmcloud resource service-instances --long`; if it is right, grant the credential"
        f" the service role {ROLES[product]} on the instance.",
    )


def elsewhere(denied: ServiceError, option: str, value: str, instance_value: str) -> ServiceError:
    """Say that the instance has another region or product (``option``) than the settings say."""
    return denied.explained(
        f"The {option} of the instance is {instance_value}, not {value}.",
        f"Correct O({option}), or leave it out and give the instance's CRN as O(instance_id).",
    )


def inactive(denied: ServiceError, state: str) -> ServiceError:
    return denied.explained(
        f"The instance is {state}.", "Give an active one; `ibmcloud resource service-instances` shows them."
    )


def iam_only(denied: ServiceError) -> ServiceError:
    """Say that the instance's ``external_api_auth`` forbids API tokens; everything cheaper was excluded."""
    return denied.explained(
        "The instance gives no API tokens (external_api_auth=IAM_ONLY).",
        f"{AGENTS}. Only for what can use nothing else, have its administrator set external_api_auth to ANY.",
    )


def missing_rights(denied: ServiceError, product: str, team: str | None, is_iam_only_possible: bool) -> ServiceError:
    """``team`` is the requested one; ``is_iam_only_possible`` if ``external_api_auth`` matters, and cannot be seen."""
    member = f", or is not a member of the team {team}" if team else ""
    remedy = f"Grant the credential the service role {ROLES[product]} on the instance{' and the team' if team else ''}."
    if is_iam_only_possible:
        remedy += " If it has that, see whether external_api_auth of the instance is IAM_ONLY."
    return denied.explained(
        f"The credential lacks the service role {ROLES[product]} on the instance{member}; or {_NETWORK}.", remedy
    )
