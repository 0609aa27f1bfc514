# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Tags of the Sysdig agent: what users write as a mapping, a list or text, the agent reads as ``a:b,c:d``."""

from __future__ import annotations

import re
from typing import Any

_TAG = re.compile(r"[^\s,:][^,:\r\n]*:[^,\r\n]*[^\s,]")


def text(tags: Any) -> str:
    """The tags as the agent reads them."""
    return ",".join(_listed(tags))


def problem(tags: Any) -> str | None:
    """Why these cannot be tags, or None."""
    if isinstance(tags, bool) or not isinstance(tags, (dict, list, str)):
        return "only a mapping, a list or text like a:b,c:d can be tags"
    for name in tags if isinstance(tags, dict) else ():
        if ":" in str(name):
            return f"the name {name!r} has a colon, which ends it"
    for tag in _listed(tags):
        if not _TAG.fullmatch(tag):
            return f"{tag!r} is not a name and a value like a:b, without commas"
    return None


def _listed(tags: Any) -> list[str]:
    if isinstance(tags, dict):
        return [f"{name}:{str(value).lower() if isinstance(value, bool) else value}" for name, value in tags.items()]
    if isinstance(tags, list):
        return [str(tag) for tag in tags]
    return [tag.strip() for tag in tags.split(",")]
