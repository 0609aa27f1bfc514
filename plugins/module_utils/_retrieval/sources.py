# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Where the value of an option comes from, and which of several wins."""

from __future__ import annotations

from typing import Any, Mapping

from .._errors import retrieval as errors
from . import parse
from .options import OPTIONS


class Sources:
    """Where values come from: ``given`` by the user, the ``environment``, and ``lower`` (an ini file).

    An empty string counts as unset in each of them.
    """

    def __init__(self, given: Mapping[str, Any], environment: Mapping[str, str], lower: Mapping[str, Any]) -> None:
        self.given = {name: value for name, value in given.items() if value not in (None, "")}
        self.environment = environment
        self.lower = {name: value for name, value in lower.items() if value not in (None, "")}
        self.product = "monitor"  # decides which environment variables are asked

    def from_environment(self, name: str) -> str | None:
        """The value of the first variable of the option that is set."""
        variables = OPTIONS[name].variables(self.product)
        return next((self.environment[variable] for variable in variables if self.environment.get(variable)), None)

    def levels(self, name: str) -> tuple[Any, Any, Any]:
        """The option's values from the highest precedence to the lowest, None where it is unset."""
        return self.given.get(name), self.from_environment(name), self.lower.get(name)

    def get(self, name: str) -> Any:
        """The option's value: given, else from the environment, else lower, else its default."""
        return next((value for value in self.levels(name) if value is not None), OPTIONS[name].default)

    def text(self, name: str) -> str | None:
        """The value of a text option, checked to be one."""
        return parse.text(name, self.get(name))

    def one_of(self, first: str, second: str) -> tuple[str | None, str | None]:
        """Two options of which one is to be given; at the same level of precedence both are an error."""
        for one, other in zip(self.levels(first), self.levels(second)):
            if one is not None and other is not None:
                raise errors.several(first, second)
            if one is not None or other is not None:
                return parse.text(first, one), parse.text(second, other)
        return None, None
