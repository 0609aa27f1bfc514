# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configure Sphinx for the documentation site: `make docs`. Nothing is downloaded while it is built."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes

project = "ibmcloud.sysdig"
author = "The ibmcloud.sysdig contributors"
html_title = "ibmcloud.sysdig"
html_short_title = html_title

MODULES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
INTERNAL = [path.stem for path in MODULES.glob("*.py") if '\nshort_description: "[INTERNAL]' in path.read_text("utf-8")]

extensions = ["myst_parser", "sphinx_antsibull_ext"]
myst_heading_anchors = 3
nitpicky = True
exclude_patterns = [
    # Generated from options that declare their variables, which ours do not: docs/options.md has them.
    "reference/environment_variables.rst",
    *(f"reference/{name}_module.rst" for name in INTERNAL),
]

html_theme = "sphinx_ansible_theme"
pygments_style = "ansible"
html_show_sphinx = False
html_copy_source = False
html_use_index = False

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


def leave_out_internal_modules(app: Any, page: str, source: list[str]) -> None:
    """Drop the lines of the generated index that list the internal modules."""
    if page == "reference/index":
        listed = rf"^ +({'|'.join(INTERNAL)})_module\n|^\* .*<ibmcloud\.sysdig\.({'|'.join(INTERNAL)})#module>.*\n"
        source[0] = re.sub(listed, "", source[0], flags=re.MULTILINE)


def link_to_repository(app: Any, page: str, source: list[str]) -> None:
    """Link to files outside docs/ in the repository: pages name them by relative paths, as GitHub wants it."""
    source[0] = re.sub(r"\]\(\.\./", f"]({REPOSITORY}/", source[0])


def link_to_ansible(app: Any, env: Any, reference: Any, content: Any) -> nodes.reference | None:
    """Resolve a label of Ansible's documentation; None leaves it to Sphinx, which complains."""
    if (page := ANSIBLE_PAGES.get(reference["reftarget"])) is None:
        return None
    return nodes.reference("", "", content, refuri=f"{ANSIBLE}/{page}", internal=False)


def setup(app: Any) -> None:
    app.connect("source-read", leave_out_internal_modules)
    app.connect("source-read", link_to_repository)
    app.connect("missing-reference", link_to_ansible)
