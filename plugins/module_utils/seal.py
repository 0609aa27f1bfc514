# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Hides a text on its way from the module, which prints its result, to the action plugin.

Ansible being debugged shows what a module prints. The key goes the other way, with the module's arguments, and is used
once: a keystream made from it is as good as a one-time pad.
"""

from __future__ import annotations

import base64
import hashlib


def seal(text: str, key: str) -> str:
    """``text`` made unreadable without ``key``, which must not be used again."""
    return base64.b64encode(_mixed(text.encode(), key)).decode()


def unseal(sealed: str, key: str) -> str:
    """The text that ``seal`` hid."""
    return _mixed(base64.b64decode(sealed), key).decode()


def _mixed(data: bytes, key: str) -> bytes:
    stream = hashlib.shake_256(key.encode()).digest(len(data))
    return bytes(one ^ other for one, other in zip(data, stream))
