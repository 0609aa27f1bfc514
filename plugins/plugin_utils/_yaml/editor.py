# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Changes single values of a YAML text that somebody wrote by hand, and leaves every other character as it is.

Loading and dumping would write the whole file anew: other indents, folded lines, comments that wander. So each change
is cut into the text at the positions that the parser names, and the new text is parsed again: unless it says exactly
what the old one said plus the change, it is refused.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import merging
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.nodes import Node, parse, unshared

Path = tuple[Any, ...]  # of keys (str) and positions (int), from the root down
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
# Between a dash and its element there may be comments, which may have dashes.
_DASH = re.compile(r"^ *(-)(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*\Z", re.MULTILINE)


class YamlText:
    """A YAML document as text. Immutable: every change returns a new one, or raises YamlError."""

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

    def set(self, path: Path, value: Any) -> YamlText:
        """With ``value`` under the key that ``path`` ends in, whether or not it was there."""
        *parent, key = path
        if self._root is None:
            return self._append_lines({key: value}, column=0, at=self._end)._expect(self, path, value)
        mapping = self._node(tuple(parent))
        if mapping.kind != "mapping":
            raise merging.from_anchor(key, mapping.line)
        positions = mapping.positions(key)
        if positions[1:]:
            return self._cut_out(mapping, positions[0])._expect(self, path, self.get(path)).set(path, value)
        if positions:
            edited = self._replace(mapping, positions[0], key, value)
        elif mapping.flow:
            edited = self._insert_flow(mapping, f"{json.dumps(key)}: {_flow(value)}")
        else:
            # At the very end of the file, below what is commented out there; elsewhere right below the last key.
            edited = self._append_lines(
                {key: value}, self._column(mapping.keys[0].start), self._after(mapping) if parent else self._end
            )
        return edited._expect(self, path, value)

    def append(self, path: Path, value: Any) -> YamlText:
        """With ``value`` as the new last element of the list at ``path``, which is not empty."""
        sequence = self._node(path)
        if sequence.kind != "sequence":
            raise merging.from_anchor(path[-1], sequence.line)
        if sequence.flow:
            edited = self._insert_flow(sequence, _flow(value))
        else:
            edited = self._append_lines([value], self._column(self._dash(sequence, 0)), self._after(sequence))
        return edited._expect(self, (*path, len(self.get(path))), value)

    def delete(self, path: Path) -> YamlText:
        """Remove the key or element that ``path`` ends in. Comments inside of it stay in its place, one below the other."""
        *parent, step = path
        collection = self._node(tuple(parent))
        positions = collection.positions(step) if isinstance(step, str) else [step]
        if not positions or collection.kind == "alias":
            raise merging.from_anchor(step, collection.line)
        edited = self._cut_out(collection, positions[0])
        return (edited.delete(path) if positions[1:] else edited)._expect(self, path)

    def _cut_out(self, collection: Node, position: int) -> YamlText:
        if collection.flow:
            return self._delete_flow(collection, position)
        if collection.kind == "mapping":
            return self._delete_key(collection, position)
        dash = self._dash(collection, position)
        start, end = self._line_start(dash), self._line_end(collection.items[position].end)
        return self._cut(start, end, self._block(self._comments(start, end), self._column(dash)))

    def _replace(self, mapping: Node, position: int, key: str, value: Any) -> YamlText:
        name, former = mapping.keys[position], mapping.items[position]
        if mapping.flow:
            return self._cut(former.start, former.end, ("" if former.end > former.start else " ") + _flow(value))
        if (
            not isinstance(value, (dict, list))
            and (former.kind in ("scalar", "alias") or former.flow)
            and "\n" not in self._of(former)
        ):
            return self._cut(former.start, former.end, ("" if former.end > former.start else " ") + _lines(value, 0)[0])
        column = self._column(name.start)
        lines = _lines({key: value}, self._dash_offset())
        end = former.end
        if "\n" not in self.text[name.start : end]:
            # The comment at the end of the line stays in the line of the key.
            end = len(self.text[: self._line_end(end)].rstrip("\r\n"))
            lines[0] += self.text[former.end : end]
        lines = self._comments(name.start, former.end) + lines
        return self._cut(name.start, end, (self._newline + " " * column).join(lines))

    def _delete_key(self, mapping: Node, position: int) -> YamlText:
        name, value = mapping.keys[position], mapping.items[position]
        start, end = self._line_start(name.start), self._line_end(value.end)
        comments = self._comments(name.start, end)
        if not self.text[start : name.start].strip():
            column = self._column(name.start)
            return self._cut(start, end, self._block(comments, column))
        if position + 1 == len(mapping.keys):
            raise merging.uneditable(name.line)
        # It stands behind a dash: the next key takes its place, and comments go above.
        following = mapping.keys[position + 1].start
        comments = self._comments(name.start, following)
        column = len(self.text[start : name.start]) - len(self.text[start : name.start].lstrip())
        return self._cut(start, following, self._block(comments, column) + self.text[start : name.start])

    def _delete_flow(self, collection: Node, position: int) -> YamlText:
        starts = [key.start for key in collection.keys] or [item.start for item in collection.items]
        start, end = starts[position], collection.items[position].end
        if position and not self._comments(collection.items[position - 1].end, end):
            return self._cut(collection.items[position - 1].end, end)  # with the comma before it
        return self._cut(start, starts[position + 1] if position + 1 < len(starts) else end)

    def _insert_flow(self, collection: Node, text: str) -> YamlText:
        if collection.items:
            return self._cut(collection.items[-1].end, collection.items[-1].end, ", " + text)
        return self._cut(collection.end - 1, collection.end - 1, text)

    def _append_lines(self, value: Any, column: int, at: int) -> YamlText:
        before = "" if at == 0 or self.text[at - 1] == "\n" else self._newline
        return self._cut(at, at, before + self._block(_lines(value, self._dash_offset()), column))

    def _block(self, lines: list[str], column: int) -> str:
        return "".join(" " * column + line + self._newline for line in lines)

    def _cut(self, start: int, end: int, text: str = "") -> YamlText:
        if any(comment not in text for comment in self._comments(start, end)):
            raise merging.lost_comment(self.text.count("\n", 0, start) + 1)
        return YamlText(self.text[:start] + text + self.text[end:])

    def _expect(self, former: YamlText, path: Path, *value: Any) -> YamlText:
        """Itself, if it says what ``former`` said with ``value`` at ``path`` (without value: with nothing there)."""
        expected = unshared(former.data) if former.data is not None else {}
        *parent, step = path
        target = expected
        for key in parent:
            target = target[key]
        if not value:
            del target[step]
        elif isinstance(target, list):
            target.append(value[0])
        else:
            target[step] = value[0]
        if self.data != expected and not (self.data is None and expected == {}):
            line = former._node(tuple(parent)).line
            raise merging.shared_by_anchor(line) if former._has_aliases() else merging.uneditable(line)
        return self

    def _has_aliases(self) -> bool:
        return self._root is not None and any(leaf.kind == "alias" for leaf in self._root.leaves())

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

    def _column(self, index: int) -> int:
        return index - self._line_start(index)

    def _line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        return self.text.find("\n", index) + 1 or len(self.text)


class _Dumper(yaml.SafeDumper):
    """Indents the dashes of lists below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _lines(value: Any, dash_offset: int) -> list[str]:
    dumper = _Dumper if dash_offset else yaml.SafeDumper
    return yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=float("inf")).splitlines()


def _flow(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
