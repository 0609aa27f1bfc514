# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the examples out of the documentation, so that they can be run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]


def of_page(page: Path, language: str = "yaml") -> list[str]:
    """Return the fenced examples of a Markdown page in one language, in order."""
    return of_text(page.read_text(encoding="utf-8"), language)


def of_text(text: str, language: str = "yaml") -> list[str]:
    """Return the fenced examples of a Markdown text in one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def of_plugin(path: Path) -> str:
    """Return what a module or plugin documents as EXAMPLES."""
    (text,) = re.findall(r'^EXAMPLES = r"""\n(.*?)^"""', path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return str(text)


def loaded(text: str, root: Path, owns: dict[str, str] | None = None) -> Any:
    """Load an example, with the directory ``root`` as the root of the host's configuration files.

    ``owns`` replaces placeholders for the reader's own values, such as an ID, by values that exist.
    """
    text = re.sub(r"(?<![\w/.}])/(etc|opt)/", rf"{root}/\1/", text)
    for theirs, ours in (owns or {}).items():
        text = text.replace(theirs, ours)
    return yaml.safe_load(text)
