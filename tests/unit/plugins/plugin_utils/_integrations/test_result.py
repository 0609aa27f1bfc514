# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a retrieval, whose access key is retrieved when something looks at it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError, SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.result import Result
from jinja2 import Environment, StrictUndefined, UndefinedError

DATA = {"token": "t$1", "team_id": None, "url": "https://u", "endpoints": {"collector": "c", "remote_write": None}}


@pytest.fixture
def reads():
    return []


@pytest.fixture
def result(reads):
    def read():
        reads.append("access key")
        return "key"

    return Result(DATA, {"access_key": read})


LOOKS = ("sysdig.access_key", "sysdig['access_key']", "sysdig.get('access_key')", "sysdig.access_key | default('')")


@pytest.mark.parametrize("expression", LOOKS)
def test_a_template_that_looks_at_the_access_key_retrieves_it_once(result, reads, expression):
    template = Environment(undefined=StrictUndefined).from_string(f"{{{{ {expression} }}}} {{{{ {expression} }}}}")

    assert template.render(sysdig=result) == "key key"
    assert reads == ["access key"]


@pytest.mark.parametrize(
    "expression",
    ["sysdig.token", "sysdig | string", "sysdig.items() | list", "sysdig | length", "'access_key' in sysdig"],
)
def test_nothing_else_retrieves_it(result, reads, expression):
    Environment().from_string(f"{{{{ {expression} }}}}").render(sysdig=result)
    assert json.loads(json.dumps(result)) == DATA
    assert result == Result(DATA)
    assert reads == []


def test_without_a_retrieval_there_is_no_access_key():
    assert Result({}).get("access_key", "none") == "none"
    assert "access_key" not in Result({})
    with pytest.raises(UndefinedError):
        Environment(undefined=StrictUndefined).from_string("{{ sysdig.access_key }}").render(sysdig=Result({}))


def test_a_failure_is_remembered_for_whoever_catches_another_error():
    error = SysdigError("Access key retrieval", "It failed.", "Try again.")

    def fail():
        raise error

    result = Result(DATA, {"access_key": fail})
    with pytest.raises(SysdigError):
        Environment().from_string("{{ sysdig.access_key | default('') }}").render(sysdig=result)
    assert result.failure is error


def test_secrets_are_those_that_are_known_also_with_doubled_dollar_signs(result):
    assert result.secrets == ["t$1", "t$$1"]
    result["access_key"]
    assert result.secrets == ["t$1", "key", "t$$1"]


@pytest.mark.parametrize(
    ("path", "value"), [("token", "t$1"), ("endpoints.collector", "c"), ("access_key", "key"), ("url", "https://u")]
)
def test_a_value_is_named_by_its_path(result, path, value):
    assert result.value_of(path) == value


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "tokn",
            "'tokn' is not a key of the result. The keys are token, team_id, url, access_key, endpoints.collector,",
        ),
        ("endpoints", "'endpoints' is not a key"),
        ("token.x", "'token.x' is not a key"),
        ("team_id", "team_id is not known for https://u."),
        ("endpoints.remote_write", "endpoints.remote_write is not known for https://u."),
    ],
)
def test_what_has_no_value_is_an_error(result, path, said):
    with pytest.raises(OptionError) as refusal:
        result.value_of(path)
    assert said in str(refusal.value)
