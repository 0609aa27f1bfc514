# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Wordings for the arguments of the lookups, their variables, and the section of ansible.cfg.

Each function returns an error to raise, or the text of a warning.
"""

from __future__ import annotations

from typing import Iterable

from .base import OptionError
from .phrases import did_you_mean

SECTION = "[sysdig_token]"


def empty_term(number: int) -> OptionError:
    return OptionError(
        "instance_id",
        f"Term {number} is empty.",
        "Correct it, or remove it: every term is the GUID or the CRN of an instance. Without any term, O(instance_id) and"
        " its variables name the instance.",
    )


def list_as_term(number: int, lookup: str) -> OptionError:
    return OptionError(
        "instance_id",
        f"Term {number} is a list.",
        f"Put an asterisk before the list, to make each of its elements a term: query('{lookup}', *crns).",
    )


def unknown_argument(name: str, lookup: str, options: Iterable[str]) -> OptionError:
    return OptionError(
        name, f"There is no option {name}.", f"See `ansible-doc -t lookup {lookup}`.{did_you_mean(name, options)}"
    )


def ambiguous_switch(name: str, value: object) -> OptionError:
    return OptionError(name, f"O({name})={value!r} is neither true nor false.", f"Correct O({name}).")
