# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word the errors of the lookups: of their arguments, of variables, and of the section of ansible.cfg.

Each function returns an error to raise, or to show as a warning: what is wrong, and what to do about it.
"""

from __future__ import annotations

from typing import Iterable

from .base import OptionError
from .phrases import did_you_mean

# --- Arguments --------------------------------------------------------------------------------------------------------


def empty_term(number: int) -> OptionError:
    return OptionError(
        "instance_id",
        f"Term {number} of the lookup is empty.",
        "Give it the GUID or the CRN of an instance, or remove it: without any term, O(instance_id) counts.",
    )


def list_as_term(number: int, lookup: str) -> OptionError:
    return OptionError(
        "instance_id",
        f"Term {number} of the lookup is a list.",
        f"Make a term of each element, with an asterisk before the list: query('{lookup}', *crns).",
    )


def instance_beside_term() -> OptionError:
    return OptionError(
        "instance_id",
        "O(instance_id) is an argument of the lookup beside a term, and both name an instance.",
        "Leave out O(instance_id), or the term.",
    )


def unknown_argument(name: str, lookup: str, options: Iterable[str]) -> OptionError:
    return OptionError(
        name, f"There is no option {name}.", f"See `ansible-doc -t lookup {lookup}`.{did_you_mean(name, options)}"
    )


def misspelt_variable(name: str, suggestion: str) -> OptionError:
    return OptionError(
        name, f"The variable {name} is not an option of the lookups, and has no effect.", f"Did you mean {suggestion}?"
    )


# --- ansible.cfg ------------------------------------------------------------------------------------------------------


def secret_in_ansible_cfg(name: str, path: str, variables: Iterable[str]) -> OptionError:
    """``variables`` are the environment variables of the option."""
    elsewhere = "".join(f", or the environment variable {variable}" for variable in list(variables)[:1])
    return OptionError(
        name,
        f"The section [sysdig_token] of {path} has {name}, a secret, and secrets are not read from that file.",
        f"Remove it there, and use the variable sysdig_token_{name} from a vault{elsewhere}.",
    )


def unknown_in_ansible_cfg(name: str, path: str, options: Iterable[str]) -> OptionError:
    return OptionError(
        name,
        f"The section [sysdig_token] of {path} has {name}, which is not an option and has no effect.",
        f"Correct or remove it.{did_you_mean(name, options)}",
    )
