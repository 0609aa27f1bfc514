# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Build the small parts that the sentences of this package are made of. Runs on Python 3.6."""

import difflib
from typing import Any, Iterable


def either(names: Iterable[str]) -> str:
    """Join names as «a, b or c»."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def options(names: Iterable[str]) -> str:
    """Join the names of options as «O(a), O(b) or O(c)»."""
    return either(f"O({name})" for name in names)


def shown(value: Any) -> str:
    """Quote a value for a message, cut to what a person can still recognise."""
    text = str(value)
    return text if isinstance(value, int) else repr(text if len(text) <= 120 else f"{text[:100]}...")


def abbreviated(secret: str) -> str:
    """Show the first characters of a secret that has many, to tell it from others of its kind."""
    return f"{secret[:4]}..." if len(secret) >= 16 else "..."


def rotate_again(old_key: str, is_to_disable: bool = False) -> str:
    """Say how to run the playbook that rotates an access key once more."""
    further = " --extra-vars disable_old=true" if is_to_disable else ""
    return f"run the playbook again with --extra-vars old_access_key={abbreviated(old_key).rstrip('.')}{further}"


def printable(text: str) -> str:
    """Put ``text`` on one line, without what a terminal takes as a command: services' own words go into messages."""
    return "".join(character if character.isprintable() else " " for character in text)


def duration(seconds: float) -> str:
    """Say a time as «13 seconds», «60 minutes», at most «365 days»."""
    for unit, length in (("seconds", 1), ("minutes", 60), ("hours", 3600)):
        if seconds < 120 * length:
            return f"{round(seconds / length)} {unit}"
    return f"{round(min(365.0, seconds / 86400))} days"


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """Suggest the nearest known name as « Did you mean us-south?», or return an empty string."""
    names = {name.lower(): name for name in known}
    close = difflib.get_close_matches(value.lower(), names, n=1)
    return f" Did you mean {names[close[0]]}?" if close else ""


def sentence(text: str) -> str:
    """End ``text`` with a full stop, unless it has an end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
