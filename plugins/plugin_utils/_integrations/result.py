# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Hold what one retrieval returned, for Python code and templates. What it did not return is retrieved on first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError

TOKEN, ACCESS_KEY = "token", "access_key"


class Result(dict[str, Any]):
    """Hold the result of a retrieval, and below the names of ``readers`` what they return, each called at most once.

    What they return is not among the items, so that whatever shows or compares them does not retrieve it. ``failure``
    is the error of a reader, which a template engine may have replaced by one of its own. ``is_private``: the control
    node has to be told whom to trust, or not to verify certificates.
    """

    # Before ansible-core 2.19, every variable that a template names is searched for templates, unless it has this.
    __UNSAFE__ = True

    def __init__(
        self,
        data: Mapping[str, Any],
        readers: Mapping[str, Callable[[], str]] | None = None,
        is_private: bool = False,
    ) -> None:
        super().__init__(data)
        self.is_private = is_private
        self._readers = dict(readers or {})
        self._read: dict[str, str] = {}
        self.failure: SysdigError | None = None

    def __missing__(self, key: str) -> Any:
        if key not in self._read:
            read = self._readers[key]
            try:
                self._read[key] = read()
            except SysdigError as error:
                self.failure = error
                raise
        return self._read[key]

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self._readers

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value, as with brackets."""
        try:
            return self[key]
        except KeyError:
            return default

    @property
    def origin(self) -> dict[str, str]:
        """Return where the token is from, by what people call it. No secret, and the same after the token was reset."""
        team = super().get("team_id") or super().get("team_name")
        names = {"instance": "instance_id", "product": "product", "address": "url"}
        return {"team": str(team or "")} | {
            name: str(super(Result, self).get(key) or "") for name, key in names.items()
        }

    @property
    def secrets(self) -> list[str]:
        """Return what messages and differences must not show."""
        known = {**self, **self._read}
        secrets = [known[name] for name in (TOKEN, ACCESS_KEY) if known.get(name)]
        # Some templates write a dollar sign twice.
        return secrets + [secret.replace("$", "$$") for secret in secrets if "$" in secret]

    def value_of(self, path: str) -> Any:
        """Return the value that ``{from: PATH}`` stands for, such as ``token`` or ``endpoints.collector``.

        Raises:
            OptionError: there is no such key, or this instance has no value for it.
        """
        value: Any = self
        for key in path.split("."):
            if not isinstance(value, Mapping) or key not in value:
                raise errors.unknown_key(path, self._paths())
            value = value[key]
        if value is None or isinstance(value, Mapping):
            raise errors.no_value(path, self["url"]) if value is None else errors.unknown_key(path, self._paths())
        return value

    def _paths(self) -> list[str]:
        plain = [key for key, value in self.items() if not isinstance(value, Mapping)]
        nested = [f"{key}.{name}" for key, value in self.items() if isinstance(value, Mapping) for name in value]
        return [*dict.fromkeys([*plain, *self._readers]), *nested]
