# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at every page of the documentation site in Chromium, on a desktop and on a phone: `make site-check`.

No page is wider than its window, and axe-core finds nothing wrong: headings, contrast, texts for pictures. A page with
`--pictures DIRECTORY` is also saved as a picture, to be looked at.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.server
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

SITE = Path(__file__).resolve().parents[2] / ".build" / "docs" / "html"
WINDOWS = {"desktop": (1280, 900), "phone": (500, 900)}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "rules": {rule: {"enabled": True} for rule in ("empty-heading", "heading-order", "page-has-heading-one")},
}
# Elements that begin left of the window or end right of it, without a box around them that scrolls.
TOO_WIDE = """() => {
    const scrolls = (element) => getComputedStyle(element).overflowX !== 'visible';
    const inside = (element) => element && (scrolls(element) || inside(element.parentElement));
    const isTooWide = (element) => element.getBoundingClientRect().right > window.innerWidth + 1;
    return [...document.querySelectorAll('article *')]
        .filter((element) => isTooWide(element) && !inside(element.parentElement))
        .map((element) => element.tagName + ': ' + element.textContent.trim().slice(0, 60));
}"""
SCROLLING_TABLES = """() => [...document.querySelectorAll('article table')]
    .filter((table) => table.parentElement.scrollWidth > table.parentElement.clientWidth + 1)
    .map((table) => 'a table that scrolls: ' + table.textContent.trim().replace(/\\s+/g, ' ').slice(0, 60))"""


def main() -> None:
    """Check all pages, and end with 1 if there is anything to mend."""
    parser = argparse.ArgumentParser(prog="tools/site", description=__doc__)
    parser.add_argument("--pictures", type=Path, help="a directory to save a picture of each page in")
    pictures = parser.parse_args().pictures
    pages = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    if not pages:
        sys.exit(f"There is no site in {SITE}; run `make docs`.")
    found = 0
    with served(SITE) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for window, (width, height) in WINDOWS.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            for name in pages:
                page.goto(f"{address}/{name}")
                for complaint in complaints(page):
                    found += 1
                    print(f"{name}, {window}: {complaint}")
                if pictures:
                    pictures.mkdir(parents=True, exist_ok=True)
                    page.screenshot(path=pictures / f"{name.replace('/', '-')}-{width}.png", full_page=True)
    print(f"{len(pages)} pages, {len(WINDOWS)} windows: {found} things to mend")
    sys.exit(bool(found))


def complaints(page: Page) -> Iterator[str]:
    """Return what is wrong with the page that is shown."""
    yield from page.evaluate(TOO_WIDE)
    yield from page.evaluate(SCROLLING_TABLES)
    for violation in Axe().run(page, options=RULES).response["violations"]:
        where = ", ".join(str(node["target"][0]) for node in violation["nodes"][:3])
        yield f"{violation['id']}: {violation['help']} ({len(violation['nodes'])} times: {where})"


@contextlib.contextmanager
def served(directory: Path) -> Iterator[str]:
    """Serve a directory on this machine, at the address that the block gets."""
    handler = functools.partial(Quiet, directory=str(directory))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files, and print nothing."""

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    main()
