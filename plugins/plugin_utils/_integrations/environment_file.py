# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Values of ``NAME=value`` files, written so that systemd (EnvironmentFile=) and POSIX shells read the same."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors

# Needs no quotes, so that readers which know no quotes (docker --env-file) understand it too.
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def quoted(value: str) -> str:
    """Return ``value`` as it stands behind the equals sign. Both readers take back exactly these escapes."""
    return value if _PLAIN.fullmatch(value) else '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"'


def check(name: Any, value: Any, option: str = "variables") -> None:
    """Refuse a variable of ``option`` that cannot be written.

    Raises:
        OptionError: no reader would read this name, or this value, back.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise errors.not_a_variable_name(name, option)
    if isinstance(value, (dict, list)):
        raise errors.not_a_variable_value(name, option)
    if any((ord(character) < 32 and character != "\t") or ord(character) == 127 for character in str(value)):
        raise errors.control_character_in_variable(name, option)
    if any(_is_no_character(ord(character)) for character in str(value)):
        raise errors.no_character_in_variable(name, option)


def _is_no_character(code: int) -> bool:
    """Return whether it is a surrogate or a noncharacter. Source: unichar_is_valid() in src/basic/utf8.c of systemd."""
    return 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def text(value: Any) -> str:
    """Return a value as text: booleans as YAML writes them, null as nothing."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
