# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word the errors of access keys. Each function returns an error to raise."""

from __future__ import annotations

from typing import Iterable

from .base import ACCESS_KEY, ServiceError
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
