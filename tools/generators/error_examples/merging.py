# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of configurations that cannot be merged into."""

from __future__ import annotations

from typing import Any

HEADING = "Configurations that are merged into"

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "not_yaml": [("did not find expected ',' or ']'", 3)],
    "forbidden_character": [("\x07", 3)],
    "unreadable_value": [(3,)],
    "multiplying_aliases": [(1,)],
    "too_deep": [(100, 3)],
    "second_document": [(3,)],
    "not_a_configuration": [(1,)],
    "missing_section": [("service.pipelines.metrics", 12)],
    "wrong_shape": [("exporters", "a single value", "a mapping", 4), ("remote_write", "a mapping", "a list", 4)],
    "from_anchor": [("authorization", 3), (0, 3)],
    "shared_by_anchor": [(3,)],
    "lost_comment": [(3,)],
    "unterminated_block": [(14,)],
    "uneditable": [(3,)],
}
