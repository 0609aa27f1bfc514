# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""List, choose, create, enable, disable and delete the access keys that agents of an instance send with.

An access key is a secret, also where a path holds it: errors show its first characters only.
Sources: IBM Cloud documentation, "Managing access keys" of Monitoring and of Workload Protection (2026-08-17).
"""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote

from .._errors import access_keys as errors
from .._errors.base import ACCESS_KEY
from .._errors.phrases import abbreviated
from . import parse
from .response import Response
from .sysdig import Sysdig, as_id

_PATH = "/api/customer/accessKeys"
# A request without a response may have had its effect: it is sent again only if the service says that it did nothing.
_RETRYABLE_ONCE = (429,)


class AccessKey(NamedTuple):
    """Hold an access key. What the service does not tell is None.

    Attributes:
        value: the key itself, a secret.
        is_enabled: whether agents may send with it.
        team_id: the team that its agents send into; None is the default team.
        limit: how many agents may use it; None is any number.
        created: when it was made (epoch milliseconds).
    """

    value: str
    is_enabled: bool
    team_id: int | None = None
    limit: int | None = None
    created: int = 0

    def __repr__(self) -> str:
        return f"AccessKey({abbreviated(self.value)})"


def list_keys(sysdig: Sysdig) -> list[AccessKey]:
    """Return the access keys of the instance, enabled or not.

    Raises:
        ServiceError: the caller may not see them.
        TransportError: no usable response came.
    """
    response = sysdig.call(ACCESS_KEY, _PATH)
    listed = response.field("customerAccessKeys")
    if not isinstance(listed, list):
        raise response.unusable("without a list of access keys")
    return [_read(entry, response, sysdig) for entry in listed]


def choose_key(keys: list[AccessKey], team_id: int | None) -> AccessKey:
    """Return the key to send with: an enabled one of the team, else one without a team.

    Among equals, one without a limit comes before one with, and the newest comes first.

    Raises:
        ServiceError: there is no such key.
    """
    enabled = [key for key in keys if key.is_enabled]
    fitting = [key for key in enabled if key.team_id is not None and key.team_id == team_id]
    fitting = fitting or [key for key in enabled if key.team_id is None]
    if not fitting:
        raise errors.no_key_of_team(team_id, {key.team_id for key in enabled}) if enabled else errors.no_key(len(keys))
    return max(fitting, key=lambda key: (key.limit is None, key.created))


def create_key(sysdig: Sysdig) -> AccessKey:
    """Create an access key, which is enabled and of no team.

    Raises:
        ServiceError: the caller may not create one.
        TransportError: no usable response came, or not of such a key. A key may have been created then.
    """
    response = sysdig.call(ACCESS_KEY, _PATH, "POST", retryable=_RETRYABLE_ONCE)
    key = _read(response.field("customerAccessKey"), response, sysdig)
    if not key.is_enabled or key.team_id is not None:
        raise response.unusable("with a key that is disabled, or is of a team")
    return key


def enable_key(sysdig: Sysdig, value: str) -> AccessKey:
    """Enable an access key. Agents that use it must be restarted by hand.

    Raises:
        ServiceError: the caller may not, or there is no such key.
        TransportError: no usable response came, or not of this key in its new state.
    """
    return _switch(sysdig, value, "enable")


def disable_key(sysdig: Sysdig, value: str) -> AccessKey:
    """Disable an access key. Agents that use it are cut off at once.

    Raises:
        ServiceError: the caller may not, or there is no such key.
        TransportError: no usable response came, or not of this key in its new state.
    """
    return _switch(sysdig, value, "disable")


def delete_key(sysdig: Sysdig, value: str) -> None:
    """Delete an access key, which must be disabled. The response says nothing, so that the keys are listed again.

    Raises:
        ServiceError: the caller may not, there is no such key, or it is enabled.
        TransportError: no usable response came, or the key is still listed.
    """
    sysdig.keep_secret(value)
    response = sysdig.call(ACCESS_KEY, _path(value), "DELETE", retryable=_RETRYABLE_ONCE)
    if value in [key.value for key in list_keys(sysdig)]:
        raise response.unusable("the access key is still there")


def _switch(sysdig: Sysdig, value: str, action: str) -> AccessKey:
    sysdig.keep_secret(value)
    response = sysdig.call(ACCESS_KEY, f"{_path(value)}/{action}", "POST")
    key = _read(response.field("customerAccessKey"), response, sysdig)
    if key.value != value or key.is_enabled != (action == "enable"):
        raise response.unusable(f"with a key that is another one, or is not {action}d")
    return key


def _path(value: str) -> str:
    return f"{_PATH}/{quote(value, safe='')}"


def _read(entry: Any, response: Response, sysdig: Sysdig) -> AccessKey:
    """Return the access key that a response describes."""
    value = entry.get("accessKey") if isinstance(entry, dict) else None
    if not isinstance(value, str) or not parse.is_header_safe(value):
        raise response.unusable("without a usable accessKey")
    sysdig.keep_secret(value)
    return AccessKey(
        value=value,
        is_enabled=entry.get("enabled") is True,
        team_id=as_id(entry.get("teamId")),
        limit=as_id(entry.get("limit")),
        created=as_id(entry.get("dateCreated")) or 0,
    )
