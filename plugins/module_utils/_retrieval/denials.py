# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Find out what a 401 or 403 means, from what is known first, then with requests that the credential may make."""

from __future__ import annotations

from typing import Any

from .._errors import denials as errors
from .._errors import services
from .._errors.base import ACCESS_KEY, ServiceError, SysdigError
from . import resource_controller
from .credentials import token_account
from .crn import parse_crn
from .iam import AccessToken
from .settings import Settings
from .sysdig import Sysdig
from .transport import Transport


def explained(
    error: ServiceError, settings: Settings, transport: Transport, access: AccessToken | None
) -> ServiceError:
    """Return the error with its meaning, the cheapest cause first. ``access`` is None outside IBM Cloud."""
    status = error.facts.get("status")
    if access is None:
        return services.refused_outside(error) if status in (401, 403) else error
    if status != 403:
        return error
    account = token_account(access.value)
    if account and settings.account and account != settings.account:
        return errors.other_account(error, account, settings.account)
    transport = transport.without_retries()  # the response is known; these calls only find out what it means
    return _unknown_team(settings, transport, access) or _of_instance(error, settings, transport, access)


def _unknown_team(settings: Settings, transport: Transport, access: AccessToken) -> ServiceError | None:
    """Return the error for a team that is not the caller's, if one was requested by its ID."""
    if settings.team_id is None:
        return None
    try:
        teams = Sysdig(settings, transport, access.value).teams()
    except SysdigError:
        return None
    return None if settings.team_id in teams else services.unknown_team("team_id", settings.team_id, teams)


def _of_instance(error: ServiceError, settings: Settings, transport: Transport, access: AccessToken) -> ServiceError:
    """Return the error explained by what the resource controller shows of the instance."""
    try:
        resource = resource_controller.look_up(settings, transport, access)
    except SysdigError:
        return _missing_rights(error, settings, None)
    if resource is None:
        account = token_account(access.value)
        return errors.instance_not_visible(error, str(settings.instance_id), account, settings.product)
    return _mismatch(error, settings, resource) or _by_setting(error, settings, resource)


def _mismatch(error: ServiceError, settings: Settings, resource: dict[str, Any]) -> ServiceError | None:
    """Return the error for an instance that is not what, where or as it was taken for."""
    try:
        found = parse_crn(str(resource.get("crn")))
    except ValueError:
        return None
    if found.product not in (None, settings.product):
        return errors.elsewhere(error, "product", settings.product, str(found.product))
    if settings.region not in (None, found.region):
        return errors.elsewhere(error, "region", str(settings.region), str(found.region))
    state = resource.get("state")
    return errors.inactive(error, state) if isinstance(state, str) and state != "active" else None


def _by_setting(error: ServiceError, settings: Settings, resource: dict[str, Any]) -> ServiceError:
    """Return the error explained by the instance's ``external_api_auth``, if that can be seen."""
    parameters = resource.get("parameters")
    setting = parameters.get("external_api_auth") if isinstance(parameters, dict) else None
    if setting == "IAM_ONLY" and error.step != ACCESS_KEY:  # which concerns API tokens only
        return errors.iam_only(error)
    return _missing_rights(error, settings, setting if isinstance(setting, str) else None)


def _missing_rights(error: ServiceError, settings: Settings, setting: str | None) -> ServiceError:
    team = settings.team_name or (None if settings.team_id is None else str(settings.team_id))
    is_unseen = setting is None and error.step != ACCESS_KEY
    return errors.missing_rights(error, settings.product, team, is_unseen)
