# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word what the control node finds wrong in a check, or cannot find out: content, tokens, access keys, entries."""

from typing import Iterable, Optional

from .base import SysdigError
from .host_checks import FILE, NETWORK, Finding
from .phrases import did_you_mean, either

TOKEN, ACCESS_KEY, ENTRIES = "token", "access key", "entries"
INSTANCE, TEAMS, RECORD = "instance", "teams", "record"


def other_content(path: str) -> Finding:
    return Finding(
        FILE, f"{path} is not what the entry says.", "Run the role, with --check --diff first to see the difference."
    )


def disabled_key(path: str, key: str) -> Finding:
    return Finding(
        ACCESS_KEY, f"the access key {key} in {path} is disabled.", "Run the role, which writes an enabled one."
    )


def unlisted_key(path: str, key: str) -> Finding:
    return Finding(
        ACCESS_KEY, f"the access key {key} in {path} is not one of the instance.", "Run the role, or correct the entry."
    )


def keys_not_listed(reason: str) -> Finding:
    return Finding(
        ACCESS_KEY,
        f"whether the access key is enabled is not known: {reason}",
        "Use a credential that sees access keys (Monitor: Reader, Workload Protection: Manager).",
        is_unknown=True,
    )


# --- Tokens -----------------------------------------------------------------------------------------------------------


def refused_token(path: str, reason: str) -> Finding:
    return Finding(
        TOKEN,
        f"the instance does not accept the token in {path}, which was revoked or is of another instance: {reason}",
        "Run the role, which writes the current token.",
    )


def token_of_other_team(path: str, team: int, wanted: Optional[int]) -> Finding:
    requested = f"the team {wanted}" if wanted is not None else "the default team"
    return Finding(
        TOKEN, f"the token in {path} is of the team {team}, and the entry is for {requested}.", "Run the role."
    )


def other_token(path: str) -> Finding:
    return Finding(
        TOKEN,
        f"the token in {path} is accepted, but is not the one of the entry's credential.",
        "Run the role, or find out whose token it is.",
    )


# --- Without a host ---------------------------------------------------------------------------------------------------


def no_instance(account: str, wanted: Optional[str]) -> Finding:
    """``wanted`` is the GUID or name of the one instance that was looked for."""
    called = f" {wanted}" if wanted else ""
    return Finding(
        INSTANCE,
        f"the credential sees no instance{called} of Monitoring or Workload Protection in the account {account}.",
        "Leave the instance out to see the others, or grant the credential a role on it."
        if wanted
        else "Create one, or grant the credential a role on it.",
    )


def teams_not_seen(problem: SysdigError) -> Finding:
    """Say so of one of all instances, which the credential need not be for."""
    return Finding(
        TEAMS, problem.problem, "Grant the credential a role on this instance, if it is to use it.", is_unknown=True
    )


def outside_ibm_cloud() -> Finding:
    return Finding(
        INSTANCE,
        "the credential is for Sysdig outside IBM Cloud, where there are no instances to list.",
        "Check with entries instead, without check_credential_only.",
        is_unknown=True,
    )


def closed_to_control_node(problem: Finding) -> Finding:
    return Finding(
        NETWORK,
        f"seen from the control node, {problem.problem}",
        "Only hosts need this address: the check of a host says whether it reaches it.",
        is_unknown=True,
    )


# --- The check itself -------------------------------------------------------------------------------------------------


def record_not_written(path: str, reason: str) -> Finding:
    return Finding(RECORD, f"the record cannot be written to {path}: {reason}.", "Name another file as check_record.")


def record_without_credential_only() -> Finding:
    return Finding(
        RECORD, "check_record records the check of a credential only.", "Set check_credential_only=true beside it."
    )


def nothing_to_check(given: str, entries: Iterable[str]) -> Finding:
    """Say so of a host. It is nothing wrong, as long as other hosts have what is to be checked."""
    listed = list(entries)
    return Finding(
        ENTRIES,
        f"there is no entry to check{given}.",
        f"There are {either(listed)}." if listed else "Set sysdig_integrations_list for this host.",
        is_unknown=True,
    )


def unknown_type(kind: str, types: Iterable[str]) -> Finding:
    types = list(types)
    return Finding(
        ENTRIES,
        f"check_type={kind} is not one of {', '.join(types)}.",
        f"Correct check_type.{did_you_mean(kind, types)}",
    )


def no_number(given: str) -> Finding:
    return Finding(
        ENTRIES, f"check_entry={given} is not the number of an entry.", "Count the entries of sysdig_integrations_list."
    )
