# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Retrieve what is not in the run cache yet. All retrievals of a playbook run share their logins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError, redacted_errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.options import missing_instance
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import iam, parse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.access_keys import list_keys
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.iam import AccessToken
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import (
    LogIn,
    from_known_token,
    retrieve,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve_access_key import (
    list_access_keys,
    retrieve_access_key,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import Settings, resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.sources import CONTROL_NODE
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.sysdig import Sysdig
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import (
    OnExchange,
    OnRequest,
    Transport,
    opened,
)

if TYPE_CHECKING:
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.overview import Overview

RENEW_BEFORE = 60.0  # seconds before its expiry from which an IAM token is not used any more


class Retrieval(Protocol):
    """Describe a retrieval as ``_cached_retrieval`` has it, which documents its attributes."""

    direct: dict[str, Any]
    environment: Mapping[str, str]
    fallback: dict[str, Any]
    token: str | None
    on_request: OnRequest | None
    environment_note: str

    def cached(
        self,
        what: str,
        subject: object,
        secrets: Iterable[str],
        fetch: Callable[[], tuple[dict[str, Any], float | None]],
        rejected: object = None,
    ) -> tuple[dict[str, Any], bool]:
        """Return a value, and whether it comes from the run cache."""


def token_result(retrieval: Retrieval) -> dict[str, Any]:
    """Retrieve an API token.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    return retrieve(_settings(retrieval), _shared_log_in(retrieval), retrieval.on_request).as_dict()


def known_token_result(retrieval: Retrieval) -> dict[str, Any]:
    """Return the result for a known token, without a request.

    Raises:
        OptionError: an option is wrong.
    """
    return from_known_token(_settings(retrieval), parse.secret("token", retrieval.token)).as_dict()


def access_key_result(retrieval: Retrieval) -> dict[str, Any]:
    """Retrieve the access key of an instance, with the known token if there is one.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    token = None if retrieval.token is None else parse.secret("token", retrieval.token)
    log_in = _shared_log_in(retrieval)
    return retrieve_access_key(_settings(retrieval), log_in, token, retrieval.on_request).as_dict()


def access_key_list(retrieval: Retrieval) -> dict[str, Any]:
    """List the access keys of an instance.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    settings = _settings(retrieval)
    with opened(settings, retrieval.on_request) as transport:
        if retrieval.token is None:
            keys = list_access_keys(settings, transport, _shared_log_in(retrieval)).keys
        else:
            keys = list_keys(Sysdig(settings, transport, parse.secret("token", retrieval.token)))
    return {"keys": {key.value: key.is_enabled for key in keys}}


def token_check(retrieval: Retrieval, token: str, instance_id: str | None) -> dict[str, Any]:
    """Prove that an instance accepts a token.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    settings = replace(_settings(retrieval), instance_id=instance_id)
    with opened(settings, retrieval.on_request) as transport:
        value = parse.secret("token", token)
        transport.keep_secret(value)
        return {"team_id": Sysdig(settings, transport, value).current_team(None)}


def overview(retrieval: Retrieval, on_exchange: OnExchange | None = None) -> Overview:
    """Find out what a credential is and sees. Without an instance it looks at all. ``on_exchange`` is as in ``opened``.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    # Needed by a check alone, and compiled anew in each worker that retrieves.
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.checks import outside_ibm_cloud
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.overview import overview as find_overview

    try:
        settings = _settings(retrieval)
    except OptionError as error:
        if error.problem != missing_instance().problem:
            raise
        settings = replace(_settings(retrieval, instance_name="any"), instance_name=None)
    if settings.login.is_outside_ibm_cloud:
        raise outside_ibm_cloud()
    return find_overview(settings, _shared_log_in(retrieval), retrieval.on_request, on_exchange)


def settings_and_login(retrieval: Retrieval) -> tuple[Settings, LogIn]:
    """Return what a call of the services needs that is not cached itself.

    Raises:
        OptionError: an option is wrong.
    """
    return _settings(retrieval), _shared_log_in(retrieval)


def _settings(retrieval: Retrieval, **direct: str) -> Settings:
    places = CONTROL_NODE._replace(note=retrieval.environment_note)
    token_is_known = retrieval.token is not None
    return resolve({**direct, **retrieval.direct}, retrieval.environment, retrieval.fallback, token_is_known, places)


def _shared_log_in(retrieval: Retrieval) -> LogIn:
    """Return a ``log_in`` that logs in once per playbook run for all instances and teams of one credential."""

    def log_in(settings: Settings, transport: Transport, rejected: AccessToken | None = None) -> AccessToken:
        def fetch() -> tuple[dict[str, Any], float]:
            with redacted_errors(transport.secrets):  # another worker does not know all of them
                token = iam.log_in(settings, transport)
            return _as_data(token), token.expires - RENEW_BEFORE

        old = None if rejected is None else _as_data(rejected)
        data, is_cached = retrieval.cached("IAM token", settings.login_key, settings.login.secrets, fetch, old)
        return AccessToken(**data, is_cached=is_cached)

    return log_in


def _as_data(token: AccessToken) -> dict[str, Any]:
    return {"value": token.value, "expires": token.expires}
