# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Relate the data of a YAML document to its text: nodes, lines, indents, comments."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import merging
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.nodes import Node, parse

Path = tuple[Any, ...]  # of keys (str) and positions in lists (int), from the root down
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
# Comments may stand between a dash and its element, and may contain dashes.
_DASH = re.compile(r"^ *(-)(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*\Z", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n")
_BLOCK_SCALAR = re.compile(r"(?:[&!]\S*\s+)*[|>]")


class Document:
    """Hold a YAML document, immutable. A place in the text, taken or returned, is an index of characters.

    Raises:
        YamlError: The text cannot be parsed, or a path leads through an alias or a merge key (``<<``).
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._root, self._end, self.data = parse(text)
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def get(self, path: Path, default: Any = None) -> Any:
        """Return the value at ``path``."""
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
        """Return the line, from 1, in which the value at ``path`` begins."""
        return self._node(path).line

    def _node(self, path: Path) -> Node:
        node = self._root or Node("scalar", 0, 0, 1)
        for step in path:
            positions = node.positions(step) if isinstance(step, str) else [step]
            if not positions or positions[-1] >= len(node.items):
                raise merging.from_anchor(step, node.line)
            node = node.items[positions[-1]]
        return node

    def _source(self, node: Node) -> str:
        return self.text[node.start : node.end]

    def _comments(self, start: int, end: int) -> list[str]:
        """Return the comments in a part of the text, without what only looks like one inside a scalar."""
        scalars = [(scalar.start, scalar.end) for scalar in self._root.leaves()] if self._root else []
        return [
            comment.group()
            for comment in _COMMENT.finditer(self.text, start, end)
            if not any(first <= comment.start() < after for first, after in scalars)
        ]

    def _end_of_block(self, collection: Node) -> int:
        """Return where the lines of a block collection end, including comments below that are indented like it."""
        end = self._line_end(collection.end)
        first = self._dash(collection, 0) if collection.kind == "sequence" else collection.keys[0].start
        indent = " " * (self._column(first) + (1 if collection.kind == "sequence" else 0))
        inside = re.compile(rf"(?:[ \t]*\r?\n)*{indent}[ \t]*#[^\n]*(?:\n|$)")
        while found := inside.match(self.text, end):
            end = found.end()
        return end

    def _dash(self, sequence: Node, position: int) -> int:
        """Return the place of an element's dash."""
        item = sequence.items[position]
        before = self._line_start(sequence.items[position - 1].end if position else sequence.start)
        dash = _DASH.search(self.text, before, item.start)
        if not dash:
            raise merging.uneditable(item.line)
        return dash.start(1)

    def _dash_offset(self) -> int:
        """Return how far this file indents the dashes of a list below its key."""
        for key, value in zip(self._root.keys, self._root.items, strict=True) if self._root else ():
            if value.kind == "sequence" and not value.flow and self.text[value.start] == "-":
                return self._column(value.start) - self._column(key.start)
        return 2

    def _separator(self, mapping: Node, position: int, at: int) -> str:
        """Return what separates the section at ``position`` from the one above: a blank line, or nothing.

        The other sections of the file decide: it is a blank line if one is above each but the first.
        """
        if mapping is not self._root or mapping.flow or self._is_below_block_scalar(mapping, position, at):
            return ""
        gaps = [self.text[value.end : key.start] for value, key in zip(mapping.items, mapping.keys[1:], strict=False)]
        gaps[max(position - 1, 0) : max(position, 1)] = []
        return self._newline if gaps and all(_BLANK_LINE.search(gap) for gap in gaps) else ""

    def _is_below_block_scalar(self, collection: Node, position: int, at: int) -> bool:
        """Tell whether ``at`` is right below a block scalar (``|`` or ``>``), to which line ends may belong."""
        if not position:
            return False
        node = collection.items[position - 1]
        while node.items:
            node = node.items[-1]
        return bool(_BLOCK_SCALAR.match(self.text, node.start)) and not self.text[node.end : at].strip()

    def _column(self, index: int) -> int:
        return index - self._line_start(index)

    def _line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        return self.text.find("\n", index) + 1 or len(self.text)
