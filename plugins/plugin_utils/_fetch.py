# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Retrieve what is not in the run cache yet. All retrievals of a playbook run share their logins."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import iam, parse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import (
    LogIn,
    access_key,
    from_known_token,
    retrieve,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import Settings, resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import Transport
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import Retrieval

RENEW_BEFORE = 60.0  # seconds before its expiry from which an IAM token is not used any more


def token_result(retrieval: Retrieval) -> dict[str, Any]:
    """Retrieve an API token.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    settings = resolve(retrieval.direct, retrieval.environment, retrieval.fallback)
    return retrieve(settings, _shared_log_in(retrieval)).as_dict()


def known_token_result(retrieval: Retrieval) -> dict[str, Any]:
    """Return the result for a known token, without a request.

    Raises:
        OptionError: an option is wrong.
    """
    settings = resolve(retrieval.direct, retrieval.environment, retrieval.fallback, token_is_known=True)
    return from_known_token(settings, parse.secret("token", retrieval.token)).as_dict()


def access_key_result(retrieval: Retrieval) -> dict[str, Any]:
    """Retrieve the access key of an instance.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    started_at = time.monotonic()  # of both retrievals: they share one deadline
    found = retrieval.token_result()
    key = access_key(_settings_of_call(retrieval, found), found["token"], started_at)
    return {"access_key": key, **{name: value for name, value in found.items() if name != "token"}}


def _settings_of_call(retrieval: Retrieval, found: Mapping[str, Any]) -> Settings:
    """Where Sysdig is and who asks is settled by the token: what is left are the options of the call itself."""
    return resolve(
        {**_options_of_call(retrieval.direct), "url": found["url"], "product": found["product"]},
        {name: value for name, value in retrieval.environment.items() if name == "REQUESTS_CA_BUNDLE"},
        _options_of_call(retrieval.fallback),
        token_is_known=True,
    )


def _options_of_call(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options.get(name) for name in ("validate_certs", "ca_path", "allow_http", "timeout", "retries")}


def _shared_log_in(retrieval: Retrieval) -> LogIn:
    """Return a ``log_in`` that logs in once per playbook run for all instances and teams of one credential."""

    def log_in(settings: Settings, transport: Transport) -> iam.AccessToken:
        def fetch() -> tuple[dict[str, Any], float]:
            with transport.redacted_errors():  # the run cache hands them to workers that do not know all secrets
                token = iam.log_in(settings, transport)
            return {"value": token.value, "expires": token.expires}, token.expires - RENEW_BEFORE

        login = settings.login
        subject = (login.identity, settings.iam_url, settings.endpoint_type, settings.verify)
        token = iam.AccessToken(**retrieval.cached("IAM token", subject, login.secrets, fetch))
        transport.keep_secret(token.value)
        return token

    return log_in
