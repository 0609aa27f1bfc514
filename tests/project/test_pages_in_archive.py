# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that somebody who has only the archive, or reads README on Galaxy, finds no dead link and no useless command."""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES
from matrix.versions import VERSIONS
from test_public import PUBLIC

ROOT = Path(__file__).resolve().parents[2]
IN_REPOSITORY = re.compile(
    r"https://(?:github\.com/ibmcloud-sysdig/ibmcloud\.sysdig/blob"
    r"|raw\.githubusercontent\.com/ibmcloud-sysdig/ibmcloud\.sysdig)/main/(.+)"
)
IGNORED = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["build_ignore"]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def in_archive(path: str) -> bool:
    """Return whether a file of the checkout is in the archive, as `ansible-galaxy collection build` decides."""
    parts = [path, *(str(parent) for parent in Path(path).parents if parent != Path())]
    return (ROOT / path).is_file() and not any(fnmatch(part, pattern) for part in parts for pattern in IGNORED)


FOLDERS = ("docs", "extensions", "playbooks", "roles")
FOUND = [*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in ROOT.glob(f"{folder}/**/*.md"))]
PAGES = sorted(path for path in (str(page.relative_to(ROOT)) for page in FOUND) if in_archive(path))
pages = pytest.mark.parametrize("page", PAGES)


def links(page: str) -> list[str]:
    """Return the targets of a page's links and pictures, but for those in its examples."""
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)\)", text)


def anchors(path: str) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.*)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def has_anchor(path: str, anchor: str) -> bool:
    return not anchor or anchor in anchors(path)


def test_readme_has_no_relative_link():
    """Galaxy shows README alone, and would look for them on its own site."""
    assert [link for link in links("README.md") if not link.startswith("https://")] == []


@pages
def test_relative_links_lead_to_the_archive(page):
    relative = [link for link in links(page) if not link.startswith(("https://", "#"))]
    targets = [posixpath.normpath(posixpath.join(posixpath.dirname(page), link)).partition("#") for link in relative]

    assert [path for path, _hash, _anchor in targets if not (in_archive(path) or (ROOT / path).is_dir())] == []
    assert [(path, anchor) for path, _hash, anchor in targets if not has_anchor(path, anchor)] == []


@pages
def test_links_to_the_repository_lead_to_files_that_exist(page):
    targets = [match[1].partition("#") for link in links(page) if (match := IN_REPOSITORY.match(link))]

    assert [path for path, _hash, _anchor in targets if not (ROOT / path).is_file()] == []
    assert [(path, anchor) for path, _hash, anchor in targets if not has_anchor(path, anchor)] == []


def test_what_is_not_in_the_archive_is_not_linked_from_readme():
    targets = [match[1].partition("#")[0] for link in links("README.md") if (match := IN_REPOSITORY.match(link))]

    assert len(targets) > 10
    assert [path for path in targets if not in_archive(path)] == []


@pages
def test_a_page_that_needs_a_checkout_says_so(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    commands = re.findall(r"(?:^\$ |`)(?:make|python) [a-z-]+|`(?:tests|tools)/[\w/.]+`", text, re.MULTILINE)

    assert not commands or "checkout" in text, commands


@pages
def test_every_page_installs_in_one_of_the_same_ways(page):
    text = (ROOT / page).read_text(encoding="utf-8")

    assert set(re.findall(r"ansible-galaxy collection install ([^\s`]+)", text)) <= {
        *("ibmcloud.sysdig", "ibmcloud.sysdig:VERSION", "ibmcloud-sysdig-VERSION.tar.gz", "-r", "awx.awx"),
        "git+https://github.com/ibmcloud-sysdig/ibmcloud.sysdig.git,main",
    }


def test_readme_lists_the_versions_of_the_matrix():
    table = README.partition("## Tested with")[2].partition("\n\nThe control node")[0]

    assert re.findall(r"2\.\d+", table) == [version.series for version in VERSIONS]
    assert f"{VERSIONS[0].hosts_python}, and 3.6 for the role" in table


def test_readme_has_a_row_for_every_type():
    table = README.partition("## Configure hosts")[2].partition("\n## ")[0]

    assert sorted(re.findall(r"^\| `(\w+)` \| (?!writes)", table, re.MULTILINE)) == sorted(TYPES)


def test_readme_lists_what_is_public():
    table = README.partition("## Included content")[2].partition("\n## ")[0]
    kinds = {"modules": "module", "lookups": "lookup", "roles": "role", "playbooks": "playbook"}
    public = {(kinds[kind], name) for kind, names in PUBLIC.items() for name in names}

    assert set(re.findall(r"^\| (\w+) `ibmcloud\.sysdig\.(\w+)` \|", table, re.MULTILINE)) == public


def test_readme_has_the_figures_of_the_benchmarks():
    benchmarks = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    hundred_hosts = float(re.findall(r"([\d.]+) with 100,", benchmarks)[0])
    (role,) = re.findall(r"\| this role, by `roles:` \| [\d.]+ \| ([\d.]+)", benchmarks)
    (check,) = re.findall(r"\| the check \| [\d.]+ \| ([\d.]+)", benchmarks)

    assert f"| {round((hundred_hosts - 1) * 100)} % slower than `ansible.builtin.env`" in README
    assert "| a third of the time of a playbook written by hand |" in README
    assert float(role) == pytest.approx(1 / 3, abs=0.05)
    assert f"| {float(check):.1f} times the time of the role |" in README
