# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Where the value of an option comes from, and which of several wins."""

from __future__ import annotations

from typing import Any, Mapping

from .._errors import options as errors
from . import parse
from .options import OPTIONS


class Sources:
    """Hold the values of options: those given ``direct``, the ``environment``, and a ``fallback`` (an ini file).

    An empty string counts as unset in each of them.
    """

    def __init__(self, direct: Mapping[str, Any], environment: Mapping[str, str], fallback: Mapping[str, Any]) -> None:
        self.direct = {name: value for name, value in direct.items() if value not in (None, "")}
        self.environment = environment
        self.fallback = {name: value for name, value in fallback.items() if value not in (None, "")}
        self.product = "monitor"  # decides which environment variables are asked

    def from_environment(self, name: str) -> str | None:
        """The value of the first variable of the option that is set."""
        variables = OPTIONS[name].variables(self.product)
        return next((self.environment[variable] for variable in variables if self.environment.get(variable)), None)

    def candidates(self, name: str) -> tuple[Any, Any, Any]:
        """The option's values from the highest precedence to the lowest, None where it is unset."""
        return self.direct.get(name), self.from_environment(name), self.fallback.get(name)

    def get(self, name: str) -> Any:
        """The option's value: the first of its candidates, else its default."""
        return next((value for value in self.candidates(name) if value is not None), OPTIONS[name].default)

    def text(self, name: str) -> str | None:
        """The value of a text option, checked to be one."""
        return parse.text(name, self.get(name))

    def one_of(self, first: str, second: str) -> tuple[str | None, str | None]:
        """Two options of which one is to be given; at the same level of precedence both are an error."""
        for one, other in zip(self.candidates(first), self.candidates(second)):
            if one is not None and other is not None:
                raise errors.mutually_exclusive(first, second)
            if one is not None or other is not None:
                return parse.text(first, one), parse.text(second, other)
        return None, None
