# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values in the forms that people have them in: what is accepted, what becomes of it, what is refused and why."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import parse


def refusal(check, *arguments):
    with pytest.raises(OptionError) as refused:
        check(*arguments)
    return refused.value


def test_blanks_around_a_secret_are_taken_off():
    assert parse.secret("api_key", "  my-key ") == "my-key"


@pytest.mark.parametrize(
    "bad",
    [
        "  ",
        "SECRET\n",
        "\nSECRET",
        "\tSECRET",
        "SEC\r\nSECRET",
        "SECRET\x00",
        "SECRET SECRET",
        "SECRÉT",
        "\u201cSECRET\u201d",
    ],
)
def test_a_secret_that_could_not_be_one_is_refused_without_being_shown(bad):
    error = refusal(parse.secret, "api_key", bad)

    assert error.facts == {"option": "api_key"}
    assert "api_key" in error.problem
    assert "SECR" not in str(error)


@pytest.mark.parametrize("value", [7, "7", " 7 ", 7.0, "7.0", "+7", "7.", "007"])
def test_a_whole_number_may_be_written_as_text_or_as_templates_make_it(value):
    assert parse.integer("team_id", value) == 7


@pytest.mark.parametrize(
    "value", [0, -1, "x", "", 1.5, "1.5", ".0", True, None, "1e3", [7], "\u0667", "7_0", "9" * 40, float("nan")]
)
def test_what_is_no_whole_number_is_refused_and_shown(value):
    error = refusal(parse.integer, "team_id", value)

    assert error.facts == {"option": "team_id"}
    assert str(value) in error.problem


@pytest.mark.parametrize(
    ("spelling", "truth"),
    [
        (True, True),
        ("yes", True),
        ("True", True),
        (1, True),
        (False, False),
        ("no", False),
        ("0", False),
        ("off", False),
    ],
)
def test_a_truth_value_may_be_spelled_as_in_ansible(spelling, truth):
    assert parse.boolean("check_token", spelling) is truth


@pytest.mark.parametrize("half", ["ture", "2", "1.0", "", "yes!", [True], {"a": 1}, 1.5, "\u2713"])
def test_what_is_no_truth_value_is_refused_and_never_taken_for_false(half):
    error = refusal(parse.boolean, "validate_certs", half)

    assert error.facts == {"option": "validate_certs"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1"])
def test_an_address_of_this_machine_is_loopback(host):
    assert parse.is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "0.0.0.0", "::", "localhost.example.com", "127.1", ""])
def test_what_only_looks_like_loopback_is_not(host):
    assert not parse.is_loopback(host)


@pytest.mark.parametrize(
    ("addresses", "is_loopback"), [(["127.0.0.1"], True), (["::1", "127.0.0.1"], True), (["::1", "192.0.2.1"], False)]
)
def test_localhost_is_what_it_resolves_to(monkeypatch, addresses, is_loopback):
    found = [(None, None, None, "", (address, 0)) for address in addresses]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_arguments: found)

    assert parse.is_loopback("localhost") is is_loopback


def test_localhost_that_does_not_resolve_is_not_loopback(monkeypatch):
    def fail(*_arguments):
        raise OSError("no such host")

    monkeypatch.setattr("socket.getaddrinfo", fail)

    assert not parse.is_loopback("localhost")


@pytest.mark.parametrize(
    ("option", "written", "value"),
    [
        ("team_id", "102.0", 102),
        ("timeout", 7.0, 7),
        ("validate_certs", "no", False),
        ("product", "secure", "secure"),
        ("team_name", 7, 7),
        ("api_key", "any", "any"),
    ],
)
def test_a_value_gets_the_type_of_its_option(option, written, value):
    assert parse.typed(option, written) == value
    assert type(parse.typed(option, written)) is type(value)


@pytest.mark.parametrize(
    ("option", "bad"),
    [("team_id", 0), ("timeout", 3601), ("retries", -1), ("retries", 101), ("check_token", "ture"), ("product", "x")],
)
def test_a_value_that_has_not_the_type_of_its_option_is_refused(option, bad):
    assert refusal(parse.typed, option, bad).facts == {"option": option}
