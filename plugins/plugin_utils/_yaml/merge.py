# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Merges our part into a configuration that belongs to somebody else, and takes it out again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import merging
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.document import Path
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.editor import YamlText

_NOTHING = object()
_BYTE_ORDER_MARK = "\ufeff"  # some editors begin a file with it


@dataclass(frozen=True)
class MergeRules:
    """How a type merges (``merge`` in the role's table of types).

    ``list``: the top-level key of a list of mappings that we share with others. ``match``: the keys by which our
    element is found again. The first holds its name; the second holds its URL, by which only an element without a name
    is found. ``same_urls``: other URLs of the same receiver, not in the table; a slash at the end makes no difference.
    ``replaces``: keys of that element, with dots below it, that contradict ours and must go.

    The others are paths from the root, with dots, in which an asterisk stands for any one key. ``members``: lists of
    plain values that we share with others. ``owned``: what is ours altogether, and goes altogether. ``existing``: what
    must be there before, because we can only add to it.
    """

    list: str = ""
    match: tuple[str, ...] = ()
    same_urls: Collection[str] = ()
    replaces: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    existing: tuple[str, ...] = ()


def merge(text: str, fragment: dict[str, Any], rules: MergeRules) -> str:
    """``text`` with ``fragment`` in it; the same text if it is in it already.

    Keys that the fragment does not name stay as they are. Raises YamlError if the text cannot be read or edited, or has
    something else where a section of the fragment has to be; null is an empty section.
    """
    document = _read(text)
    if not _fits(document.data, fragment):
        raise merging.not_a_configuration(document.line(()))
    _check_sections(document, (), fragment, rules)
    for key, value in fragment.items():
        if key == rules.list:
            for element in value:
                document = _merge_element(document, element, rules)
        else:
            document = _merge_value(document, (key,), value, rules)
    return _begun_like(text, document)


def remove(text: str, fragment: dict[str, Any], rules: MergeRules) -> str:
    """``text`` without what ``merge`` put into it, nor the mappings and lists that are empty then.

    What ``merge`` refuses to add to is left alone. Comments stay, those inside of our part in its place. Raises
    YamlError if the text cannot be read or edited.
    """
    document = _read(text)
    if not isinstance(document.data, dict):
        return text
    for element in fragment.get(rules.list, []):
        document = _remove_element(document, element, rules)
    others = {key: value for key, value in fragment.items() if key != rules.list}
    for path in _ours(document.data, others, (), rules):
        document = document.delete(path)
    return _begun_like(text, document)


def duplicates(text: str, fragment: dict[str, Any], rules: MergeRules) -> list[str]:
    """Names of the list elements which are not ours, but send to one of our URLs, so that samples are sent twice.

    It does not matter whether ``text`` has been merged into. An element without a name is called by its number.
    """
    elements = _elements(_read(text), rules)
    found: list[str] = []
    for element in fragment.get(rules.list, []):
        ours = _position(elements, element, rules)
        others = [position for position in _same_receiver(elements, element, rules) if position != ours]
        found += [elements[other].get(rules.match[0]) or f"number {other + 1}, without a name" for other in others]
    return found


def _read(text: str) -> YamlText:
    if text.startswith(2 * _BYTE_ORDER_MARK):
        raise merging.forbidden_character(_BYTE_ORDER_MARK, 1)
    return YamlText(text.removeprefix(_BYTE_ORDER_MARK))


def _begun_like(text: str, document: YamlText) -> str:
    return (_BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else "") + document.text


