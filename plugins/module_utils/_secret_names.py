# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Tell which values of a configuration are secrets, by the names that they stand under.

Runs on Python 3.6: hosts decide line by line what a difference may show.
"""

import re

CONTEXT_END = "\0"

# Endings of names in snake case.
_SECRET_NAME = re.compile(
    r"(?:(?:password|passwd|passphrase|token|secret|credential|authorization|cookie|signature|customer_?id|header_?value"
    r"|(?<![a-z])(?:pass|pwd)|(?:api|access|private|secret|shared|account|auth|license)_?key)s?"
    r"|(?<!public)(?<!routing)(?<!sort)(?<!partition)(?<!primary)(?<!foreign)(?<!group)(?<!label)(?<!attribute)_key)"
    r"_?[0-9]*\Z"
)
_OPEN_NAME = re.compile(
    r"(?<![a-z])(?:ur[il]|host|hostname|server|address|collector|endpoint|port|path|file|filename|dir|directory|region"
    r"|product|team|user|username|name|id|tag|type|kind|access|version|level|mode|interval|timeout|ssl|tls|enabled)"
    r"s?_?[0-9]*\Z"
)
# References to secrets in other places, and what no secret looks like.
_OPEN_VALUE = re.compile(r"\$\{(?:\w+:)?[\w./]+\}|true|false|null|yes|no|~|", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Return whether the value under ``name`` must be a secret: that of ``bearer_token``, but not of ``token_url``."""
    return bool(_SECRET_NAME.search(_snake_case(name)))


def is_open_name(name: str) -> bool:
    """Return whether the value under ``name`` is not a secret, even where secrets are expected."""
    return bool(_OPEN_NAME.search(_snake_case(name))) and not is_secret_name(name)


def is_open_value(value: str) -> bool:
    """Return whether ``value`` is not a secret under any name."""
    return bool(_OPEN_VALUE.fullmatch(value.strip()))


def secret_behind(context: str, value: str) -> str:
    """Return an item for ``secrets`` that stands for ``value`` only where ``context`` is directly before it."""
    return context + CONTEXT_END + value


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name).lower()
