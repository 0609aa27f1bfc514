# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw what the check says, from the example in docs/check.md: `make options`. Tests hold that to what it does say."""

from __future__ import annotations

import re
import textwrap
from html import escape
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PICTURE = DOCS / "check.md", DOCS / "check.svg"
WIDTH, LINE_HEIGHT, GAP = 960, 18, 8  # pixels
TOP = 84  # of the first line
LONGEST = 76  # characters of a line of a message
COLUMNS = {"status": 24, "entry": 92, "check": 260, "message": 346}
TITLE = (
    "The table of the check: files, network, delivery and token are ok, and a service has not read its configuration"
)
STYLE = """
  .page { fill: #ffffff; stroke: #b6c3d0 } .code { fill: #1c2733; white-space: pre }
  .command { font-weight: bold } .ok { fill: #0a6b3d } .failed { fill: #b3261e; font-weight: bold }
  .remedy { fill: #0b5394 }
"""


class Row(NamedTuple):
    """Hold a line of the table; ``remedy`` is empty for what is right."""

    status: str
    entry: str
    check: str
    message: str
    remedy: str


def example() -> str:
    """Return the table that the page shows."""
    return PAGE.read_text(encoding="utf-8").partition("```text\n")[2].partition("```")[0]


def rows() -> list[Row]:
    """Return the lines of that table."""
    found: list[Row] = []
    for line in example().splitlines():
        if line.startswith(" "):
            found[-1] = found[-1]._replace(remedy=line.strip())
        else:
            status, entry, check, message = re.split(" {2,}", line)
            found.append(Row(status, entry, check, message, remedy=""))
    return found


def draw() -> str:
    """Return the picture as an SVG document."""
    at = TOP
    drawn = []
    for row in rows():
        for name in ("status", "entry", "check"):
            drawn.append(_text(COLUMNS[name], at, getattr(row, name), row.status if name == "status" else ""))
        for text, style in ((row.message, ""), (row.remedy, "remedy")):
            for line in textwrap.wrap(text, LONGEST, break_on_hyphens=False):
                drawn.append(_text(COLUMNS["message"], at, line, style))
                at += LINE_HEIGHT
        at += GAP
    font = 'font-family="Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="13"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {at}" role="img" {font}>',
            f"<title>{TITLE}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="page" x="1" y="1" width="{WIDTH - 2}" height="{at - 2}" rx="8"/>',
            _text(COLUMNS["status"], 40, "$ ansible-playbook -i inventory.yml ibmcloud.sysdig.check", "command"),
            *drawn,
            "</svg>",
            "",
        ]
    )


def _text(across: int, down: int, text: str, style: str) -> str:
    return f'<text class="{f"code {style}".rstrip()}" x="{across}" y="{down}">{escape(text)}</text>'


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
