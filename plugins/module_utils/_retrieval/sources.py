# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Find the values of options in their sources: which of several wins, and where a bad one came from."""

from __future__ import annotations

import platform
from typing import Any, Mapping, NamedTuple

from .._errors import options as errors
from .._errors.base import OptionError
from . import parse
from .options import OPTIONS


class Places(NamedTuple):
    """Say in messages where values come from: «environment of ``environment``», and what ranks below it.

    ``note`` is a sentence on what a user may not expect of that environment, for when no credential is found.
    """

    environment: str = f"this process on {platform.node()}"
    fallback: str = "defaults"
    note: str = ""


CONTROL_NODE = Places("the control node", "section [sysdig_token] of ansible.cfg")


class Sources:
    """Hold the values of options: those given ``direct``, the ``environment``, and a ``fallback`` (an ini file).

    An empty string counts as unset in each of them.
    """

    def __init__(
        self,
        direct: Mapping[str, Any],
        environment: Mapping[str, str],
        fallback: Mapping[str, Any],
        places: Places,
    ) -> None:
        self.direct = {name: value for name, value in direct.items() if value not in (None, "")}
        self.environment = environment
        self.fallback = {name: value for name, value in fallback.items() if value not in (None, "")}
        self.places = places
        self.product = "monitor"  # decides which environment variables count

    def candidates(self, name: str) -> tuple[Any, Any, Any]:
        """Return the option's values from the highest precedence to the lowest, None where it is unset."""
        variable = self._variable(name)
        return self.direct.get(name), variable and self.environment[variable], self.fallback.get(name)

    def get(self, name: str) -> Any:
        """Return the option's value: the first of its candidates, else its default."""
        return next((value for value in self.candidates(name) if value is not None), OPTIONS[name].default)

    def is_from_environment(self, name: str) -> bool:
        """Return whether the environment's value is the one that counts."""
        direct, from_environment, _fallback = self.candidates(name)
        return direct is None and from_environment is not None

    def text(self, name: str) -> str | None:
        """Return the value of a text option, checked to be one."""
        return parse.text(name, self.get(name))

    def one_of(self, first: str, second: str) -> tuple[str | None, str | None]:
        """Return two options of which one may be given; at the same level of precedence both are an error."""
        for one, other in zip(self.candidates(first), self.candidates(second)):
            if one is not None and other is not None:
                raise errors.mutually_exclusive(first, second)
            if one is not None or other is not None:
                return parse.text(first, one), parse.text(second, other)
        return None, None

    def explain(self, error: OptionError) -> OptionError:
        """Return the error with the name and the place of each value that was not given directly."""
        return error.traced(self._origin)

    def _origin(self, name: str) -> tuple[str, str] | None:
        if name not in OPTIONS or name in self.direct:
            return None
        variable = self._variable(name)
        if variable is not None:
            return variable, f"environment of {self.places.environment}"
        is_default = self.fallback.get(name, OPTIONS[name].default) == OPTIONS[name].default
        return None if is_default else (name, self.places.fallback)

    def _variable(self, name: str) -> str | None:
        """Return the first environment variable of the option that is set."""
        variables = OPTIONS[name].variables(self.product)
        return next((variable for variable in variables if self.environment.get(variable)), None)
