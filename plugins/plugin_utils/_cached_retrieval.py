# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The answer to one reference of a lookup, when it is not remembered yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import redacted_errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import iam, parse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.login import Login
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import from_known_token, retrieve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve_access_key import retrieve_access_key
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import Settings, resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import Transport
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._run_cache import RunCache

RENEW_BEFORE = 60.0  # seconds before its expiry from which an IAM token is not handed out any more


def answer(
    given: Mapping[str, Any], lower: Mapping[str, Any], token: str | None, directory: str | None
) -> dict[str, Any]:
    """The result as plain data. Raises SysdigError.

    ``given`` and ``lower`` are options by name, above and below the environment in precedence. A ``token`` that is
    known is not retrieved. ``directory`` is the run's temporary directory, None to share nothing.
    """
    settings = resolve(given, os.environ, lower, token_is_known=token is not None)
    if token is not None:
        return from_known_token(settings, parse.secret("token", token)).as_dict()
    if directory is None:
        return retrieve(settings).as_dict()
    return retrieve(settings, _shared_log_in(settings.login, directory)).as_dict()


def with_access_key(
    result: Mapping[str, Any], given: Mapping[str, Any], lower: Mapping[str, Any], begun: float
) -> dict[str, Any]:
    """The result with the instance's access key instead of the token that reads it. Raises SysdigError.

    ``begun`` is when the retrieval of the token was (of time.monotonic()): both share its time.
    """
    found = {"url": result["url"], "product": result["product"]}
    # Where Sysdig is and who asks is settled: what is left are the options of the call itself.
    settings = resolve(
        {**_of_the_call(given), **found},
        {name: value for name, value in os.environ.items() if name == "REQUESTS_CA_BUNDLE"},
        _of_the_call(lower),
        token_is_known=True,
    )
    key = retrieve_access_key(settings, token=result["token"], started_at=begun)
    return {"access_key": key.access_key, **{name: value for name, value in result.items() if name != "token"}}


def _of_the_call(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options.get(name) for name in ("validate_certs", "ca_path", "allow_http", "timeout", "retries")}


def _shared_log_in(login: Login, directory: str) -> Any:
    """A ``log_in`` that makes one IAM call per run for all instances and teams of one credential."""
    cache = RunCache(directory, login.secrets)

    def log_in(settings: Settings, transport: Transport, rejected: iam.AccessToken | None = None) -> iam.AccessToken:
        def ask() -> tuple[dict[str, Any], float]:
            with redacted_errors(transport.secrets):  # the cache hands them to workers that do not know all secrets
                token = iam.log_in(settings, transport)
            return {"value": token.value, "expires": token.expires}, token.expires - RENEW_BEFORE

        subject = ("IAM", login, settings.iam_url, settings.endpoint_type, settings.verify)
        token = iam.AccessToken(**cache.get(subject, ask))
        transport.keep_secret(token.value)
        return token

    return log_in
