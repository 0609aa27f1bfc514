# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check who imports whom: the rooms of plugins/ lie on layers, and an import goes down, never up or in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
PACKAGE = "ansible_collections.ibmcloud.sysdig.plugins"

# From the lowest layer to the highest. A room imports itself and the rooms of lower layers, none beside it.
LAYERS = (
    ("module_utils/_redact", "module_utils/_secret_names", "module_utils/_agent"),
    ("module_utils/_errors",),
    ("module_utils/_retrieval", "module_utils/_files", "plugin_utils/_yaml"),
    (
        "module_utils/_host_check",
        "plugin_utils/_module_call",
        "plugin_utils/_run_cache",
        "plugin_utils/_fetch",
        "plugin_utils/_ansible_cfg",
        "plugin_utils/_near_misses",
    ),
    ("plugin_utils/_cached_retrieval", "plugin_utils/_module_action", "plugin_utils/_rotation"),
    ("plugin_utils/_integrations", "plugin_utils/_lookup", "doc_fragments"),
    ("plugin_utils/_ledger",),
    ("modules", "lookup", "action"),
)
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
# What the token's retrieval must not know, and what nothing else may know.
WITHOUT_ANSIBLE = ("module_utils/_redact", "module_utils/_errors", "module_utils/_retrieval")
HTTP = "module_utils/_retrieval/connection"

FILES = {path.relative_to(PLUGINS).with_suffix("").as_posix(): path for path in sorted(PLUGINS.rglob("*.py"))}


def room(name: str) -> str:
    """Return the room of a file: its sub-package, or the folder of a kind of plugin."""
    parts = name.split("/")
    return "/".join(parts[:2]) if parts[0] in ("module_utils", "plugin_utils") else parts[0]


def imported(name: str) -> Iterator[str]:
    """Yield the dotted name of everything that a file imports, also late and for its types alone."""
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            here = [PACKAGE, *name.split("/")]
            base = here[: len(here) - node.level] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def files_imported(name: str) -> set[str]:
    """Return the files of plugins/ that a file imports, or imports something from."""
    found = set()
    for dotted in imported(name):
        if dotted.startswith(f"{PACKAGE}."):
            target = dotted.removeprefix(f"{PACKAGE}.").replace(".", "/")
            found.add(target if target in FILES else target.rpartition("/")[0])
    return found


GRAPH = {name: files_imported(name) for name in FILES}


def circles(graph: dict[str, set[str]]) -> list[str]:
    """Return the names that import themselves, directly or through others."""

    def reached(name: str) -> set[str]:
        found, new = set(), {name}
        while new:
            new = set().union(*(graph[each] for each in new)) - found
            found |= new
        return found

    return [name for name in graph if name in reached(name)]


def test_every_import_is_of_a_file_that_exists():
    assert {target for targets in GRAPH.values() for target in targets} <= FILES.keys()


def test_every_file_is_in_a_room_that_has_a_layer():
    assert {room(name) for name in FILES} <= LEVEL.keys()


def test_no_file_imports_in_a_circle():
    assert circles(GRAPH) == []


def test_no_room_imports_in_a_circle():
    between = {room(name): set() for name in FILES}
    for name, targets in GRAPH.items():
        between[room(name)] |= {room(target) for target in targets} - {room(name)}

    assert circles(between) == []


@pytest.mark.parametrize("name", FILES)
def test_imports_go_down(name):
    here = room(name)
    wrong = [target for target in GRAPH[name] if room(target) != here and LEVEL[room(target)] >= LEVEL[here]]

    assert wrong == []


@pytest.mark.parametrize("name", [name for name in FILES if room(name) in WITHOUT_ANSIBLE])
def test_the_retrieval_knows_nothing_of_ansible(name):
    assert [dotted for dotted in imported(name) if dotted.split(".")[0] == "ansible"] == []


def test_only_the_connection_knows_the_http_library():
    assert [name for name in FILES if any(dotted.split(".")[0] == "requests" for dotted in imported(name))] == [HTTP]
