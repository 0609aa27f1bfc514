# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells one cached result from another: everything that may change it, and who requests it."""

from __future__ import annotations

import os

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _fetch, _run_cache
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import Retrieval

NOTHING: dict = {}
LEVELS = ("direct", "environment", "fallback")


@pytest.fixture
def number(monkeypatch, tmp_path):
    """Number the result for these levels: a cached one has its number from before."""
    fetched = []

    def fetch(*_arguments):
        fetched.append(None)
        return {"token": "a token", "number": len(fetched)}

    monkeypatch.setattr(_fetch, "token_result", fetch)
    monkeypatch.setattr(_fetch, "access_key_result", fetch)
    monkeypatch.setattr(_run_cache, "_memory", {})
    directory = tmp_path / "run"
    directory.mkdir(mode=0o700)

    def numbered(direct=None, environment=None, fallback=None, of=Retrieval.token_result, **more):
        levels = (direct or NOTHING, environment or NOTHING, fallback or NOTHING)
        return of(Retrieval(*levels, str(directory), **more))["number"]

    return numbered


@pytest.mark.parametrize("level", ["direct", "fallback"])
@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_tells_results_apart(number, option, level):
    values = [{}, {level: {option: "one"}}, {level: {option: "two"}}]

    assert [number(**value) for value in values * 2] == [1, 2, 3] * 2


@pytest.mark.parametrize("option", [name for name, option in OPTIONS.items() if option.environment])
def test_a_variable_of_an_option_tells_results_apart(number, option):
    names = [name for product in ("monitor", "secure") for name in OPTIONS[option].variables(product)]
    values = [{}, *({"environment": {name: value}} for name in dict.fromkeys(names) for value in ("one", "two"))]

    numbers = [number(**value) for value in values]

    assert numbers == list(range(1, len(values) + 1))


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "https_proxy", "no_proxy"])
def test_a_variable_of_the_connection_tells_results_apart(number, variable):
    assert [number(), number(environment={variable: "one"}), number(environment={variable: "two"})] == [1, 2, 3]


def test_other_variables_do_not(number):
    assert number(environment={"PATH": "/bin"}) == number(environment={"PATH": "/sbin", "IC_API_KEY": ""}) == 1


@pytest.mark.parametrize(
    ("option", "level"),
    [
        ("api_key_file", "direct"),
        ("api_key_file", "environment"),
        ("api_key_file", "fallback"),
        ("cr_token_file", "direct"),
        ("cr_token_file", "fallback"),
    ],
)
def test_another_content_of_a_credential_file_is_another_caller(number, tmp_path, option, level):
    """Who could read the file before must not see what its next content may see."""
    file = tmp_path / "credential"
    named = {level: {option if level != "environment" else OPTIONS[option].environment[0]: str(file)}}
    numbers = []
    for content in ("first", "second", "first"):
        file.write_text(content, encoding="utf-8")
        numbers.append(number(**named))

    assert numbers == [1, 2, 1]


def test_a_file_that_is_missing_or_empty_gives_no_key_that_others_can_compute(number, tmp_path, monkeypatch):
    """The values on the disk are encrypted with the caller's secrets: without one, only this playbook run has a key."""
    keys = []
    derived_key = _run_cache._derived_key
    monkeypatch.setattr(_run_cache, "_derived_key", lambda secrets: keys.append(derived_key(secrets)) or keys[-1])
    (tmp_path / "empty").touch()

    for file in ("missing", "empty"):
        number(direct={"api_key_file": str(tmp_path / file)})

    assert keys == [derived_key([])] * 2


def test_a_pipe_is_left_for_the_retrieval_to_read(number, tmp_path):
    os.mkfifo(tmp_path / "pipe")

    assert number(direct={"api_key_file": str(tmp_path / "pipe")}) == 1


def test_token_and_access_key_are_kept_apart(number):
    access_key = {"of": Retrieval.access_key_result}

    assert [number(), number(**access_key), number(), number(**access_key)] == [1, 2, 1, 2]


def test_access_keys_of_known_tokens_are_kept_apart(number):
    of = Retrieval.access_key_result

    assert [number(of=of, token=token) for token in ("one", "two", "one")] == [1, 2, 1]


def test_without_a_directory_nothing_is_cached(number, monkeypatch):
    assert Retrieval({}, {}, {}, None).token_result()["number"] == 1
    assert Retrieval({}, {}, {}, None).token_result()["number"] == 2


def test_a_result_of_the_cache_is_said(number):
    said = []

    number(on_request=said.append)
    assert said == []
    number(on_request=said.append)
    assert said == ["API token from the run cache"]
