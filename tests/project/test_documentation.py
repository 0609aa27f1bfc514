# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test what ansible-doc shows of module, lookups and role: every option, no ini key of a secret, safe examples."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.endpoints import Endpoints
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.manage_access_key import ManagedKey
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import (
    ACCESS_KEY_OPTIONS,
    LOOKUP_OPTIONS,
    OPTIONS,
    argument_spec,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import TokenResult
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve_access_key import AccessKeyResult
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "ibmcloud.sysdig.sysdig_token"
ACCESS_KEY = "ibmcloud.sysdig.sysdig_access_key"
ROLE = "ibmcloud.sysdig.sysdig_integrations"
ALL_OPTIONS = {**OPTIONS, **LOOKUP_OPTIONS}
SHOWING_ACTIONS = {"ansible.builtin.copy", "ansible.builtin.template"}


def shown(plugin_type, name=NAME):
    done = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-doc"), "--type", plugin_type, "--json", name],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)[name]


@pytest.fixture(scope="module")
def module():
    return shown("module")


@pytest.fixture(scope="module")
def key_module():
    return shown("module", ACCESS_KEY)


@pytest.fixture(scope="module")
def lookup():
    return shown("lookup")


@pytest.fixture(scope="module")
def access_key():
    return shown("lookup", ACCESS_KEY)


@pytest.fixture(scope="module")
def role():
    return shown("role", ROLE)["entry_points"]["main"]


def test_the_module_documents_exactly_the_options_it_accepts(module):
    documented = module["doc"]["options"]

    assert set(documented) == set(argument_spec())
    for name, stated in argument_spec().items():
        assert documented[name]["description"]
        for key in ("type", "default", "choices"):
            assert documented[name].get(key) == stated.get(key), f"{key} of {name}"


def test_the_module_of_access_keys_documents_the_same_options_and_its_own(module, key_module):
    documented, spec = key_module["doc"]["options"], argument_spec(ACCESS_KEY_OPTIONS)

    assert set(documented) == {*OPTIONS, *ACCESS_KEY_OPTIONS}
    for name in OPTIONS:
        assert documented[name] == module["doc"]["options"][name], name
    for name, stated in spec.items():
        for key in ("type", "default", "choices"):
            assert documented[name].get(key) == stated.get(key), f"{key} of {name}"


def test_the_lookup_documents_the_same_options_and_its_own(module, lookup):
    documented = lookup["doc"]["options"]

    assert set(documented) == {"_terms", *ALL_OPTIONS}
    for name, option in OPTIONS.items():
        for key in ("description", "type", "default", "choices"):
            assert documented[name].get(key) == module["doc"]["options"][name].get(key), f"{key} of {name}"
        assert documented[name]["type"] == option.type


def test_the_lookup_of_access_keys_documents_the_options_of_the_other(lookup, access_key):
    documented = access_key["doc"]["options"]

    assert set(documented) == set(lookup["doc"]["options"])
    for name in ALL_OPTIONS:
        for key in ("type", "default", "choices", "vars", "ini"):
            assert documented[name].get(key) == lookup["doc"]["options"][name].get(key), f"{key} of {name}"


def test_the_lookup_of_access_keys_documents_what_it_returns(access_key):
    (described,) = [text for text in access_key["return"]["_raw"]["description"] if "details=true" in text]

    returned = {field.name for field in dataclasses.fields(AccessKeyResult)}
    assert set(re.findall(r"C\((\w+)\)", described)) == returned


def test_the_role_documents_the_options_of_the_lookup_and_its_own(role, lookup):
    documented = {name.removeprefix("sysdig_integrations_"): option for name, option in role["options"].items()}

    assert set(documented) == {*OPTIONS, "list", "token", "no_log", "pending_directory", "verify"}
    for name in OPTIONS:
        assert documented[name]["description"], name
        for choice in lookup["doc"]["options"][name].get("choices", ()):
            assert f"V({choice})" in documented[name]["description"][-1 if OPTIONS[name].default is None else -2], name


def test_the_role_documents_the_options_of_its_types(role):
    documented = role["options"]["sysdig_integrations_list"]["options"]

    assert set(documented["type"]["choices"]) == set(TYPES)
    assert {option for row in TYPES.values() for option in row.options} <= set(documented)


@pytest.mark.parametrize("name", ALL_OPTIONS)
def test_the_lookup_reads_a_variable_of_its_own_and_an_ini_key_unless_it_is_a_secret(lookup, name):
    documented = lookup["doc"]["options"][name]

    assert [entry["name"] for entry in documented["vars"]] == [f"sysdig_token_{name}"]
    ini_keys = [(entry["section"], entry["key"]) for entry in documented.get("ini", [])]
    assert ini_keys == ([] if ALL_OPTIONS[name].secret else [("sysdig_token", name)])


def test_the_module_documents_exactly_what_it_returns(module):
    returned = {name: value for name, value in module["return"].items() if value["returned"] == "success"}

    assert set(returned) == {field.name for field in dataclasses.fields(TokenResult)}
    assert set(returned["endpoints"]["contains"]) == set(Endpoints._fields)
    assert {name for name, value in module["return"].items() if value["returned"] == "failure"} == {
        *("step", "status", "code", "option", "request_id"),
    }


def test_the_module_of_access_keys_documents_exactly_what_it_returns(module, key_module):
    returned = {name: value for name, value in key_module["return"].items() if value["returned"] == "success"}

    assert set(returned) == {field.name for field in dataclasses.fields(ManagedKey)} - {"before", "after"}
    assert returned["endpoints"] == module["return"]["endpoints"]
    failures = [
        {name for name, value in each["return"].items() if value["returned"] == "failure"}
        for each in (module, key_module)
    ]
    assert failures[0] == failures[1]


def test_every_option_that_a_text_refers_to_exists(module, key_module, lookup, access_key):
    text = json.dumps([module, key_module, lookup, access_key])

    assert set(re.findall(r"\bO\(([a-z_]+)", text)) <= {*ALL_OPTIONS, *ACCESS_KEY_OPTIONS}


@pytest.mark.parametrize("plugin_type", ["module", "key_module", "lookup", "access_key"])
def test_the_examples_are_tasks_that_keep_the_token_to_themselves(request, plugin_type):
    tasks = yaml.safe_load(request.getfixturevalue(plugin_type)["examples"])
    tasks += [inner for task in tasks for inner in task.get("block", [])]

    assert tasks
    for task in tasks:
        assert "name" in task
        assert set(task.get(NAME, {})) <= set(OPTIONS)
        assert set(task.get(ACCESS_KEY, {})) <= {*OPTIONS, *ACCESS_KEY_OPTIONS}
        for action in SHOWING_ACTIONS & set(task):
            assert task["no_log"] is True
            assert task["diff"] is False
            assert task[action]["mode"] == "0600"


@pytest.mark.parametrize("plugin_type", ["module", "key_module", "lookup", "access_key"])
def test_no_example_holds_a_secret(request, plugin_type):
    tasks = yaml.safe_load(request.getfixturevalue(plugin_type)["examples"])

    values = re.findall(r'"(?:api_key|iam_token|sysdig_api_token)": "([^"]*)"', json.dumps(tasks))
    assert all(value.startswith("{{ vault_") for value in values)
