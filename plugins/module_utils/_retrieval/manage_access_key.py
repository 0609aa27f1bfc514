# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Bring an access key of an instance into a state: present, disabled, enabled or absent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping

from .._errors import access_keys as errors
from .._errors.base import ServiceError, SysdigError, TransportError
from .._errors.phrases import abbreviated
from . import access_keys, iam, parse
from .access_keys import AccessKey, choose_key
from .endpoints import Endpoints
from .retrieve import LogIn
from .retrieve_access_key import ListedKeys, list_access_keys
from .settings import Settings
from .transport import OnRequest, opened

PRESENT, DISABLED, ENABLED, ABSENT = "present", "disabled", "enabled", "absent"


@dataclass(frozen=True)
class Change:
    """Say what to do.

    Attributes:
        state: PRESENT, DISABLED, ENABLED or ABSENT.
        rotate: with PRESENT, whether to create a key even if there is one.
        access_key: the key, unless PRESENT.
    """

    state: str
    rotate: bool
    access_key: str | None = field(repr=False)


@dataclass(frozen=True)
class ManagedKey:
    """Hold an access key, what it belongs to, and what has become of it. What is not known is None.

    Attributes:
        access_key: None for one that is yet to be created, in check mode.
        access_key_source: what the list was read with: ``iam_token`` or ``api_token``.
        before: the state in which it was, a line without secrets, or nothing.
        after: the state in which it is, or would be without check mode.
    """

    access_key: str | None = field(repr=False)
    access_key_source: str
    product: str
    region: str | None
    instance_id: str | None
    team_id: int | None
    url: str
    endpoints: Endpoints
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Return whether anything was changed, or would be."""
        return self.before != self.after

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, what module and documentation call the result."""
        kept = {name: value for name, value in vars(self).items() if name not in ("before", "after")}
        return {**kept, "endpoints": self.endpoints._asdict()}


def change_of(options: Mapping[str, Any]) -> Change:
    """Return what the options of the module say to do.

    Raises:
        OptionError: they do not go together, or the key is not one.
    """
    state, rotate, key = options["state"], options["rotate"], options["access_key"]
    if state == PRESENT and key:
        raise errors.not_with_present()
    if state != PRESENT and rotate:
        raise errors.only_with_present("rotate", state)
    if state != PRESENT and not key:
        raise errors.key_is_missing(state)
    return Change(state, rotate, parse.secret("access_key", key) if key else None)


def manage_access_key(
    settings: Settings,
    change: Change,
    is_dry_run: bool = False,
    log_in: LogIn = iam.log_in,
    on_request: OnRequest | None = None,
) -> ManagedKey:
    """Do what ``change`` says, unless it is so already, and return the key.

    Args:
        settings: of the instance, and of the team.
        change: what to do.
        is_dry_run: whether to find out only what would be changed.
        log_in: may be replaced by one that caches.
        on_request: called with a line of text for every request.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    with opened(settings, on_request) as transport:
        if change.access_key is not None:
            transport.keep_secret(change.access_key)
        listed = list_access_keys(settings, transport, log_in)
        if change.access_key is None:
            return _present(listed, change.rotate, is_dry_run)
        return _changed(listed, change.state, change.access_key, is_dry_run)


def fitting_keys(listed: ListedKeys) -> list[AccessKey]:
    """Return the enabled keys of the requested team, or those without a team if none is requested."""
    team_id = team_of_keys(listed)
    return [key for key in listed.keys if key.is_enabled and key.team_id == team_id]


def team_of_keys(listed: ListedKeys) -> int | None:
    """Return the team that a fitting key is of, None for no team. Keys of Monitor on IBM Cloud have no teams."""
    has_teams = listed.settings.product != "monitor" or listed.settings.instance_id is None
    return listed.team_id if has_teams else None


def create_fitting_key(listed: ListedKeys) -> AccessKey:
    """Create a key that fits.

    Raises:
        ServiceError: the caller may not, or a team is requested, for which none can be created.
        TransportError: no usable response came. A key may have been created then.
    """
    refuse_to_create(listed)
    try:
        return access_keys.create_key(listed.sysdig)
    except TransportError as error:
        raise errors.perhaps_created(error) from None
    except ServiceError as error:
        raise (errors.perhaps_created(error) if error.facts.get("status", 0) >= 500 else error) from None


def refuse_to_create(listed: ListedKeys) -> None:
    """Raise ServiceError if a team is requested: a key without a team would send to the default team."""
    team_id, name = team_of_keys(listed), listed.settings.team_name
    if team_id is not None:
        teams = {key.team_id for key in listed.keys if key.is_enabled}
        team = f"{name} ({team_id})" if name else str(team_id)
        raise errors.no_key_of_team_to_create(team, teams, team_id not in teams)


def _present(listed: ListedKeys, rotate: bool, is_dry_run: bool) -> ManagedKey:
    fitting = fitting_keys(listed)
    if fitting and not rotate:
        key = choose_key(fitting, fitting[0].team_id)
        return _result(listed, key, key)
    if is_dry_run:
        refuse_to_create(listed)
        return _result(listed, None, AccessKey("", is_enabled=True))
    return _result(listed, None, create_fitting_key(listed))


def _changed(listed: ListedKeys, state: str, value: str, is_dry_run: bool) -> ManagedKey:
    key = _named(listed.keys, value)
    if key is None and state != ABSENT:
        raise errors.unknown_key(value, [known.value for known in listed.keys])
    if key is None:
        return _result(listed, None, None, value)
    if state == ABSENT:
        if not is_dry_run:
            _delete(listed, key)
        return _result(listed, key, None, value)
    wanted = key._replace(is_enabled=state == ENABLED)
    if wanted != key and not is_dry_run:
        (access_keys.enable_key if wanted.is_enabled else access_keys.disable_key)(listed.sysdig, value)
    return _result(listed, key, wanted)


def _delete(listed: ListedKeys, key: AccessKey) -> None:
    """Delete a key, which has to be disabled for that."""
    if key.is_enabled:
        access_keys.disable_key(listed.sysdig, key.value)
    try:
        access_keys.delete_key(listed.sysdig, key.value)
    except SysdigError as error:
        raise errors.incomplete_deletion(error, key.value) from None


def _named(keys: Iterable[AccessKey], value: str) -> AccessKey | None:
    return next((key for key in keys if key.value == value), None)


def _result(listed: ListedKeys, before: AccessKey | None, after: AccessKey | None, value: str = "") -> ManagedKey:
    """Return the result for a key in its two states; ``value`` is the key where it is in neither."""
    settings, key = listed.settings, after or before
    return ManagedKey(
        access_key=(key.value if key else value) or None,
        access_key_source=listed.source,
        product=settings.product,
        region=settings.region,
        instance_id=settings.instance_id,
        team_id=key.team_id if key else None,
        url=settings.endpoints.api,
        endpoints=settings.endpoints,
        before=_line(before),
        after=_line(after),
    )


def _line(key: AccessKey | None) -> str:
    if key is None:
        return ""
    name = f"access key {abbreviated(key.value)}" if key.value else "a new access key"
    return f"{name}: {'enabled' if key.is_enabled else 'disabled'}\n"
