# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Retrieve for the entries of one host: every distinct retrieval once, through the run cache."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.display import Display
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _cached_retrieval
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import Entry
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.result import ACCESS_KEY, TOKEN, Result
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrieval import Level, Retrieval, combine
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.variables import PREFIX

if TYPE_CHECKING:
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.overview import Overview
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import OnExchange
# Whatever is like a secret is hidden in what a module returns, and what is shorter is in every text.
SHORTEST_TOKEN = 8  # characters; those of Sysdig have 36

_METHODS: dict[str, Callable[[_cached_retrieval.Retrieval], dict[str, Any]]] = {
    TOKEN: _cached_retrieval.Retrieval.token_result,
    ACCESS_KEY: _cached_retrieval.Retrieval.access_key_result,
}

display = Display()


class Retrievals:
    """Retrieve for the entries of one host.

    ``levels`` are those below an entry, the highest first, and ``environment`` are the variables of the task's
    environment, which are laid over those of this process. ``host`` is the name of the host.
    """

    def __init__(self, levels: Sequence[Level], environment: Mapping[str, str], host: str | None) -> None:
        self._levels = levels
        self._environment = environment
        self._host = host
        self._on_request = _show if display.verbosity > 2 else None
        self._results: dict[str, Result] = {}
        self._retrievals: dict[int, Retrieval] = {}  # by the identity of their results, which are kept

    def result_of(self, entry: Entry, label: str) -> Result:
        """Return the result for an entry, which messages call ``label``.

        Raises:
            EntryError: the retrieval failed.
        """
        try:
            retrieval = combine([Level(entry.retrieval), *self._levels])
        except SysdigError as error:  # of a variable, which is not the entry's
            raise errors.in_entry(error, "") from None
        first = ACCESS_KEY if entry.needs_access_key_only else TOKEN
        key = json.dumps([first, retrieval.token, retrieval.options], sort_keys=True)
        if key not in self._results:
            self._results[key] = self._retrieved(retrieval, first, label if entry.retrieval else "")
            self._retrievals[id(self._results[key])] = retrieval
        return self._results[key]

    def overview(self, on_exchange: OnExchange | None = None) -> Overview:
        """Find out what the credential below all entries is and sees.

        ``on_exchange`` is called with each request and its response.

        Raises:
            SysdigError: the login fails, or instances cannot be listed.
        """
        retrieval = combine(self._levels)
        with overlaid(self._environment):
            try:
                return self._cached(retrieval).overview(on_exchange)
            except SysdigError as error:
                raise error.named(lambda option: retrieval.written.get(option) or PREFIX + option) from None

    def team_of_token(self, result: Result, token: str) -> int | None:
        """Ask Sysdig, once per playbook run and token, for the team of a token, which is None if it does not tell.

        Raises:
            SysdigError: the instance of ``result`` does not accept the token, or does not respond.
        """
        with overlaid(self._environment):
            cached = self._cached(self._retrievals[id(result)])
            team: int | None = cached.token_check(token, result["url"], result["instance_id"])["team_id"]
            return team

    def access_keys(self, result: Result) -> dict[str, bool]:
        """Ask Sysdig, once per playbook run, for the access keys of an instance, and whether each is enabled.

        Raises:
            SysdigError: that is refused, or there is no response.
        """
        with overlaid(self._environment):
            keys: dict[str, bool] = self._cached(self._retrievals[id(result)]).access_key_list()["keys"]
            return keys

    @property
    def secrets(self) -> list[str]:
        """Return what messages and differences must not show."""
        return list(dict.fromkeys(secret for result in self._results.values() for secret in result.secrets))

    def _retrieved(self, retrieval: Retrieval, first: str, label: str) -> Result:
        """Retrieve TOKEN or ACCESS_KEY, and the other one when something uses it."""

        def name_of(option: str) -> str:
            # An option that nobody has named is requested where the entry, or else the role, has its options.
            return retrieval.written.get(option) or (option if label else PREFIX + option)

        def result(name: str) -> dict[str, Any]:
            with overlaid(self._environment):
                try:
                    data = _METHODS[name](self._cached(retrieval))
                except SysdigError as error:
                    raise errors.in_entry(error, label, name_of) from None
            if name == TOKEN and len(data[name]) < SHORTEST_TOKEN:
                raise errors.in_entry(errors.short_token(len(data[name])), label, name_of)
            return data

        (other,) = _METHODS.keys() - {first}
        data = result(first)
        # Some access keys belong to no team; which team was requested tells two entries apart.
        team = {name: retrieval.options.get(name) for name in ("team_id", "team_name") if data[name] is None}
        return Result({**data, **team}, {other: lambda: str(result(other)[other])}, _is_private(retrieval))

    def _cached(self, retrieval: Retrieval) -> _cached_retrieval.Retrieval:
        """Return the retrieval as it takes part in the playbook run."""
        return _cached_retrieval.Retrieval(
            retrieval.options,
            dict(os.environ),
            _cached_retrieval.fallback_options(),
            constants.DEFAULT_LOCAL_TMP,
            retrieval.token,
            self._on_request,
            self._host,
            errors.ENVIRONMENT,
        )


def _is_private(retrieval: Retrieval) -> bool:
    verifies = retrieval.options.get("validate_certs")
    return bool(retrieval.options.get("ca_path")) or (verifies is not None and not boolean(verifies, strict=False))


def _show(line: str) -> None:
    display.vvv(f"ibmcloud.sysdig.sysdig_integrations: {line}")


@contextmanager
def overlaid(environment: Mapping[str, str]) -> Iterator[None]:
    """Lay variables over the environment of this process, which is a worker for this one task.

    Libraries read it too, to find a proxy, for instance.
    """
    former = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in former.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
