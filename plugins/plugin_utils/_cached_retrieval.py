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
from contextlib import suppress

from ansible import constants
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import options
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._run_cache import RunCache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import ModuleType
    from typing import Any

    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.overview import Overview
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import OnExchange

    OnRequest = Callable[[str], None]

SECRETS = tuple(name for name, option in options.OPTIONS.items() if option.secret)
SECRET_VARIABLES = options.environment_variables(options.OPTIONS[name] for name in SECRETS)
CREDENTIAL_FILES = ("api_key_file", "cr_token_file")
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
VARIABLES = {
    *options.environment_variables(options.OPTIONS.values()),
    *PROXY_VARIABLES,
    *(name.upper() for name in PROXY_VARIABLES),
}
LARGEST_CREDENTIAL = 100_000  # characters that are read of a file with a credential, to tell it from others


def fallback_options() -> dict[str, str]:
    """Return what the section ``[sysdig_token]`` of ansible.cfg says: text by name of the option.

    Raises:
        OptionError: the section has a secret.
    """
    return dict(_section(constants.CONFIG_FILE))


@functools.cache
def _section(path: str | None) -> dict[str, str]:
    if not path:
        return {}
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    if "[sysdig_token]" not in text:
        return {}
    from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._ansible_cfg import section

    return dict(section(text, path))


def is_given(value: object) -> bool:
    """Tell whether an option has a value: null, an empty string and ``omit`` are none.

    Before ansible-core 2.19, ``omit`` is a text. Since then it is an object, which lookups get to see.
    """
    if isinstance(value, str):
        return value != "" and not value.startswith("__omit_place_holder__")
    return value is not None and type(value).__name__ != "_OmitType"


class Retrieval:
    """Hold one retrieval, and how it takes part in the playbook run.

    Args:
        direct: options by name that rank above the environment. What is null, empty or ``omit`` counts as not given.
        environment: variables by name; those of the collection, of proxies and of certificates count.
        fallback: options by name that rank below the environment, as ``fallback_options`` returns them.
        directory: the playbook run's temporary directory, where results are cached; None to share nothing.
        token: a known token. It is returned with its addresses, and nothing is requested; it reads the access key.
        on_request: called with a line of text for each request, and for each value that comes from the run cache.
        host: the host that needs the result. When it retries after a failure, it does not get the cached failure.
        environment_note: a sentence on the environment, for the error of a missing credential.
    """

    def __init__(
        self,
        direct: Mapping[str, Any],
        environment: Mapping[str, str],
        fallback: Mapping[str, Any],
        directory: str | None,
        token: str | None = None,
        on_request: OnRequest | None = None,
        host: str | None = None,
        environment_note: str = "",
    ) -> None:
        self.direct = _given(direct)
        self.environment = environment
        self.fallback = _given(fallback)
        self.token = token if is_given(token) else None
        self.environment_note = environment_note
        self._directory = directory
        self.on_request = on_request
        self._host = host

    def token_result(self) -> dict[str, Any]:
        """Return an API token and what it belongs to, as plain data. A known one is not worth caching.

        Raises:
            SysdigError: with a text that holds no secret.
        """
        if self.token is not None:
            return dict(_fetch().known_token_result(self))
        return self._result("API token", lambda: _fetch().token_result(self))

    def access_key_result(self) -> dict[str, Any]:
        """Return the access key of an instance and what it belongs to, as plain data.

        Raises:
            SysdigError: with a text that holds no secret.
        """
        return self._result("access key", lambda: _fetch().access_key_result(self))

    def access_key_list(self) -> dict[str, Any]:
        """Return, below ``keys``, all access keys of an instance, and whether each is enabled.

        Raises:
            SysdigError: with a text that holds no secret.
        """
        return self._result("access keys", lambda: _fetch().access_key_list(self))

    def overview(self, on_exchange: OnExchange | None = None) -> Overview:
        """Return what the credential is and sees, which is not cached: it is asked for once.

        ``on_exchange`` is called with each request and its response.

        Raises:
            SysdigError: with a text that holds no secret.
        """
        seen: Overview = _fetch().overview(self, on_exchange)
        return seen

    def token_check(self, token: str, url: str, instance_id: str | None) -> dict[str, Any]:
        """Return the ``team_id`` of a token, after its instance has accepted it.

        Raises:
            SysdigError: with a text that holds no secret.
        """

        def fetch() -> tuple[dict[str, Any], None]:
            return _fetch().token_check(self, token, instance_id), None

        value, _is_cached = self.cached("token check", [url, instance_id], [token], fetch)
        return dict(value)

    def cached(
        self,
        what: str,
        subject: object,
        secrets: Iterable[str],
        fetch: Callable[[], tuple[dict[str, Any], float | None]],
        rejected: object = None,
    ) -> tuple[dict[str, Any], bool]:
        """Return a value, and whether it comes from the run cache. The arguments are those of ``RunCache.get``.

        ``what`` is what the value is called for people.
        """
        if self._directory is None:
            return fetch()[0], False
        is_cached = True

        def fetched() -> tuple[dict[str, Any], float | None]:
            nonlocal is_cached
            is_cached = False
            return fetch()

        value = RunCache(self._directory, secrets, self._host).get([what, subject], fetched, rejected)
        if self.on_request and is_cached:
            self.on_request(f"{what} from the run cache")
        return value, is_cached

    def _result(self, what: str, fetch: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        variables = {name: self.environment[name] for name in self.environment if name in VARIABLES}
        levels = [self.direct, variables, self.fallback]
        subject = [sorted((name, str(value)) for name, value in level.items() if value != "") for level in levels]
        value, _is_cached = self.cached(what, [*subject, self.token], self._secrets(variables), lambda: (fetch(), None))
        return dict(value)

    def _secrets(self, variables: Mapping[str, str]) -> list[str]:
        """Return what tells who retrieves."""
        secrets = [str(level[name]) for level in (self.direct, self.fallback) for name in SECRETS if name in level]
        secrets += [variables[name] for name in SECRET_VARIABLES if name in variables]
        for name in CREDENTIAL_FILES:
            named = (self.direct.get(name), self.fallback.get(name))
            paths = (*named, *map(variables.get, options.OPTIONS[name].environment))
            secrets += [_content(str(path)) for path in paths if path]
        return secrets if self.token is None else [*secrets, self.token]


def _given(level: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in level.items() if name in options.OPTIONS and is_given(value)}


def _content(path: str) -> str:
    """Return the content of a file with a credential, unless it can be read once only."""
    path = os.path.expanduser(path)
    with suppress(OSError):
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                return file.read(LARGEST_CREDENTIAL)
    return ""


def _fetch() -> ModuleType:
    from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _fetch

    return _fetch
