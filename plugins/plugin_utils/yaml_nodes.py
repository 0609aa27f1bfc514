# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the parts of a YAML text are: a tree of nodes with their positions, from the events of PyYAML's parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

# libyaml when PyYAML was built with it: many times faster.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(ValueError):
    """The text cannot be read, or not be edited safely. ``line`` counts from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"line {line}: {reason}")
        self.reason = reason
        self.line = line


@dataclass
class Node:
    """A value in the text, from ``start`` to ``end`` (indexes of characters; without comments around it).

    ``items`` are the elements of a sequence, or the values of a mapping, whose ``keys`` are beside them.
    """

    kind: str
    start: int
    end: int
    line: int
    flow: bool = False
    text: str = ""
    keys: list[Node] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    def leaves(self) -> Iterator[Node]:
        """Everything below that is text itself, in the order of the text."""
        if self.kind in ("scalar", "alias") or self.flow:
            yield self
            return
        for index, item in enumerate(self.items):
            if self.kind == "mapping":
                yield from self.keys[index].leaves()
            yield from item.leaves()

    def positions(self, key: str) -> list[int]:
        """Indexes of ``key`` in a mapping. The last one counts, as in the data; earlier ones should not be there."""
        return [index for index, name in enumerate(self.keys) if name.kind == "scalar" and name.text == key]


def parse(text: str) -> tuple[Node | None, int, Any]:
    """The only document in ``text``: its root (None if it is empty), where its content ends, and what it says.

    Raises YamlError, which never quotes the text: it may hold secrets.
    """
    try:
        return (*_Builder(text).build(), yaml.load(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(error.problem or "not valid YAML", mark.line + 1 if mark else 1) from None
    except yaml.reader.ReaderError as error:
        raise YamlError("a character that YAML does not allow", text.count("\n", 0, error.position) + 1) from None


def unshared(value: Any) -> Any:
    """A deep copy in which nothing is shared, so that a change in an anchored value shows only in one place."""
    if isinstance(value, dict):
        return {key: unshared(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unshared(item) for item in value]
    return value


class _Builder:
    def __init__(self, text: str) -> None:
        self._text = text
        # PyYAML publishes no types for what is particular to each kind of event.
        self._events: Iterator[Any] = yaml.parse(text, Loader=LOADER)

    def build(self) -> tuple[Node | None, int]:
        root, end, documents = None, len(self._text), 0
        for event in self._events:
            mark = event.start_mark
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise YamlError("more than one document in the file", mark.line + 1)
                root = self._node(next(self._events))
            elif isinstance(event, yaml.DocumentEndEvent) and event.explicit:
                end = mark.index
        if root is not None and root.kind == "scalar" and root.start == root.end:
            root = None
        return root, end

    def _node(self, event: Any) -> Node:
        start, end, line = event.start_mark.index, event.end_mark.index, event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return Node("alias", start, end, line)
        if isinstance(event, yaml.ScalarEvent):
            # The end of a block scalar is given as where the next thing begins.
            end = start + len(self._text[start:end].rstrip())
            return Node("scalar", start, end, line, text=event.value)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        node = Node("mapping" if is_mapping else "sequence", start, end, line, flow=bool(event.flow_style))
        for event in self._events:
            end = event.end_mark.index
            if isinstance(event, yaml.CollectionEndEvent):
                break
            if is_mapping:
                node.keys.append(self._node(event))
                event = next(self._events)
            node.items.append(self._node(event))
        # The end of a block collection, too, is where the next thing begins.
        node.end = end if node.flow or not node.items else node.items[-1].end
        return node
