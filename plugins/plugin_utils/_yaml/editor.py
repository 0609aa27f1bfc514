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
from typing import Any

import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import merging
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.document import Document, Path
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.nodes import Node, parse, unshared


class YamlText(Document):
    """A YAML document as text. Immutable: every change returns a new one, or raises YamlError."""

    def set(self, path: Path, value: Any) -> YamlText:
        """With ``value`` under the key that ``path`` ends in, whether or not it was there."""
        *parent, key = path
        if self._root is None:
            return self._append_lines({key: value}, column=0, at=self._end)._expect(self, path, value)
        mapping = self._node(tuple(parent))
        if mapping.kind == "alias":
            raise merging.from_anchor(key, mapping.line)
        if mapping.kind != "mapping":
            raise merging.not_a_configuration(mapping.line)
        positions = mapping.positions(key)
        if positions[1:]:
            return self._cut_out(mapping, positions[0])._expect(self, path, self.get(path)).set(path, value)
        if positions:
            edited = self._replace(mapping, positions[0], key, value)
        elif mapping.flow:
            edited = self._insert_flow(mapping, f"{json.dumps(key)}: {_flow(value)}")
        else:
            column = self._column(mapping.keys[0].start)
            if parent:
                edited = self._append_lines({key: value}, column, self._after(mapping))
            else:
                # At the very end of the file, below what is commented out there.
                above = self._newline if self._has_blank_lines_above(mapping, len(mapping.items)) else ""
                edited = self._append_lines({key: value}, column, self._end, above)
        return edited._expect(self, path, value)

    def append(self, path: Path, value: Any) -> YamlText:
        """With ``value`` as the new last element of the list at ``path``, which is not empty."""
        sequence = self._node(path)
        if sequence.kind != "sequence":
            raise merging.from_anchor(path[-1], sequence.line)
        if sequence.flow:
            is_quoted = any(self.text[item.start] in "\"'" for item in sequence.items)
            edited = self._insert_flow(sequence, _flow(value) if is_quoted else _plain(value))
        else:
            edited = self._append_lines([value], self._column(self._dash(sequence, 0)), self._after(sequence))
        return edited._expect(self, (*path, len(self.get(path))), value)

    def delete(self, path: Path) -> YamlText:
        """Without the key or element that ``path`` ends in. Comments inside of it stay in its place."""
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
        return self._delete_lines(collection, position, self._dash(collection, position))

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
        name = mapping.keys[position]
        start = self._line_start(name.start)
        if not self.text[start : name.start].strip():
            return self._delete_lines(mapping, position, name.start)
        if position + 1 == len(mapping.keys):
            raise merging.uneditable(name.line)
        # It stands behind a dash: the next key takes its place, and comments go above.
        following = mapping.keys[position + 1].start
        comments = self._comments(name.start, following)
        column = len(self.text[start : name.start]) - len(self.text[start : name.start].lstrip())
        return self._cut(start, following, self._block(comments, column) + self.text[start : name.start])

    def _delete_lines(self, collection: Node, position: int, first: int) -> YamlText:
        """Without the lines of a key or an element, which begins at ``first``, but with the comments in them."""
        start, end = self._line_start(first), self._line_end(collection.items[position].end)
        block = self._block(self._comments(start, end), self._column(first))
        lacks_line_end = end == len(self.text) and not self.text.endswith("\n")
        if block:
            return self._cut(start, end, block.removesuffix(self._newline) if lacks_line_end else block)
        if self._has_blank_lines_above(collection, position) and self.text.endswith(2 * self._newline, 0, start):
            start -= len(self._newline)
        is_below_block_text = position and self._ends_in_block_text(collection.items[position - 1])
        if lacks_line_end and not is_below_block_text and self.text.endswith(self._newline, 0, start):
            start -= len(self._newline)
        return self._cut(start, end)

    def _delete_flow(self, collection: Node, position: int) -> YamlText:
        starts = [key.start for key in collection.keys] or [item.start for item in collection.items]
        start, end = starts[position], collection.items[position].end
        with_comma = [(collection.items[position - 1].end, end)] if position else []
        if position + 1 < len(starts):
            with_comma += [(start, starts[position + 1]), (start, self.text.index(",", end) + 1)]
        return self._cut(*next((part for part in with_comma if not self._comments(*part)), (start, end)))

    def _insert_flow(self, collection: Node, text: str) -> YamlText:
        if collection.items:
            return self._cut(collection.items[-1].end, collection.items[-1].end, ", " + text)
        return self._cut(collection.end - 1, collection.end - 1, text)

    def _append_lines(self, value: Any, column: int, at: int, above: str = "") -> YamlText:
        block = above + self._block(_lines(value, self._dash_offset()), column)
        if at and self.text[at - 1] != "\n":
            # A file whose last line has no end keeps it so: it is again what it was when ours has gone.
            block = self._newline + block.removesuffix(self._newline)
        return self._cut(at, at, block)

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
            raise former._refusal(tuple(parent))
        return self

    def _refusal(self, path: Path) -> YamlError:
        """Why a change below ``path`` says more than it should."""
        if any(leaf.kind == "alias" for leaf in self._root.leaves()) if self._root else False:
            return merging.shared_by_anchor(self._node(path).line)
        if not self.text.endswith("\n") and parse(self.text + "\n")[2] != self.data:
            return merging.open_block_text(self.text.count("\n") + 1)
        return merging.uneditable(self._node(path).line)


class _Dumper(yaml.SafeDumper):
    """Indents the dashes of lists below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _lines(value: Any, dash_offset: int) -> list[str]:
    dumper = _Dumper if dash_offset else yaml.SafeDumper
    return yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=float("inf")).splitlines()


def _flow(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> str:
    """Flow style without quotes, if it needs none."""
    plain = yaml.dump([value], Dumper=yaml.SafeDumper, default_flow_style=True, allow_unicode=True, width=float("inf"))
    return value if plain == f"[{value}]\n" else _flow(value)
