# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges our part into a configuration that belongs to somebody else, and takes it out again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils.yaml_edit import Path, YamlText
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils.yaml_nodes import YamlError

_NOTHING = object()


@dataclass(frozen=True)
class MergeRules:
    """How a type merges (``merge`` in the role's table of types).

    ``list``: the top-level key of a list that we share with others; our element is found again by ``match``, keys in
    the order in which they are tried. ``replaces``: keys of that element, with dots below it, that contradict ours
    and must go.
    """

    list: str = ""
    match: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


def merge(text: str, fragment: dict[str, Any], rules: MergeRules) -> str:
    """``text`` with ``fragment`` in it; the same text if it is in it already.

    Keys that the fragment does not name stay as they are. Raises YamlError if the text cannot be read or edited.
    """
    document = _read(text)
    for key, value in fragment.items():
        if key == rules.list:
            for element in value:
                document = _merge_element(document, element, rules)
        else:
            document = _merge_value(document, (key,), value)
    return document.text


def remove(text: str, fragment: dict[str, Any], rules: MergeRules) -> str:
    """``text`` without what ``merge`` put into it. Raises YamlError if the text cannot be read or edited."""
    document = _read(text)
    for key, value in fragment.items():
        if key == rules.list:
            for element in value:
                document = _remove_element(document, element, rules)
        elif document.get((key,), _NOTHING) is not _NOTHING:
            document = document.delete((key,))
    return document.text


def _read(text: str) -> YamlText:
    document = YamlText(text)
    if document.data is not None and not isinstance(document.data, dict):
        raise YamlError("the file is not a mapping of keys and values", document.line(()))
    return document


def _merge_value(document: YamlText, path: Path, value: Any) -> YamlText:
    present = document.get(path, _NOTHING)
    if isinstance(value, dict) and isinstance(present, dict) and present:
        for key, item in value.items():
            document = _merge_value(document, (*path, key), item)
        return document
    return document if present == value and type(present) is type(value) else document.set(path, value)


def _merge_element(document: YamlText, element: dict[str, Any], rules: MergeRules) -> YamlText:
    elements = _elements(document, rules)
    position = _position(elements, element, rules)
    if position is None:
        if elements:
            return document.append((rules.list,), element)
        return document.set((rules.list,), [element])
    path = (rules.list, position)
    document = _merge_value(document, path, element)
    for key in rules.replaces:
        below = tuple(key.split("."))
        if document.get((*path, *below), _NOTHING) is not _NOTHING and _below(element, below) is _NOTHING:
            document = document.delete((*path, *below))
    return document


def _remove_element(document: YamlText, element: dict[str, Any], rules: MergeRules) -> YamlText:
    elements = _elements(document, rules)
    position = _position(elements, element, rules)
    if position is None:
        return document
    return document.delete((rules.list, position) if len(elements) > 1 else (rules.list,))


def _elements(document: YamlText, rules: MergeRules) -> list[Any]:
    elements = document.get((rules.list,))
    if elements is not None and not isinstance(elements, list):
        raise YamlError(f"{rules.list} is not a list", document.line((rules.list,)))
    return elements or []


def _position(elements: list[Any], element: dict[str, Any], rules: MergeRules) -> int | None:
    for key in rules.match:
        for position, present in enumerate(elements):
            if isinstance(present, dict) and element.get(key) is not None and present.get(key) == element[key]:
                return position
    return None


def _below(value: Any, path: Path) -> Any:
    for key in path:
        value = value.get(key, _NOTHING) if isinstance(value, dict) else _NOTHING
    return value
