# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Retrieve tokens and access keys once per playbook run, for the lookups and for the role's action.

Each worker of Ansible imports this file anew. So it imports only what a cached result needs; what a request needs is in
``_fetch``, which is imported when there is something to request.
"""

from __future__ import annotations

import functools
import os
import time
from contextlib import suppress

from ansible import constants
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import options
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._run_cache import RunCache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any

    OnRequest = Callable[[str], None]

SECRETS = tuple(name for name, option in options.OPTIONS.items() if option.secret)
SECRET_VARIABLES = options.environment_variables(options.OPTIONS[name] for name in SECRETS)
CREDENTIAL_FILES = ("api_key_file", "cr_token_file")
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
VARIABLES = {
    *options.environment_variables(options.OPTIONS.values()),
    *("REQUESTS_CA_BUNDLE", *PROXY_VARIABLES, *(name.upper() for name in PROXY_VARIABLES)),
}
LARGEST_CREDENTIAL = 100_000  # bytes that are read of a file with a credential, to tell it from others


def token_result(
    direct: Mapping[str, Any],
    environment: Mapping[str, str],
    fallback: Mapping[str, Any],
    directory: str | None,
    token: str | None = None,
    on_request: OnRequest | None = None,
    host: str | None = None,
) -> dict[str, Any]:
    """Return an API token and what it belongs to, as plain data.

    Args:
        direct: options by name that rank above the environment.
        environment: variables by name; those of the collection, of proxies and of certificates count.
        fallback: options by name that rank below the environment, as ``fallback_options`` returns them.
        directory: the playbook run's temporary directory, where results are cached; None to share nothing.
        token: a known token. It is returned with its addresses, and nothing is requested.
        on_request: called with a line of text for each request, and for each value that comes from the run cache.
        host: the host that asks. When it retries after a failure, that failure is not served to it again.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    if token is not None:
        return dict(_fetch().known_token_result(direct, environment, fallback, token))
    return _cached(
        "API token",
        _Question(direct, environment, fallback),
        directory,
        lambda: _fetch().token_result(direct, environment, fallback, directory, on_request, host),
        on_request,
        host,
    )


def access_key_result(
    direct: Mapping[str, Any],
    environment: Mapping[str, str],
    fallback: Mapping[str, Any],
    directory: str | None,
    token: str | None = None,
    on_request: OnRequest | None = None,
    host: str | None = None,
) -> dict[str, Any]:
    """Return the access key of an instance and what it belongs to, as plain data.

    The arguments are those of ``token_result``; a known ``token`` reads the access key.

    Raises:
        SysdigError: with a text that holds no secret.
    """

    def fetch() -> dict[str, Any]:
        started_at = time.monotonic()
        found = token_result(direct, environment, fallback, directory, token, on_request, host)
        return dict(_fetch().access_key_result(found, direct, environment, fallback, started_at))

    question = _Question(direct, environment, fallback, token)
    return _cached("access key", question, directory, fetch, on_request, host)


@functools.cache
def fallback_options() -> Mapping[str, str]:
    """Return what the section ``[sysdig_token]`` of ansible.cfg says: text by name of the option."""
    path = constants.CONFIG_FILE
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if "[sysdig_token]" not in text:
        return {}
    from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._ansible_cfg import section

    return section(text, path)


class _Question:
    """What a result depends on: ``subject`` tells it from others, ``secrets`` tell who requests it."""

    def __init__(
        self,
        direct: Mapping[str, Any],
        environment: Mapping[str, str],
        fallback: Mapping[str, Any],
        token: str | None = None,
    ) -> None:
        variables = {name: environment[name] for name in environment if name in VARIABLES and environment[name]}
        self.secrets = [str(level[name]) for level in (direct, fallback) for name in SECRETS if level.get(name)]
        self.secrets += [variables[name] for name in SECRET_VARIABLES if name in variables]
        for name in CREDENTIAL_FILES:
            named = (direct.get(name), *map(variables.get, options.OPTIONS[name].environment), fallback.get(name))
            self.secrets += [_content(str(path)) for path in named if path]
        if token is not None:
            self.secrets.append(token)
        self.subject = [_items(direct), _items(variables), _items(fallback), token]


def _items(level: Mapping[str, Any]) -> list[tuple[str, str]]:
    return sorted((name, str(value)) for name, value in level.items())


def _content(path: str) -> str:
    """The content of a file with a credential, as far as it is one that can be read twice."""
    path = os.path.expanduser(path)
    with suppress(OSError):
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                return file.read(LARGEST_CREDENTIAL)
    return ""


def _cached(
    what: str,
    question: _Question,
    directory: str | None,
    fetch: Callable[[], dict[str, Any]],
    on_request: OnRequest | None,
    host: str | None,
) -> dict[str, Any]:
    """Return the cached result for the question, or what ``fetch`` returns."""
    if directory is None:
        return fetch()
    is_fetched = False

    def fetched() -> tuple[dict[str, Any], None]:
        nonlocal is_fetched
        is_fetched = True
        return fetch(), None

    result = RunCache(directory, question.secrets, host).get([what, *question.subject], fetched)
    if on_request and not is_fetched:
        on_request(f"{what}: from the run cache")
    return dict(result)


def _fetch() -> ModuleType:
    from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _fetch

    return _fetch
