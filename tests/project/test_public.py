# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List what is public, so that nothing becomes public by accident: whatever is released has to stay."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"

PUBLIC = {
    "modules": {"sysdig_access_key", "sysdig_token"},
    "lookups": {"sysdig_access_key", "sysdig_token"},
    "roles": {"sysdig_integrations"},
    "playbooks": {"awx_setup", "check", "rotate_access_key", "wire"},
}
# `validate-modules` of ansible-core 2.16 refuses an underscore at the start of a module's name in a collection.
INTERNAL_MODULES = {"agent_status", "config_files", "host_check", "integrations", "rotation"}
# What Ansible never runs by its name; other plugins import it.
UTILITIES = ("doc_fragments", "module_utils", "plugin_utils")

utilities = pytest.mark.parametrize(
    "path",
    [path for folder in UTILITIES for path in sorted((PLUGINS / folder).rglob("*.py"))],
    ids=lambda path: str(path.relative_to(PLUGINS)),
)


def names(*folder: str) -> set[str]:
    """Return the names of the Python or YAML files in a folder of the collection."""
    return {path.stem for path in ROOT.joinpath(*folder).iterdir() if path.suffix in (".py", ".yml")}


def documentation(module: str) -> dict:
    """Return the documentation of a module, as it stands in its file."""
    text = (PLUGINS / "modules" / f"{module}.py").read_text(encoding="utf-8")
    loaded: dict = yaml.safe_load(text.split('DOCUMENTATION = r"""', 1)[1].split('"""', 1)[0])
    return loaded


def test_only_these_are_public():
    assert {
        "modules": names("plugins", "modules") - INTERNAL_MODULES,
        "lookups": names("plugins", "lookup"),
        "roles": {path.name for path in (ROOT / "roles").iterdir()},
        "playbooks": names("playbooks"),
    } == PUBLIC


def test_there_are_no_plugins_of_other_kinds():
    kinds = {path.name for path in PLUGINS.iterdir() if path.is_dir() and any(path.rglob("*.py"))}

    assert kinds <= {"action", "lookup", "modules", *UTILITIES}
    assert names("plugins", "action") <= names("plugins", "modules")


def test_modules_that_only_the_role_calls_say_so_and_no_others():
    marked = {name for name in names("plugins", "modules") if "[INTERNAL]" in documentation(name)["short_description"]}

    assert marked == INTERNAL_MODULES
    for name in marked:
        # The site and the changelog leave out what begins with this.
        assert documentation(name)["short_description"].startswith("[INTERNAL] ")


def test_the_changelog_announces_only_what_is_public():
    changelog = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    announced = {module["name"] for release in changelog["releases"].values() for module in release.get("modules", ())}

    assert announced <= PUBLIC["modules"]


@utilities
def test_a_utility_is_private_by_its_name_and_says_so(path):
    assert any(part.startswith("_") for part in path.relative_to(PLUGINS).with_suffix("").parts)
    assert path.read_text(encoding="utf-8").splitlines()[2] == "# PRIVATE to the collection."
