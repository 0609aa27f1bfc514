# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Where the parts of a YAML text are: a tree of nodes with their positions, from the events of PyYAML's parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import merging
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError

# libyaml when PyYAML was built with it: many times faster.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What PyYAML raises for what looks like a date or a number, and is none.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, OverflowError)
# No configuration comes near; beyond, recursion would end in an error, or never.
DEEPEST, LARGEST = 100, 1_000_000  # levels; values, those behind aliases counted at each of them


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
        """Scalars and aliases: everything that is text itself."""
        if self.kind in ("scalar", "alias"):
            yield self
        for node in (*self.keys, *self.items):
            yield from node.leaves()

    def positions(self, key: str) -> list[int]:
        """Indexes of ``key`` in a mapping. The last one counts, as in the data; earlier ones should not be there."""
        return [index for index, name in enumerate(self.keys) if name.kind == "scalar" and name.text == key]


def parse(text: str) -> tuple[Node | None, int, Any]:
    """The only document in ``text``: its root (None if it is empty), where its content ends, and what it says.

    Raises YamlError, which never quotes the text: it may hold secrets.
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
    if "*" in text and _expanded_size(data, {}) > LARGEST:
        raise merging.multiplying_aliases(root.line if root else 1)
    return root, end, data


def _load(text: str) -> Any:
    try:
        return yaml.load(text, Loader=LOADER)
    except yaml.YAMLError:
        raise
    except _UNREADABLE:
        # Read again, slower, for the line.
        return yaml.load(text, Loader=type("Loader", (_LineOfValue, LOADER), {}))


def _forbidden_character(text: str, character: str) -> YamlError:
    # Its position is no help: libyaml counts bytes.
    return merging.forbidden_character(character, text.partition(character)[0].count("\n") + 1)


class _LineOfValue:
    """Says where a value is that PyYAML takes for a date or a number, and fails to read as one."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)  # type: ignore[misc]  # of the loader that it is mixed into
        except (yaml.YAMLError, YamlError):
            raise
        except _UNREADABLE:
            raise merging.unreadable_value(node.start_mark.line + 1) from None


def _expanded_size(value: Any, known: dict[int, float]) -> float:
    """How many values there are when every alias is written out. ``known`` is what was counted before, by identity."""
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in known:
        known[id(value)] = float("inf")  # found again below itself, it has no end
        below = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_expanded_size(item, known) for item in below)
    return known[id(value)]


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
        """Root and end of the first document. Those behind it have to be empty, as below a last ``---``."""
        root, end, documents = None, len(self._text), 0
        for event in self._events:
            mark = event.start_mark
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                node = self._node(next(self._events), DEEPEST)
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
            raise merging.too_deep(DEEPEST, line)
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
                node.keys.append(self._node(event, levels - 1))
                event = next(self._events)
            node.items.append(self._node(event, levels - 1))
        # The end of a block collection, too, is where the next thing begins.
        node.end = end if node.flow or not node.items else node.items[-1].end
        return node
