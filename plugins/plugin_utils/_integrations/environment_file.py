# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Values of ``NAME=value`` files, written so that systemd (EnvironmentFile=) and POSIX shells read the same."""

from __future__ import annotations

import re
from typing import Any

# Needs no quotes, so that readers which know no quotes (docker --env-file) understand it too.
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def quoted(value: str) -> str:
    """``value`` as it stands behind the equals sign. Both readers take back exactly these escapes."""
    return value if _PLAIN.fullmatch(value) else '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"'


def problem(name: Any, value: Any) -> str | None:
    """Why this variable cannot be written, or None."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return f"{name!r} is not a name for a variable: use letters, digits and underscores, and no digit first"
    if isinstance(value, (dict, list)):
        return f"the value of {name} must be text or a number"
    if any((ord(character) < 32 and character != "\t") or ord(character) == 127 for character in str(value)):
        return f"the value of {name} has a line break or other control character, which such a file cannot hold"
    if any(_is_no_character(ord(character)) for character in str(value)):
        return f"the value of {name} has a code that stands for no character, and which systemd refuses"
    return None


def _is_no_character(code: int) -> bool:
    """Surrogates and noncharacters. Source: unichar_is_valid() in src/basic/utf8.c of systemd."""
    return 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def text(value: Any) -> str:
    """A value as text: booleans as YAML writes them, null as nothing."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
