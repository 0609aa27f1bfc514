# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word the errors of access keys. Each function returns an error to raise."""

from __future__ import annotations

from typing import Iterable

from .base import ACCESS_KEY, OptionError, ServiceError, SysdigError
from .phrases import abbreviated, either

_WHERE = "in the settings of Sysdig, under Agent Installation"


def no_key(disabled: int) -> ServiceError:
    """``disabled`` is the number of keys that are listed, but must not be used."""
    listed = f"has {disabled} disabled and no enabled access key" if disabled else "has no access key"
    return ServiceError(ACCESS_KEY, f"the instance {listed}.", f"Enable or add one {_WHERE}.")


def no_key_of_team(team_id: int | None, teams: Iterable[int | None]) -> ServiceError:
    """``teams`` are those that have enabled keys; a key without a team would do, but there is none."""
    listed = either(sorted(str(team) for team in teams if team is not None))
    if team_id is None:
        return ServiceError(
            ACCESS_KEY,
            f"every enabled access key belongs to a team ({listed}), and agents with it send to that team only.",
            f"Give O(team_id)={listed} if that is what you want, or add a key without a team {_WHERE}.",
        )
    return ServiceError(
        ACCESS_KEY,
        f"no enabled access key is of the team {team_id} or of no team; there are some of the team {listed}.",
        f"Add a key of the team {team_id} {_WHERE}, or give another O(team_id).",
    )


def several_in_resource_keys(keys: Iterable[str]) -> ServiceError:
    """Sysdig shows the access keys to neither IAM nor an API token, and the resource keys have several."""
    return ServiceError(
        ACCESS_KEY,
        f"the resource keys of the instance show several access keys ({', '.join(map(abbreviated, keys))}), and do not"
        " tell which of them is enabled.",
        "Grant the credential a service role that sees access keys (Monitor: Reader, Workload Protection: Manager), or"
        " delete the resource keys that are out of use.",
    )


def unreadable(denied: ServiceError, ways: Iterable[str]) -> ServiceError:
    """``denied`` is the response to IAM, which is tried first; other ``ways`` were refused too."""
    return denied.explained(f"By {' and by '.join(ways)} the credential sees no access key either.", denied.remedy)


# --- Creating, disabling, enabling, deleting --------------------------------------------------------------------------


def no_key_of_team_to_create(team: str, teams: Iterable[int | None], is_needed: bool) -> ServiceError:
    """``teams`` are those that have enabled keys. ``is_needed``: the team has none, while to rotate it may have one."""
    listed = either(sorted(str(team) for team in teams if team is not None) or ["none"])
    lacks = f"no enabled access key is of the team {team} (teams that have one: {listed}), and " if is_needed else ""
    return ServiceError(
        ACCESS_KEY,
        f"{lacks}no access key of the team {team} can be created: the service creates access keys without a team only,"
        " whose agents would send to the default team.",
        f"Add a key of the team {team} {_WHERE}, or leave out O(team_id) and O(team_name).",
    )


def unknown_key(key: str, keys: Iterable[str]) -> ServiceError:
    """``keys`` are those of the instance."""
    listed = ", ".join(map(abbreviated, keys)) or "none"
    return ServiceError(
        ACCESS_KEY,
        f"O(access_key)={abbreviated(key)} is not one of the access keys of the instance ({listed}).",
        "Correct O(access_key), or the options that tell which instance it is.",
    )


def perhaps_created(error: SysdigError) -> SysdigError:
    """``error`` is why it is not known whether an access key was created."""
    return error.explained(
        "An access key may have been created nevertheless.",
        f"Look {_WHERE} whether there is a new one before you try again. {error.remedy}",
    )


def incomplete_deletion(error: SysdigError, key: str) -> SysdigError:
    """``error`` is why a key was not deleted after it was disabled."""
    return error.explained(f"The access key {abbreviated(key)} is disabled now.", error.remedy)


def key_is_missing(state: str) -> OptionError:
    return OptionError(
        "access_key", f"O(access_key) is missing: O(state)={state} needs to know which one.", "Give O(access_key)."
    )


def only_with_present(option: str, state: str) -> OptionError:
    return OptionError(
        option,
        f"O({option}) cannot be used with O(state)={state}, only with O(state)=present.",
        f"Leave out O({option}).",
    )


def not_with_present() -> OptionError:
    return OptionError(
        "access_key",
        "O(access_key) cannot be used with O(state)=present, which finds or creates one itself.",
        "Leave out O(access_key), or give O(state)=disabled, enabled or absent.",
    )
