# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write every error of the collection into docs/troubleshooting.md, as a user gets to see it: `make options`.

The arguments to call the functions of plugins/module_utils/_errors with are in error_examples: a file there for each.
"""

from __future__ import annotations

import importlib
import inspect
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "troubleshooting.md"
MARKER = "<!-- Written by `make options` in a checkout, from plugins/module_utils/_errors, down to the end. -->"
ERRORS = ROOT / "plugins" / "module_utils" / "_errors"
EXAMPLES = Path(__file__).resolve().parent / "error_examples"
PACKAGE = "ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors"
FIRST = ("options", "network", "services", "denials", "access_keys")  # in this order; others follow by name
WITHOUT_WORDINGS = ("__init__", "base", "phrases")


def page() -> str:
    """Return the text of docs/troubleshooting.md: what people wrote above the marker, and every error below."""
    head = PAGE.read_text(encoding="utf-8").partition(MARKER)[0]
    with_examples = [name for name in files() if (EXAMPLES / f"{name}.py").exists()]  # a test asks for the others
    return "\n".join([head + MARKER, *(line for name in with_examples for line in _section(name)), ""])


def files() -> list[str]:
    """Return the names of the files that word errors, in the order of the page."""
    names = sorted(path.stem for path in ERRORS.glob("*.py") if path.stem not in WITHOUT_WORDINGS)
    return sorted(names, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))


def functions(name: str) -> dict[str, Any]:
    """Return the functions of one file that word errors, by name, in their order."""
    _use_collection()
    module = importlib.import_module(f"{PACKAGE}.{name}")
    return {
        member: function
        for member, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and not member.startswith("_")
    }


def examples(name: str) -> Any:
    """Return the file with examples for one file that words errors."""
    _use_collection()
    return importlib.import_module(f"generators.error_examples.{name}")


def errors(name: str) -> Iterator[Any]:
    """Return an error for every example of one file that words errors."""
    words = functions(name)
    for member, rows in examples(name).EXAMPLES.items():
        yield from (words[member](*arguments) for arguments in rows)


def _use_collection() -> None:
    for folder in (ROOT / ".build" / "collections", ROOT / "tools"):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))


def _section(name: str) -> Iterator[str]:
    yield from ("", f"### {examples(name).HEADING}", "", "| it says | do |", "|---|---|")
    for error in errors(name):
        message, remedy = str(error), error.remedy
        yield f"| {_cell(message.removesuffix(remedy).rstrip())} | {_cell(remedy)} |"


def _cell(text: str) -> str:
    """Text for a table, the same on every machine; what would be markup is shown as it is."""
    text = text.replace(sys.executable, "/usr/bin/python3").replace(platform.node(), "web1")
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
