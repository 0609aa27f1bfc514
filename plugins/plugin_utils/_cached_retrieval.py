# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The answer to one reference of a lookup, when it is not remembered yet."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ansible import constants
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import iam, options, parse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.login import Login
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import access_key, known, retrieve
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
        return known(settings, parse.secret("token", token)).as_dict()
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
    key = access_key(settings, result["token"], begun)
    return {"access_key": key, **{name: value for name, value in result.items() if name != "token"}}


def _of_the_call(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options.get(name) for name in ("validate_certs", "ca_path", "allow_http", "timeout", "retries")}


def _shared_log_in(login: Login, directory: str) -> Any:
    """A ``log_in`` that makes one IAM call per run for all instances and teams of one credential."""
    cache = RunCache(directory, login.secrets)

    def log_in(settings: Settings, transport: Transport) -> iam.AccessToken:
        def ask() -> tuple[dict[str, Any], float]:
            token = iam.log_in(settings, transport)
            return {"value": token.value, "expires": token.expires}, token.expires - RENEW_BEFORE

        subject = ("IAM", login, settings.iam_url, settings.endpoint_type, settings.verify)
        token = iam.AccessToken(**cache.get(subject, ask))
        transport.secrets.add(token.value)
        return token

    return log_in


def token_result(
    direct: Mapping[str, Any],
    environment: Mapping[str, str],
    fallback: Mapping[str, Any],
    directory: str | None,
    token: str | None = None,
) -> dict[str, Any]:
    """The result for one instance and team, retrieved once per playbook run.

    ``direct`` are options above the environment, ``fallback`` those below. A ``token`` that is known is not retrieved.

    Raises:
        SysdigError: the retrieval failed.
    """
    if token is not None or directory is None:
        return answer(direct, fallback, token, None)
    return _once("token", direct, environment, fallback, directory, lambda: answer(direct, fallback, None, directory))


def access_key_result(
    direct: Mapping[str, Any],
    environment: Mapping[str, str],
    fallback: Mapping[str, Any],
    directory: str | None,
    token: str | None = None,
) -> dict[str, Any]:
    """The same with the instance's access key instead of the token, read once per playbook run.

    Raises:
        SysdigError: the retrieval failed.
    """

    def ask() -> dict[str, Any]:
        begun = time.monotonic()
        return with_access_key(token_result(direct, environment, fallback, directory, token), direct, fallback, begun)

    asked = direct if token is None else {**direct, "token": token}
    return ask() if directory is None else _once("access key", asked, environment, fallback, directory, ask)


def fallback_options() -> dict[str, Any]:
    """The options in the section ``[sysdig_token]`` of ansible.cfg, and the defaults of the others."""
    constants.config.initialize_plugin_configuration_definitions(
        "lookup", __name__, options.definitions(options.OPTIONS)
    )
    return {
        name: constants.config.get_config_value(name, plugin_type="lookup", plugin_name=__name__)
        for name in options.OPTIONS
    }


def _once(
    what: str,
    direct: Mapping[str, Any],
    environment: Mapping[str, str],
    fallback: Mapping[str, Any],
    directory: str,
    ask: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    table = {**options.OPTIONS, **options.LOOKUP_OPTIONS}
    secret = {name: option for name, option in table.items() if option.secret}
    relevant = {
        name: environment[name] for name in options.environment_variables(table.values()) if environment.get(name)
    }
    secrets = [str(direct[name]) for name in secret if name in direct]
    secrets += [relevant[name] for name in options.environment_variables(secret.values()) if name in relevant]
    key_file = direct.get("api_key_file") or relevant.get("IBMCLOUD_API_KEY_FILE")
    if not secrets:
        key_file = key_file or fallback.get("api_key_file")
    if key_file:
        with suppress(OSError), open(os.path.expanduser(key_file), encoding="utf-8", errors="replace") as file:
            secrets.append(file.read())
    subject = [what, sorted((name, str(value)) for name, value in direct.items()), sorted(relevant.items())]
    return dict(RunCache(directory, secrets).get(subject, lambda: (ask(), None)))
