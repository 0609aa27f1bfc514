# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's arguments are said in several files, because Ansible wants them there: they must say the same."""

from __future__ import annotations

from pathlib import Path

import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import LOOKUP_OPTIONS, OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import (
    COMMON_OPTIONS,
    SERVICE_ACTIONS,
    STATES,
)
from generators.role_arguments import PREFIX, role_options

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "sysdig_integrations"


def load(name):
    return yaml.safe_load((ROLE / name).read_text(encoding="utf-8"))


SPECIFICATION = load("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
ENTRY = SPECIFICATION["sysdig_integrations_list"]["options"]
TYPES = load("vars/main/types.yml")["sysdig_integrations_types"]


def test_defaults_are_those_of_the_specification():
    assert load("defaults/main.yml") == {name: option["default"] for name, option in SPECIFICATION.items()}


def test_every_option_of_the_retrieval_is_specified_as_the_table_has_it():
    # If this fails, run tools/generators/role_arguments.py.
    own = {PREFIX + name for name in ("list", "token", "no_log", "pending_directory")}
    assert {name: option for name, option in SPECIFICATION.items() if name not in own} == role_options()
    assert {name[len(PREFIX) :] for name in role_options()} == set(OPTIONS)


def test_every_option_of_the_retrieval_reaches_the_lookup():
    variables = load("vars/main/retrieval.yml")
    assert variables["sysdig_integrations_retrieval"] == {name: f"{{{{ {PREFIX}{name} }}}}" for name in OPTIONS}
    assert "token" in LOOKUP_OPTIONS
    assert f"token={PREFIX}token" in variables["sysdig_integrations_result"]


def test_exactly_the_secrets_are_secret():
    secret = {PREFIX + name for name, option in OPTIONS.items() if option.secret} | {PREFIX + "token"}
    assert {name for name, option in SPECIFICATION.items() if option.get("no_log")} == secret


def test_an_empty_string_passes_for_every_option_of_the_retrieval():
    for name in OPTIONS:
        option = SPECIFICATION[PREFIX + name]
        assert option["type"] in ("str", "path")
        assert "" in option.get("choices", [""])


def test_types_and_options_of_entries_are_those_of_the_table():
    assert ENTRY["type"]["choices"] == list(TYPES)
    particular = {option for row in TYPES.values() for option in row.get("options", [])}
    assert set(ENTRY) == {*COMMON_OPTIONS, *particular}
    assert ENTRY["state"]["choices"] == ["", *STATES]
    assert ENTRY["service_action"]["choices"] == ["", *SERVICE_ACTIONS]


def test_the_specification_has_no_expression_that_ansible_would_evaluate_before_each_use():
    assert "{{" not in (ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8")


def test_every_type_has_its_template():
    templates = {row["template"] for row in TYPES.values() if "template" in row}
    assert templates == {path.name for path in (ROLE / "templates").iterdir()}
