# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Tags of the Sysdig agent: what users write as a mapping, a list or text, the agent reads as ``a:b,c:d``."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors

_TAG = re.compile(r"[^\s,:][^,:\r\n]*:[^,\r\n]*[^\s,]")


def text(tags: Any) -> str:
    """Return the tags as the agent reads them."""
    return ",".join(_listed(tags))


def check(tags: Any) -> None:
    """Refuse what cannot be tags.

    Raises:
        OptionError: a tag cannot be written so that the agent reads it back.
    """
    if isinstance(tags, bool) or not isinstance(tags, (dict, list, str)):
        raise errors.not_tags()
    for name in tags if isinstance(tags, dict) else ():
        if ":" in str(name):
            raise errors.tag_with_colon(name)
    for tag in _listed(tags):
        if not _TAG.fullmatch(tag):
            raise errors.not_a_tag(tag)


def _listed(tags: Any) -> list[str]:
    if isinstance(tags, dict):
        return [f"{name}:{str(value).lower() if isinstance(value, bool) else value}" for name, value in tags.items()]
    if isinstance(tags, list):
        return [str(tag) for tag in tags]
    return [tag.strip() for tag in tags.split(",")]
