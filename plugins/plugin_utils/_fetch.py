# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Retrieve what is not in the run cache yet. All retrievals of a playbook run share their logins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import redacted_errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import iam, parse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS, environment_variables
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import (
    LogIn,
    from_known_token,
    retrieve,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve_access_key import retrieve_access_key
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import Settings, resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.sources import CONTROL_NODE
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import Transport

RENEW_BEFORE = 60.0  # seconds before its expiry from which an IAM token is not used any more
# The options of a call itself, and the variables that they may come from.
CALL_OPTIONS = ("validate_certs", "ca_path", "allow_http", "timeout", "retries")
CALL_VARIABLES = environment_variables(OPTIONS[name] for name in CALL_OPTIONS)


class Retrieval(Protocol):
    """What is known of a retrieval; see ``_cached_retrieval``, which has it."""

    direct: dict[str, Any]
    environment: Mapping[str, str]
    fallback: dict[str, Any]
    token: str | None
    environment_note: str

    def token_result(self) -> dict[str, Any]:
        """Return the API token, cached or not."""

    def cached(
        self,
        what: str,
        subject: object,
        secrets: Iterable[str],
        fetch: Callable[[], tuple[dict[str, Any], float | None]],
        rejected: object = None,
    ) -> dict[str, Any]:
        """Return a value from the run cache, or fetch it."""


def token_result(retrieval: Retrieval) -> dict[str, Any]:
    """Retrieve an API token.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    settings = _resolved(retrieval)
    return retrieve(settings, _shared_log_in(retrieval)).as_dict()


def known_token_result(retrieval: Retrieval) -> dict[str, Any]:
    """Return the result for a known token, without a request.

    Raises:
        OptionError: an option is wrong.
    """
    settings = _resolved(retrieval, token_is_known=True)
    return from_known_token(settings, parse.secret("token", retrieval.token)).as_dict()


def access_key_result(retrieval: Retrieval) -> dict[str, Any]:
    """Retrieve the access key of an instance.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    started_at = time.monotonic()  # of both retrievals: they share one deadline
    found = retrieval.token_result()
    key = retrieve_access_key(_settings_of_call(retrieval, found), token=found["token"], started_at=started_at)
    return {"access_key": key.access_key, **{name: value for name, value in found.items() if name != "token"}}


def _resolved(retrieval: Retrieval, token_is_known: bool = False) -> Settings:
    places = CONTROL_NODE._replace(note=retrieval.environment_note)
    return resolve(retrieval.direct, retrieval.environment, retrieval.fallback, token_is_known, places)


def _settings_of_call(retrieval: Retrieval, found: Mapping[str, Any]) -> Settings:
    """Resolve the options of the call itself: the known token settles where Sysdig is and who asks."""
    return resolve(
        {**_options_of_call(retrieval.direct), "url": found["url"], "product": found["product"]},
        {name: value for name, value in retrieval.environment.items() if name in CALL_VARIABLES},
        _options_of_call(retrieval.fallback),
        token_is_known=True,
        places=CONTROL_NODE,
    )


def _options_of_call(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options.get(name) for name in CALL_OPTIONS}


def _shared_log_in(retrieval: Retrieval) -> LogIn:
    """Return a ``log_in`` that logs in once per playbook run for all instances and teams of one credential."""

    def log_in(settings: Settings, transport: Transport, rejected: iam.AccessToken | None = None) -> iam.AccessToken:
        def fetch() -> tuple[dict[str, Any], float]:
            with redacted_errors(transport.secrets):  # the cache hands them to workers that do not know all secrets
                token = iam.log_in(settings, transport)
            return {"value": token.value, "expires": token.expires}, token.expires - RENEW_BEFORE

        cached = retrieval.cached("IAM token", settings.login_key, settings.login.secrets, fetch)
        token = iam.AccessToken(**cached)
        transport.keep_secret(token.value)
        return token

    return log_in
