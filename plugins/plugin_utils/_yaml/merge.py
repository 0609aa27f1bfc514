# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Merge our part into a configuration that others own as well, and remove it again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import merging
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.document import Path
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.editor import YamlText

_NOTHING = object()
_BYTE_ORDER_MARK = "\ufeff"  # some editors write it at the beginning of a file


@dataclass(frozen=True)
class MergeRules:
    """Hold the rules by which a type merges (column ``merge`` in the role's table of types).

    ``list`` is the top-level key of a list of mappings that we share with others. ``match`` names the keys that
    identify our element: first that of its name, then that of its URL. An element with our name is ours; by URL, only
    an element without any name is. ``same_urls`` are further URLs of the receiver; they depend on the entry, so they
    are not in the table. A slash at the end of a URL makes no difference. ``replaces`` lists keys of the element, or
    dotted paths in it, that contradict ours and are deleted.

    The other fields hold dotted paths from the root, in which an asterisk stands for any one key. ``members``: lists of
    plain values that we share with others. ``owned``: sections that are ours as a whole, and are deleted as a whole.
    ``existing``: sections that must exist, because ours would not be complete without what others have in them.
    """

    list: str = ""
    match: tuple[str, ...] = ()
    same_urls: Collection[str] = ()
    replaces: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    existing: tuple[str, ...] = ()


def merge(text: str, fragment: dict[str, Any], rules: MergeRules) -> str:
    """Merge ``fragment`` into ``text``, which is returned as it is if it contains the fragment.

    Keys that the fragment does not name stay as they are. Null counts as an empty section.

    Raises:
        YamlError: The text cannot be parsed or edited safely, lacks a section that must exist, or has something else
            where the fragment has a section, such as text where it has a mapping.
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
    return _with_mark_of(text, document)


def remove(text: str, fragment: dict[str, Any], rules: MergeRules) -> str:
    """Remove from ``text`` what ``merge`` added, and mappings and lists that become empty by that.

    Where ``merge`` would refuse, because there is something else than a section, nothing is removed. Comments stay:
    those inside of our part are left in its place.

    Raises:
        YamlError: The text cannot be parsed or edited safely.
    """
    document = _read(text)
    if not isinstance(document.data, dict):
        return text
    for element in fragment.get(rules.list, []):
        document = _remove_element(document, element, rules)
    others = {key: value for key, value in fragment.items() if key != rules.list}
    for path in _owned_paths(document.data or {}, others, (), rules):
        document = document.delete(path)
    return _with_mark_of(text, document)


def duplicates(text: str, fragment: dict[str, Any], rules: MergeRules) -> list[str]:
    """Return the names of list elements that are not ours but send to one of our URLs, so that samples arrive twice.

    An element without a name is called "number 2, without a name". The result is the same before and after ``merge``.

    Raises:
        YamlError: The text cannot be parsed.
    """
    elements = _elements(_read(text), rules)
    found: list[str] = []
    for element in fragment.get(rules.list, []):
        name = rules.match[0]
        ours = _find_ours(elements, element, rules)
        others = [position for position in _find_receivers(elements, element, rules) if position != ours]
        found += [str(elements[other].get(name) or f"number {other + 1}, without a name") for other in others]
    return found


def _read(text: str) -> YamlText:
    if text.startswith(2 * _BYTE_ORDER_MARK):
        raise merging.forbidden_character(_BYTE_ORDER_MARK, 1)
    return YamlText(text.removeprefix(_BYTE_ORDER_MARK))


def _with_mark_of(text: str, document: YamlText) -> str:
    return (_BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else "") + document.text


def _shape(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "a single value"


def _fits(present: Any, value: Any) -> bool:
    """Tell whether ``value`` can be merged into ``present``. Null is empty: anything can be merged into it."""
    return present is None or _shape(present) == _shape(value)


def _check_sections(document: YamlText, path: Path, value: Any, rules: MergeRules) -> None:
    """Refuse a missing section that must exist, and what has another shape than ``value``."""
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


def _owned_paths(present: dict[str, Any], fragment: dict[str, Any], path: Path, rules: MergeRules) -> list[Path]:
    """List the paths of what ``merge`` added, in an order in which they can be deleted."""
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
            found += _owned_paths(there or {}, value, here, rules)
        else:
            found.append(here)
    is_all = found and {(*path, key) for key in present} <= set(found)
    return [path] if path and is_all else found


def _is_one_of(path: Path, patterns: tuple[str, ...]) -> bool:
    """Tell whether one of the patterns describes ``path``."""
    return any(
        len(path) == len(steps) and all(step in ("*", key) for step, key in zip(steps, path, strict=True))
        for steps in (pattern.split(".") for pattern in patterns)
    )


def _merge_element(document: YamlText, element: dict[str, Any], rules: MergeRules) -> YamlText:
    elements = _elements(document, rules)
    position = _find_ours(elements, element, rules)
    if position is None:
        if elements:
            return document.append((rules.list,), element)
        return document.set((rules.list,), [element])
    path = (rules.list, position)
    _check_sections(document, path, element, rules)
    document = _merge_value(document, path, element, rules)
    for key in rules.replaces:
        below = tuple(key.split("."))
        if document.get((*path, *below), _NOTHING) is not _NOTHING and _get(element, below) is _NOTHING:
            document = document.delete((*path, *below))
    return document


def _remove_element(document: YamlText, element: dict[str, Any], rules: MergeRules) -> YamlText:
    elements = _elements(document, rules)
    position = _find_ours(elements, element, rules)
    if position is None:
        return document
    return document.delete((rules.list, position) if len(elements) > 1 else (rules.list,))


def _elements(document: YamlText, rules: MergeRules) -> list[Any]:
    elements = document.get((rules.list,))
    return elements if isinstance(elements, list) else []


def _find_ours(elements: list[Any], element: dict[str, Any], rules: MergeRules) -> int | None:
    """Find our element: the one with our name, else the first without a name that sends to one of our URLs."""
    name = rules.match[0]
    for position, present in enumerate(elements):
        if isinstance(present, dict) and element.get(name) and present.get(name) == element[name]:
            return position
    candidates = _find_receivers(elements, element, rules)
    return next((position for position in candidates if not elements[position].get(name)), None)


def _find_receivers(elements: list[Any], element: dict[str, Any], rules: MergeRules) -> list[int]:
    """Find the elements, ours or not, that send to one of our URLs."""
    urls = {str(url).rstrip("/") for key in rules.match[1:] for url in (element.get(key), *rules.same_urls) if url}
    return [
        position
        for position, present in enumerate(elements)
        if isinstance(present, dict) and any(str(present.get(key)).rstrip("/") in urls for key in rules.match[1:])
    ]


def _get(value: Any, path: Path) -> Any:
    for key in path:
        value = value.get(key, _NOTHING) if isinstance(value, dict) else _NOTHING
    return value
