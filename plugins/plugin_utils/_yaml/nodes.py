# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Parse a YAML text into its data and a tree of nodes, each with its position in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import merging
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError

# libyaml, if PyYAML was built with it, is many times faster.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What PyYAML raises for a value that looks like a date or a number, but is not one.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, OverflowError)
# Far beyond any configuration; without limits, a recursion would fail or never end.
MAX_DEPTH = 100  # levels of nesting
MAX_VALUES = 1_000_000  # with every alias written out


@dataclass
class Node:
    """Hold a value in the text.

    ``kind`` is scalar, alias, mapping or sequence. ``start`` and ``end`` are indexes of characters, comments around the
    value excluded; ``line`` counts from 1. ``flow`` says that it is written in brackets. ``text`` is the content of a
    scalar. ``items`` are the elements of a sequence, or the values of a mapping, whose ``keys`` have the same indexes.
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
        """Yield the scalars and aliases below, and the node itself if it is one."""
        if self.kind in ("scalar", "alias"):
            yield self
        for node in (*self.keys, *self.items):
            yield from node.leaves()

    def positions(self, key: str) -> list[int]:
        """Find ``key`` in a mapping. If it is there more than once, the last one counts, as in the data."""
        return [index for index, name in enumerate(self.keys) if name.kind == "scalar" and name.text == key]


def parse(text: str) -> tuple[Node | None, int, Any]:
    """Parse the only document in ``text``.

    Returns:
        Its root (None if it is empty), the index at which its content ends, and its data.

    Raises:
        YamlError: The text is not one YAML document, or exceeds the limits above.
    """
    try:
        root, end = _Builder(text).build()
        data = _load(text[:end])
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise merging.not_yaml(error.problem or "the parser says no more", mark.line + 1 if mark else 1) from None
    except yaml.reader.ReaderError as error:
        raise _forbidden_character(text, chr(error.character)) from None
    except UnicodeEncodeError as error:  # from libyaml
        raise _forbidden_character(text, text[error.start]) from None
    if "*" in text and _expanded_size(data, {}) > MAX_VALUES:
        raise merging.multiplying_aliases(root.line if root else 1)
    return root, end, data


def _load(text: str) -> Any:
    try:
        return yaml.load(text, Loader=LOADER)
    except yaml.YAMLError:
        raise
    except _UNREADABLE:
        # Loaded again, slower, to learn the line.
        return yaml.load(text, Loader=type("Loader", (_LineOfValue, LOADER), {}))


def _forbidden_character(text: str, character: str) -> YamlError:
    # The position in the parser's error does not help: libyaml counts bytes.
    return merging.forbidden_character(character, text.partition(character)[0].count("\n") + 1)


class _LineOfValue:
    """Add the line to errors of values that PyYAML takes for a date or a number, but cannot convert."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)  # type: ignore[misc]  # of the loader that it is mixed into
        except yaml.YAMLError:
            raise
        except _UNREADABLE:
            raise merging.unreadable_value(node.start_mark.line + 1) from None


def _expanded_size(value: Any, known: dict[int, float]) -> float:
    """Count the values with every alias written out. ``known`` holds what has been counted, by identity."""
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in known:
        known[id(value)] = float("inf")  # applies if the value is found again below itself
        below = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_expanded_size(item, known) for item in below)
    return known[id(value)]


def without_aliases(value: Any) -> Any:
    """Copy ``value`` deeply, so that aliases become values of their own, which can be changed one by one."""
    if isinstance(value, dict):
        return {key: without_aliases(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_aliases(item) for item in value]
    return value


class _Builder:
    """Build the tree of nodes from the parser's events."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Any: PyYAML publishes no types for the attributes of each kind of event.
        self._events: Iterator[Any] = yaml.parse(text, Loader=LOADER)

    def build(self) -> tuple[Node | None, int]:
        """Return root and end of the first document; the others must be empty, as the one below a last ``---``."""
        root, end, documents = None, len(self._text), 0
        for event in self._events:
            mark = event.start_mark
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                node = self._node(next(self._events), MAX_DEPTH)
                is_empty = node.kind == "scalar" and node.start == node.end
                if documents == 1:
                    root = None if is_empty else node
                elif is_empty:
                    end = min(end, mark.index)
                else:
                    raise merging.second_document(mark.line + 1)
            elif isinstance(event, yaml.DocumentEndEvent) and event.explicit:
                end = min(end, mark.index)
        return root, end

    def _node(self, event: Any, levels: int) -> Node:
        start, end, line = event.start_mark.index, event.end_mark.index, event.start_mark.line + 1
        if levels == 0:
            raise merging.too_deep(MAX_DEPTH, line)
        if isinstance(event, yaml.AliasEvent):
            return Node("alias", start, end, line)
        if isinstance(event, yaml.ScalarEvent):
            # The parser ends a block scalar where the next token begins.
            end = start + len(self._text[start:end].rstrip())
            return Node("scalar", start, end, line, text=event.value)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        node = Node("mapping" if is_mapping else "sequence", start, end, line, flow=bool(event.flow_style))
        for event in self._events:
            end = event.end_mark.index
            if isinstance(event, yaml.CollectionEndEvent):
                break
            if is_mapping:
                node.keys.append(self._node(event, levels - 1))
                event = next(self._events)
            node.items.append(self._node(event, levels - 1))
        # It ends block collections there, too.
        node.end = end if node.flow or not node.items else node.items[-1].end
        return node