def _shape(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "a single value"


def _fits(present: Any, value: Any) -> bool:
    """Whether ``value`` can be merged into ``present``. Null is empty, and anything can be merged into that."""
    return present is None or _shape(present) == _shape(value)


def _check_sections(document: YamlText, path: Path, value: Any, rules: MergeRules) -> None:
    """Refuse what is not there but has to be, and what is something else than ``value``."""
    present = document.get(path, _NOTHING)
    name = ".".join(key for key in path if isinstance(key, str))
    if present is not _NOTHING and not _fits(present, value):
        raise merging.wrong_shape(name, _shape(present), _shape(value), document.line(path))
    if present is _NOTHING and _is_one_of(path, rules.existing):
        parents = [path[:depth] for depth in range(len(path)) if document.get(path[:depth], _NOTHING) is not _NOTHING]
        raise merging.missing_section(name, document.line(parents[-1]))
    for key, item in value.items() if isinstance(value, dict) else ():
        _check_sections(document, (*path, key), item, rules)


def _merge_value(document: YamlText, path: Path, value: Any, rules: MergeRules) -> YamlText:
    present = document.get(path, _NOTHING)
    if isinstance(value, dict) and isinstance(present, dict) and present:
        for key, item in value.items():
            document = _merge_value(document, (*path, key), item, rules)
        return document
    if isinstance(present, list) and present and _is_one_of(path, rules.members):
        for member in value:
            document = document if member in present else document.append(path, member)
        return document
    return document if present == value and type(present) is type(value) else document.set(path, value)


def _ours(present: dict[str, Any], fragment: dict[str, Any], path: Path, rules: MergeRules) -> list[Path]:
    """Paths of what ``merge`` put there, in an order in which they can be deleted."""
    found: list[Path] = []
    for key, value in fragment.items():
        here, there = (*path, key), present.get(key, _NOTHING)
        if there is _NOTHING or not _fits(there, value):
            continue
        if _is_one_of(here, rules.members):
            positions = [position for position, member in enumerate(there or []) if member in value]
            below: list[Path] = [(*here, position) for position in reversed(positions)]
            found += [here] if below and len(below) == len(there) else below
        elif isinstance(value, dict) and not _is_one_of(here, rules.owned):
            found += _ours(there or {}, value, here, rules)
        else:
            found.append(here)
    is_all = found and {(*path, key) for key in present} <= set(found)
    return [path] if path and is_all else found


def _is_one_of(path: Path, patterns: tuple[str, ...]) -> bool:
    """Whether a pattern describes ``path``."""
    return any(
        len(path) == len(steps) and all(step in ("*", key) for step, key in zip(steps, path, strict=True))
        for steps in (pattern.split(".") for pattern in patterns)
    )


def _merge_element(document: YamlText, element: dict[str, Any], rules: MergeRules) -> YamlText:
    elements = _elements(document, rules)
    position = _position(elements, element, rules)
    if position is None:
        if elements:
            return document.append((rules.list,), element)
        return document.set((rules.list,), [element])
    path = (rules.list, position)
    _check_sections(document, path, element, rules)
    document = _merge_value(document, path, element, rules)
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
    return elements if isinstance(elements, list) else []


def _position(elements: list[Any], element: dict[str, Any], rules: MergeRules) -> int | None:
    """Where our element is: the one of our name, else the first without a name that sends to one of our URLs."""
    name = rules.match[0]
    for position, present in enumerate(elements):
        if isinstance(present, dict) and element.get(name) and present.get(name) == element[name]:
            return position
    same_receiver = _same_receiver(elements, element, rules)
    return next((position for position in same_receiver if not elements[position].get(name)), None)


def _same_receiver(elements: list[Any], element: dict[str, Any], rules: MergeRules) -> list[int]:
    """Where the elements are, ours or not, that send to one of our URLs."""
    urls = {str(url).rstrip("/") for key in rules.match[1:] for url in (element.get(key), *rules.same_urls) if url}
    return [
        position
        for position, present in enumerate(elements)
        if isinstance(present, dict) and any(str(present.get(key)).rstrip("/") in urls for key in rules.match[1:])
    ]


def _below(value: Any, path: Path) -> Any:
    for key in path:
        value = value.get(key, _NOTHING) if isinstance(value, dict) else _NOTHING
    return value
