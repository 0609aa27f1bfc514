# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configure Sphinx for the documentation site: `make docs`. Nothing is downloaded while it is built."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes

ROOT = Path(__file__).resolve().parents[2]

project = "ibmcloud.sysdig"
author = "The ibmcloud.sysdig contributors"
project_copyright = f"{author}. Licence: GPL-3.0-or-later. Not affiliated with IBM or Sysdig"
version = release = yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["version"]
html_title = f"{project} {version}"
html_short_title = project

MODULES = ROOT / "plugins" / "modules"
INTERNAL = [path.stem for path in MODULES.glob("*.py") if '\nshort_description: "[INTERNAL]' in path.read_text("utf-8")]

extensions = ["myst_parser", "sphinx_antsibull_ext"]
myst_heading_anchors = 3
nitpicky = True
ROLES_README = "sysdig_integrations_readme.md"
exclude_patterns = [
    f"reference/{ROLES_README}",
    # Generated from options that declare their variables, which ours do not: docs/options.md has them.
    "reference/environment_variables.rst",
    *(f"reference/{name}_module.rst" for name in INTERNAL),
]

html_theme = "furo"
html_theme_options = {
    "source_repository": "https://github.com/ibmcloud-sysdig/ibmcloud.sysdig/",
    "source_branch": "main",
    "source_directory": "docs/",
    "announcement": None,
    # Blue on white, dark enough for small text.
    "light_css_variables": {"color-brand-primary": "#0b5394", "color-brand-content": "#0b5394"},
}
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_use_index = False

# Pages that are not from docs/, and the folders that their relative links begin at.
ELSEWHERE = {"contributing": "", "execution_environment": "extensions/execution-environment"}
REPOSITORY = "https://github.com/ibmcloud-sysdig/ibmcloud.sysdig/blob/main"
ANSIBLE = "https://docs.ansible.com/ansible/latest"
# Pages of Ansible's own documentation that the generated pages refer to. Its inventory would have to be downloaded.
ANSIBLE_PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_collections.ansible.builtin.template_module": "collections/ansible/builtin/template_module.html",
    "ansible_collections.ansible.builtin.template_module__parameter-src": (
        "collections/ansible/builtin/template_module.html#parameter-src"
    ),
    "common_return_values": "reference_appendices/common_return_values.html",
}
# Theirs is not valid, or cannot be reached with the keyboard.
MENDED = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    ' aria-role="button"': "",
    "<pre>": '<pre tabindex="0">',
    '<div id="search-results">': '<h1>Search results</h1><div id="search-results">',
}


def leave_out_internal_modules(app: Any, page: str, source: list[str]) -> None:
    """Drop the lines of the generated index that list the internal modules."""
    if page == "reference/index":
        listed = rf"^ +({'|'.join(INTERNAL)})_module\n|^\* .*<ibmcloud\.sysdig\.({'|'.join(INTERNAL)})#module>.*\n"
        source[0] = re.sub(listed, "", source[0], flags=re.MULTILINE)


def call_index_by_its_name(app: Any, page: str, source: list[str]) -> None:
    """Head the generated index with what it is: antsibull-docs writes the name of the collection in capitals."""
    if page == "reference/index":
        title = "Modules, lookups and role"
        source[0] = source[0].replace("Ibmcloud.Sysdig\n===============", f"{title}\n{'=' * len(title)}")


def begin_role_with_example(app: Any, page: str, source: list[str]) -> None:
    """Put the role's README, an example and the most used variables, before the list of all of them."""
    if page == "reference/sysdig_integrations_role":
        readme = (ROOT / "roles" / "sysdig_integrations" / "README.md").read_text("utf-8").partition("\n")[2]
        written = Path(app.srcdir) / "reference" / ROLES_README
        written.write_text(readme.replace("](../../docs/", "](../"), encoding="utf-8")
        include = f".. include:: {ROLES_README}\n    :parser: myst_parser.sphinx_\n\n.. contents::"
        source[0] = source[0].replace(".. contents::", include, 1)


def link_to_repository(app: Any, page: str, source: list[str]) -> None:
    """Link to files outside docs/ in the repository: pages name them by relative paths, as GitHub wants it."""
    folder = ELSEWHERE.get(page, "docs")

    def link(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, match[1]))
        return f"]({path.removeprefix('docs/')}" if path.startswith("docs/") else f"]({REPOSITORY}/{path}"

    source[0] = re.sub(r"\]\((?!https?:|#)([^)#\s]+)", link, source[0])


def link_to_ansible(app: Any, env: Any, reference: Any, content: Any) -> nodes.reference | None:
    """Resolve a label of Ansible's documentation; None leaves it to Sphinx, which complains."""
    if (page := ANSIBLE_PAGES.get(reference["reftarget"])) is None:
        return None
    return nodes.reference("", "", content, refuri=f"{ANSIBLE}/{page}", internal=False)


def make_accessible(app: Any, exception: Exception | None) -> None:
    """Mend what the theme and antsibull-docs leave out for keyboards and screen readers."""
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for theirs, ours in MENDED.items():
            text = text.replace(theirs, ours)
        page.write_text(text, encoding="utf-8")


def setup(app: Any) -> None:
    app.connect("source-read", leave_out_internal_modules)
    app.connect("source-read", call_index_by_its_name)
    app.connect("source-read", begin_role_with_example)
    app.connect("source-read", link_to_repository)
    app.connect("missing-reference", link_to_ansible)
    app.connect("build-finished", make_accessible)
