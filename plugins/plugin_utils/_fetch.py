# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Retrieve what is not in the run cache yet. All retrievals of a playbook run share their logins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import iam, parse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.login import Login
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import (
    LogIn,
    access_key,
    from_known_token,
    retrieve,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import Settings, resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import Transport
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._run_cache import RunCache

RENEW_BEFORE = 60.0  # seconds before its expiry from which an IAM token is not used any more

OnRequest = Callable[[str], None]


def token_result(
    direct: Mapping[str, Any],
    environment: Mapping[str, str],
    fallback: Mapping[str, Any],
    directory: str | None,
    on_request: OnRequest | None,
    host: str | None,
) -> dict[str, Any]:
    """Retrieve an API token. The arguments are those of ``_cached_retrieval.token_result``.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    settings = resolve(direct, environment, fallback)
    return retrieve(settings, _shared_log_in(settings.login, directory, on_request, host)).as_dict()


def known_token_result(
    direct: Mapping[str, Any], environment: Mapping[str, str], fallback: Mapping[str, Any], token: str
) -> dict[str, Any]:
    """Return the result for a known token, without a request.

    Raises:
        OptionError: when an option is wrong.
    """
    settings = resolve(direct, environment, fallback, token_is_known=True)
    return from_known_token(settings, parse.secret("token", token)).as_dict()


def access_key_result(
    found: Mapping[str, Any],
    direct: Mapping[str, Any],
    environment: Mapping[str, str],
    fallback: Mapping[str, Any],
    started_at: float,
) -> dict[str, Any]:
    """Retrieve the access key of the instance that a token belongs to.

    ``found`` is the result for that token. ``started_at`` is when its retrieval began, in seconds of time.monotonic():
    both share one deadline.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    key = access_key(_settings_of_call(found, direct, environment, fallback), found["token"], started_at)
    return {"access_key": key, **{name: value for name, value in found.items() if name != "token"}}


def _settings_of_call(
    found: Mapping[str, Any], direct: Mapping[str, Any], environment: Mapping[str, str], fallback: Mapping[str, Any]
) -> Settings:
    """Where Sysdig is and who asks is settled by the token: what is left are the options of the call itself."""
    return resolve(
        {**_options_of_call(direct), "url": found["url"], "product": found["product"]},
        {name: value for name, value in environment.items() if name == "REQUESTS_CA_BUNDLE"},
        _options_of_call(fallback),
        token_is_known=True,
    )


def _options_of_call(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options.get(name) for name in ("validate_certs", "ca_path", "allow_http", "timeout", "retries")}


def _shared_log_in(login: Login, directory: str | None, on_request: OnRequest | None, host: str | None) -> LogIn:
    """Return a ``log_in`` that logs in once per playbook run for all instances and teams of one credential."""
    if directory is None:
        return iam.log_in
    cache = RunCache(directory, login.secrets, host)

    def log_in(settings: Settings, transport: Transport) -> iam.AccessToken:
        is_fetched = False

        def fetch() -> tuple[dict[str, Any], float]:
            nonlocal is_fetched
            is_fetched = True
            token = iam.log_in(settings, transport)
            return {"value": token.value, "expires": token.expires}, token.expires - RENEW_BEFORE

        subject = ("IAM", login.identity, settings.iam_url, settings.endpoint_type, settings.verify)
        token = iam.AccessToken(**cache.get(subject, fetch))
        transport.keep_secret(token.value)
        if on_request and not is_fetched:
            on_request("IAM token: from the run cache")
        return token

    return log_in
