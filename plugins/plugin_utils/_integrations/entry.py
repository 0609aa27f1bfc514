# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""One entry of the user, checked: its type, its options, and those of a retrieval of its own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS as RETRIEVAL
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations import entry_options
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES

PARTICULAR = {option for kind in TYPES.values() for option in kind.options}
COMMON = tuple(option for option in entry_options.OPTIONS if option not in PARTICULAR)
# A name becomes part of file names, and of identifiers inside files.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")  # of Alloy's language
_LONGEST_UID = 40  # characters. Source: the documentation of Grafana's HTTP API, "Data source API"


def label(number: int, given: Any) -> str:
    """Return what messages call an entry, whatever is wrong with it: «Entry 2 (prometheus)»."""
    kind = given.get("type") if isinstance(given, Mapping) else None
    return f"Entry {number} ({kind})" if isinstance(kind, str) and kind in TYPES else f"Entry {number}"


class Entry:
    """Hold one entry: ``options`` are those that are given, ``retrieval`` those of a retrieval of its own.

    Everything here raises OptionError for what cannot be used.
    """

    def __init__(self, given: Any) -> None:
        if not isinstance(given, Mapping):
            raise errors.not_an_entry()
        given = {name: value for name, value in given.items() if _is_given(name, value)}
        self.kind = _kind(given)
        self.type = TYPES[self.kind]
        self.retrieval = {name: value for name, value in given.items() if name in RETRIEVAL}
        allowed = [name for name in entry_options.OPTIONS if name in COMMON or name in self.type.options]
        for name in given:
            if name not in RETRIEVAL and name not in allowed:
                raise errors.unknown_option(name, allowed, RETRIEVAL)
        self.options = {
            name: entry_options.checked(name, value) for name, value in given.items() if name not in RETRIEVAL
        }
        for option in (self.type.endpoint_option, self.type.access_key_option):
            if option and self.below(option) == "":
                self._leave_out(option)
        self.state: str = self.get("state")
        self.name = self._name() if "name" in self.type.options else ""
        self.file_path = str(self.get("path") or self.type.path.format(name=self.name) or self.required("path"))

    def get(self, name: str) -> Any:
        """Return the option, or its default."""
        return self.options.get(name, entry_options.OPTIONS[name].default)

    def required(self, name: str) -> Any:
        """Return an option that must be given."""
        if name not in self.options:
            raise errors.missing(name)
        return self.options[name]

    def below(self, option: str) -> Any:
        """Return the value of an option that is written like ``settings.collector``, or None."""
        value: Any = self.options
        for key in option.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    @property
    def needs_access_key_only(self) -> bool:
        """Tell whether the access key is all that is needed. An instance for IAM alone has no usable API token."""
        if self.type.access_key_option:
            return not self.below(self.type.access_key_option)
        own = self.options.get("variables", {})
        keys = [str(value.get("from")) for value in own.values() if isinstance(value, Mapping)]
        if "preset" in self.options or not own:
            by_product = self.type.presets.get(self.options.get("preset", ""), {})
            keys += [key for preset in by_product.values() for key in preset.values()]
        return "access_key" in keys and "token" not in keys

    def particular(self) -> dict[str, Any]:
        """Return the options that say what this type writes, with the path of a token file, without an access key."""
        names = set(self.type.options) - {"create", "metrics_url"}
        options = {name: value for name, value in self.options.items() if name in names}
        if "token_path" in self.type.options:
            options["token_path"] = self.token_path()
        if self.type.access_key_option:
            name, key = self.type.access_key_option.split(".")
            options[name] = {other: value for other, value in options.get(name, {}).items() if other != key}
        return options

    def _leave_out(self, option: str) -> None:
        name, key = option.split(".")
        self.options[name] = {other: value for other, value in self.options[name].items() if other != key}

    def token_path(self) -> str:
        """Return where the token file is: by default beside the file that names it."""
        directory = posixpath.dirname(self.file_path)
        path = str(self.options.get("token_path") or posixpath.join(directory, f"{self.name}-token"))
        if path == self.file_path:
            raise errors.same_file(path)
        return path

    def _name(self) -> str:
        """Return the name as files and identifiers may have it. Grafana shows the one that was given."""
        name = str(self.get("name"))
        if self.kind == "grafana":
            name = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
            if not 0 < len(name) <= _LONGEST_UID:
                raise errors.not_a_name(self.get("name"), "it has no letters or digits, or too many for a uid")
        elif self.kind == "alloy" and not _IDENTIFIER.fullmatch(name):
            raise errors.not_a_name(name, "only letters, digits and underscores can be in it, and no digit first")
        elif not _NAME.fullmatch(name):
            raise errors.not_a_name(name, "only letters, digits, dots, dashes and underscores can be in it")
        return name


def _is_given(name: str, value: Any) -> bool:
    if value == "":
        return name in entry_options.OPTIONS and entry_options.OPTIONS[name].may_be_empty
    return value is not None


def _kind(given: Mapping[str, Any]) -> str:
    kind = given.get("type")
    if kind is None:
        raise errors.missing_type(TYPES)
    if not isinstance(kind, str) or kind not in TYPES:
        raise errors.unknown_type(kind, TYPES)
    return kind
