# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the maps, CONTRIBUTING.md and docs/architecture.md: they name every room, and nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
MAPS = {"CONTRIBUTING.md": ROOT, "docs/architecture.md": PLUGINS}


def code(page: str) -> set[str]:
    """Return what a page writes as code, but for its examples."""
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([^`\n]+)`", text))


def rooms() -> list[Path]:
    """Return what the layers of plugins/ are made of: sub-packages, files, and folders of kinds of plugins."""
    inside = [path for kind in ("module_utils", "plugin_utils") for path in (PLUGINS / kind).iterdir()]
    kinds = [path for path in PLUGINS.iterdir() if path.name not in ("module_utils", "plugin_utils")]
    return sorted(path for path in (*inside, *kinds) if path.suffix == ".py" or any(path.glob("*.py")))


@pytest.mark.parametrize("page", MAPS)
@pytest.mark.parametrize("room", rooms(), ids=lambda path: path.name)
def test_both_maps_name_every_room(page, room):
    path = str(room.relative_to(MAPS[page]))

    assert (path if room.is_file() else f"{path}/") in code(page)


def test_every_folder_of_tests_and_tools_is_named():
    folders = [path for part in ("tests", "tools") for path in (ROOT / part).iterdir() if any(path.glob("**/*.*"))]
    names = {path.name if path.parent.name == "tools" else f"tests/{path.name}/" for path in folders}

    assert names - {"__pycache__", "tests/__pycache__/"} <= code("CONTRIBUTING.md")


@pytest.mark.parametrize("page", MAPS)
def test_what_the_maps_name_exists(page):
    root = MAPS[page]
    written = {text for text in code(page) if not text.startswith(".build/")}  # by make, which may not have run
    paths = {text for text in written if re.fullmatch(r"\S+/\S*", text) and (root / text.partition("/")[0]).exists()}
    names = {text for text in code(page) if re.fullmatch(r"\w+\.py", text)}
    files = {path.name for part in ("plugins", "tests", "tools") for path in (ROOT / part).rglob("*.py")}

    assert [path for path in sorted(paths) if not (root / path).exists()] == []
    # Neighbours of a file that is named with its path are named without theirs.
    assert names <= files
