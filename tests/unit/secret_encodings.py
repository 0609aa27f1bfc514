# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways in which a service, a library or a shell may write a secret: by name, a function from secret to text."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus


def _each(spelling: str, every: int = 1) -> Callable[[str], str]:
    """Every character, or every second or third one, by a format of its number."""
    return lambda secret: "".join(
        char if number % every else spelling.format(ord(char)) for number, char in enumerate(secret)
    )


def _base64(before: str, url_safe: bool = False) -> Callable[[str], str]:
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    return lambda secret: encode(f"{before}{secret}, he said".encode()).decode()


def _lower_case_escapes(secret: str) -> str:
    return re.sub("%..", lambda escape: escape.group().lower(), quote_plus(secret))


def _wrapped(text: str, width: int = 8) -> str:
    return " ".join(text[start : start + width] for start in range(0, len(text), width))


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "split over white space": _wrapped,
    "URL": quote,
    "URL, with slashes": lambda secret: quote(secret, safe=""),
    "form": quote_plus,
    "form, in lower case": _lower_case_escapes,
    "URL, every character": _each("%{:02X}"),
    "URL, every character in lower case": _each("%{:02x}"),
    "URL, every second character": _each("%{:02x}", 2),
    "URL twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "URL of old servers": _each("%u{:04x}"),
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON within JSON": lambda secret: json.dumps(json.dumps(secret))[3:-3],
    "JSON, every character": _each("\\u{:04x}"),
    "JSON, every character in upper case": _each("\\u{:04X}"),
    "JSON, every third character": _each("\\u{:04x}", 3),
    "JSON, every third character, of a URL in JSON": lambda secret: _each("\\\\u{:04x}", 3)(
        _each("%{:02x}", 2)(secret)
    ),
    "C": _each("\\x{:02x}"),
    "C, of a URL in JSON": lambda secret: _each("\\\\x{:02x}")(_each("%{:02x}", 2)(secret)),
    "JavaScript": _each("\\u{{{:x}}}"),
    "Python": lambda secret: repr(secret)[1:-1],
    "shell": shlex.quote,
    "HTML": html.escape,
    "HTML, every character": _each("&#{};"),
    "HTML, every character in hexadecimal": _each("&#x{:X};"),
    "Base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "Base64 without padding": lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
    "Base64 for URLs": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
    "Base64 after 1 byte": _base64("x"),
    "Base64 after 2 bytes": _base64("xy"),
    "Base64 after 7 bytes": _base64("apikey:"),
    "Base64 for URLs after 1 byte": _base64("x", url_safe=True),
    "Base64 for URLs after 2 bytes": _base64("xy", url_safe=True),
    "Base64 in lines": lambda secret: _wrapped(base64.b64encode(secret.encode()).decode(), 20),
    "Base64 in a URL": lambda secret: quote(_base64("x")(secret), safe=""),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "hexadecimal in upper case": lambda secret: secret.encode().hex().upper(),
    "hexadecimal with colons": lambda secret: secret.encode().hex(":"),
    "hexadecimal with dashes": lambda secret: secret.encode().hex("-").upper(),
    "hexadecimal with spaces": lambda secret: secret.encode().hex(" "),
    "without its beginning": lambda secret: secret[4:],
    "without its end": lambda secret: secret[:-4],
}
