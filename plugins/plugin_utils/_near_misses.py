# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Find variables that nearly have the name of an option, so that nobody misses that they do nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.phrases import either

MOST_EDITS = 2  # letters to replace, insert or remove


def near_misses(names: Iterable[str], prefix: str, options: Collection[str]) -> list[tuple[str, str]]:
    """Return the ``names`` that are nearly one of ``options``, each with the names to suggest, as «a or b».

    A near miss begins with ``prefix``, and is a few letters away from an option, or the beginning of some: people have
    variables of their own, whose names may begin alike.

    Args:
        names: of all variables of a host, for instance. Few of them begin with the prefix.
        prefix: that all options begin with.
        options: the names of the variables that count, with the prefix.
    """
    suspects = [name for name in names if name.startswith(prefix) and name not in options]
    found = [(name, _suggested(name, prefix, options)) for name in suspects]
    return [(name, either(suggested)) for name, suggested in found if suggested]


def _suggested(name: str, prefix: str, options: Collection[str]) -> list[str]:
    """Return the options that begin with ``name``, or else the nearest ones."""
    beginnings = [option for option in options if option.startswith(f"{name}_")] if len(name) > len(prefix) else []
    if beginnings:
        return beginnings
    edits = {option: _edits(name, option) for option in options if _may_be_near(name, option, prefix)}
    least = min(edits.values(), default=MOST_EDITS + 1)
    return [option for option, count in edits.items() if count == least <= _tolerance(option, prefix)]


def _may_be_near(name: str, option: str, prefix: str) -> bool:
    return abs(len(name) - len(option)) <= _tolerance(option, prefix)


def _tolerance(option: str, prefix: str) -> int:
    """Return how many edits make a near miss: fewer than half of the letters, or ``ttl`` would be ``url``."""
    return min(MOST_EDITS, (len(option) - len(prefix) - 1) // 2)


def _edits(first: str, second: str) -> int:
    """Return the number of letters to replace, insert or remove (Levenshtein distance)."""
    row = list(range(len(second) + 1))
    for number, letter in enumerate(first, start=1):
        diagonal, row[0] = row[0], number
        for column, other in enumerate(second, start=1):
            diagonal, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, diagonal + (letter != other))
    return row[-1]
