# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""A YAML document: its text, its data, and where in the text each part of the data is."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import merging
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.nodes import Node, parse

Path = tuple[Any, ...]  # of keys (str) and positions (int), from the root down
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
# Between a dash and its element there may be comments, which may have dashes.
_DASH = re.compile(r"^ *(-)(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*\Z", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n")
_BLOCK_TEXT = re.compile(r"(?:[&!]\S*\s+)*[|>]")


class Document:
    """A YAML document, immutable. Positions are indexes of characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._root, self._end, self.data = parse(text)
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def get(self, path: Path, default: Any = None) -> Any:
        """The value at ``path``."""
        value = self.data
        for step in path:
            is_element = isinstance(step, int) and isinstance(value, list) and step < len(value)
            is_key = isinstance(step, str) and isinstance(value, dict) and step in value
            if is_element or is_key:
                value = value[step]
            else:
                return default
        return value

    def line(self, path: Path) -> int:
        """The line, from 1, in which the value at ``path`` begins."""
        return self._node(path).line

    def _node(self, path: Path) -> Node:
        node = self._root or Node("scalar", 0, 0, 1)
        for step in path:
            positions = node.positions(step) if isinstance(step, str) else [step]
            if not positions or positions[-1] >= len(node.items):
                raise merging.from_anchor(step, node.line)
            node = node.items[positions[-1]]
        return node

    def _of(self, node: Node) -> str:
        return self.text[node.start : node.end]

    def _comments(self, start: int, end: int) -> list[str]:
        """Comments in a part of the text; what looks like one inside of a scalar is none."""
        scalars = [(scalar.start, scalar.end) for scalar in self._root.leaves()] if self._root else []
        return [
            comment.group()
            for comment in _COMMENT.finditer(self.text, start, end)
            if not any(first <= comment.start() < after for first, after in scalars)
        ]

    def _after(self, collection: Node) -> int:
        """Where the lines of a block collection end, with the comments below that are indented like its inside."""
        end = self._line_end(collection.end)
        first = self._dash(collection, 0) if collection.kind == "sequence" else collection.keys[0].start
        indent = " " * (self._column(first) + (1 if collection.kind == "sequence" else 0))
        inside = re.compile(rf"(?:[ \t]*\r?\n)*{indent}[ \t]*#[^\n]*(?:\n|$)")
        while found := inside.match(self.text, end):
            end = found.end()
        return end

    def _dash(self, sequence: Node, position: int) -> int:
        """Where the dash of an element is."""
        item = sequence.items[position]
        before = self._line_start(sequence.items[position - 1].end if position else sequence.start)
        dash = _DASH.search(self.text, before, item.start)
        if not dash:
            raise merging.uneditable(item.line)
        return dash.start(1)

    def _dash_offset(self) -> int:
        """How far this file indents the dashes of a list below its key."""
        for key, value in zip(self._root.keys, self._root.items, strict=True) if self._root else ():
            if value.kind == "sequence" and not value.flow and self.text[value.start] == "-":
                return self._column(value.start) - self._column(key.start)
        return 2

    def _has_blank_lines_above(self, mapping: Node, position: int) -> bool:
        """Whether a blank line is above every section of the file but the first, those at ``position`` left out."""
        if mapping is not self._root or mapping.flow:
            return False
        if position and self._ends_in_block_text(mapping.items[position - 1]):
            return False  # it might become part of that text
        gaps = [self.text[value.end : key.start] for value, key in zip(mapping.items, mapping.keys[1:], strict=False)]
        gaps[max(position - 1, 0) : max(position, 1)] = []
        return bool(gaps) and all(_BLANK_LINE.search(gap) for gap in gaps)

    def _ends_in_block_text(self, node: Node) -> bool:
        while node.items:
            node = node.items[-1]
        return _BLOCK_TEXT.match(self.text, node.start) is not None

    def _column(self, index: int) -> int:
        return index - self._line_start(index)

    def _line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        return self.text.find("\n", index) + 1 or len(self.text)
