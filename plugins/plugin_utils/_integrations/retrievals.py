# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""What the entries of one host retrieve: every distinct retrieval once, through the run cache."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from ansible import constants
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _cached_retrieval
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import Entry
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.result import Result
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrieval import Level, Retrieval, combine
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.variables import PREFIX


class Retrievals:
    """Retrieves for the entries of one host.

    ``levels`` are those below an entry, the highest first, and ``environment`` are the variables of the task's
    environment, which are laid over those of this process.
    """

    def __init__(self, levels: Sequence[Level], environment: Mapping[str, str]) -> None:
        self._levels = levels
        self._environment = environment
        self._results: dict[str, Result] = {}

    def result_of(self, entry: Entry, label: str) -> Result:
        """The result for an entry, which messages call ``label``.

        Raises:
            EntryError: the retrieval failed.
        """
        retrieval = combine([Level(entry.retrieval), *self._levels])
        # What nobody has named is asked for where the entry is, or the role, has its options.
        written = {name: name if entry.retrieval else PREFIX + name for name in OPTIONS} | dict(retrieval.written)
        caller = label if entry.retrieval else ""
        key = json.dumps([retrieval.token, retrieval.options], sort_keys=True)
        if key not in self._results:
            self._results[key] = self._retrieved(retrieval, caller, written)
        return self._results[key]

    @property
    def secrets(self) -> list[str]:
        """What messages and differences must not show."""
        return list(dict.fromkeys(secret for result in self._results.values() for secret in result.secrets))

    def _retrieved(self, retrieval: Retrieval, caller: str, written: Mapping[str, str]) -> Result:
        def ask(function: Any, **further: Any) -> dict[str, Any]:
            with _overlaid(self._environment):
                try:
                    result: dict[str, Any] = function(
                        retrieval.options, os.environ, self._fallback, constants.DEFAULT_LOCAL_TMP, **further
                    )
                except SysdigError as error:
                    raise errors.in_entry(error, caller, written) from None
            return result

        def read_access_key() -> str:
            return str(ask(_cached_retrieval.access_key_result, token=retrieval.token)["access_key"])

        return Result(ask(_cached_retrieval.token_result, token=retrieval.token), read_access_key)

    @cached_property
    def _fallback(self) -> dict[str, Any]:
        return _cached_retrieval.fallback_options()


@contextmanager
def _overlaid(environment: Mapping[str, str]) -> Iterator[None]:
    """Lay variables over the environment of this process, which is a worker for this one task.

    Libraries read it too, to find a proxy, for instance.
    """
    former = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(former)
