# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's arguments are said in several files, because Ansible wants them there: they must say the same."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from ansible_collections.ibmcloud.sysdig.plugins.action.integrations import OWN_OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations import entry_options
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import PARTICULAR
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES
from generators.role_arguments import PREFIX, role_options

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "sysdig_integrations"
# What Ansible calls the types of an entry's options.
DOCUMENTED = {
    **{kind: {"type": "str"} for kind in ("line", "path", "command")},
    **{kind: {"type": "raw"} for kind in ("tags", "mode")},
    "mapping": {"type": "dict"},
    "names": {"type": "list", "elements": "str"},
    "boolean": {"type": "bool"},
    "number": {"type": "int"},
}


def load(name):
    return yaml.safe_load((ROLE / name).read_text(encoding="utf-8"))


SPECIFICATION = load("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
ENTRY = SPECIFICATION["sysdig_integrations_list"]["options"]


def test_defaults_are_those_of_the_specification():
    stated = {name: option["default"] for name, option in SPECIFICATION.items() if "default" in option}
    assert load("defaults/main.yml") == stated


def test_every_option_of_the_retrieval_is_specified_as_the_table_has_it():
    # If this fails, run tools/generators/role_arguments.py.
    own = {PREFIX + name for name in OWN_OPTIONS}
    assert {name: option for name, option in SPECIFICATION.items() if name not in own} == role_options()
    assert {name[len(PREFIX) :] for name in role_options()} == set(OPTIONS)


def test_exactly_the_secrets_are_secret():
    secret = {PREFIX + name for name, option in OPTIONS.items() if option.secret} | {PREFIX + "token"}
    assert {name for name, option in SPECIFICATION.items() if option.get("no_log")} == secret


def test_ansible_lets_every_value_through_to_the_role():
    for name, option in SPECIFICATION.items():
        assert option["type"] in ("str", "path", "raw"), name
        assert option["type"] == "raw" or "default" not in option, name
        assert not {"choices", "required", "elements"} & option.keys(), name


def test_an_entry_has_the_options_of_the_table():
    stated = {}
    for name, option in entry_options.OPTIONS.items():
        stated[name] = dict(DOCUMENTED[option.type])
        if option.default is not None:
            stated[name]["default"] = option.default
        if option.choices:
            stated[name]["choices"] = list(option.choices)
    stated["type"] |= {"choices": list(TYPES), "required": True}

    assert {
        name: {key: value for key, value in option.items() if key != "description"} for name, option in ENTRY.items()
    } == stated
    assert not set(ENTRY) & set(OPTIONS)


def test_the_types_that_take_an_option_are_named_in_its_description():
    for name in PARTICULAR:
        types = {kind for kind, row in TYPES.items() if name in row.options}
        assert types <= set(re.findall(r"V\((\w+)\)", str(ENTRY[name]["description"]))), name


def test_the_specification_has_no_expression_that_ansible_would_evaluate_before_each_use():
    assert "{{" not in (ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8")


def test_every_type_has_its_template():
    templates = {row.template for row in TYPES.values() if row.template}
    assert templates == {path.name for path in (ROLE / "templates").iterdir()}
