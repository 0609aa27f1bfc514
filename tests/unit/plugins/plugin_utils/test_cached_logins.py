# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who shares an IAM login: every option says whether it changes who logs in, and where."""

from __future__ import annotations

import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import iam
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _cached_retrieval, _fetch, _run_cache
from simulator.ids import ACCOUNT, EUROPE, METRICS, OTHER_ACCOUNT_ID

PLACE = {"instance_id": METRICS, "region": "us-south"}
KEY = {"api_key": "key-1"}
ASSUME = {**KEY, "auth_method": "assume"}
POD = {"auth_method": "container"}
SERVER = {"auth_method": "vpc"}
# What may log in differently, by option: two retrievals that differ in nothing else.
IDENTITY = {
    "auth_method": ({**SERVER, "iam_profile_id": "P"}, {**POD, "cr_token_file": "FILE 1", "iam_profile_id": "P"}),
    "api_key": (KEY, {"api_key": "key-2"}),
    "api_key_file": ({"api_key_file": "FILE 1"}, {"api_key_file": "FILE 2"}),
    "iam_token": ({"iam_token": "a.b.c"}, {"iam_token": "d.e.f"}),
    "iam_profile_id": ({**ASSUME, "iam_profile_id": "one"}, {**ASSUME, "iam_profile_id": "two"}),
    "iam_profile_crn": ({**ASSUME, "iam_profile_crn": "one"}, {**ASSUME, "iam_profile_crn": "two"}),
    "iam_profile_name": ({**SERVER, "iam_profile_name": "one"}, {**SERVER, "iam_profile_name": "two"}),
    "iam_account_id": tuple(
        {**ASSUME, "iam_profile_name": "one", "iam_account_id": account} for account in (ACCOUNT, OTHER_ACCOUNT_ID)
    ),
    "cr_token_file": tuple({**POD, "cr_token_file": f"FILE {number}", "iam_profile_id": "P"} for number in (1, 2)),
    "metadata_service_version": tuple(
        {**SERVER, "metadata_service_version": version} for version in ("2022-03-01", "2025-08-26")
    ),
    "iam_url": ({**KEY, "iam_url": "https://one.invalid"}, {**KEY, "iam_url": "https://two.invalid"}),
    "endpoint_type": ({**KEY, "endpoint_type": "public"}, {**KEY, "endpoint_type": "private"}),
    "validate_certs": ({**KEY, "validate_certs": True}, {**KEY, "validate_certs": False}),
    "ca_path": ({**KEY, "ca_path": "FILE 1"}, {**KEY, "ca_path": "FILE 2"}),
}
# What logs in alike. Each changes something else, how often a request is sent, or what is no login at IAM.
OTHERS = {
    "instance_id": (PLACE, {**PLACE, "instance_id": EUROPE}),
    "instance_name": ({"instance_id": "", "instance_name": "one"}, {"instance_id": "", "instance_name": "two"}),
    "resource_group_id": ({"resource_group_id": "one"}, {"resource_group_id": "two"}),
    "resource_controller_url": tuple({"resource_controller_url": f"https://{name}.invalid"} for name in ("one", "two")),
    "product": ({"product": "monitor"}, {"product": "secure"}),
    "region": ({"region": "us-south"}, {"region": "eu-de"}),
    "url": ({"url": "https://one.invalid"}, {"url": "https://two.invalid"}),
    "team_id": ({"team_id": 1}, {"team_id": 2}),
    "team_name": ({"team_name": "one"}, {"team_name": "two"}),
    "check_token": ({"check_token": False}, {"check_token": True}),
    "allow_http": ({"allow_http": False}, {"allow_http": True}),
    "timeout": ({"timeout": 1}, {"timeout": 2}),
    "retries": ({"retries": 1}, {"retries": 2}),
}
OUTSIDE_IBM_CLOUD = {"sysdig_api_token", "username"}


class Transport:
    """What a login needs of one."""

    def keep_secret(self, *_secrets):
        """Nothing is shown."""


@pytest.fixture
def login(monkeypatch, tmp_path):
    """Number the login that a retrieval uses: a shared one has its number from before."""
    logins = []
    for number in (1, 2):
        (tmp_path / f"FILE {number}").write_text(f"content-{number}", encoding="utf-8")

    def log_in(settings, _transport):
        logins.append(settings.login)
        return iam.AccessToken(str(len(logins)), int(time.time()) + 3600)

    class Result:
        def __init__(self, access):
            self.access = access

        def as_dict(self):
            return {"login": self.access.value}

    monkeypatch.setattr(_run_cache, "_memory", {})
    monkeypatch.setattr(iam, "log_in", log_in)
    monkeypatch.setattr(_fetch, "retrieve", lambda settings, log_in: Result(log_in(settings, Transport())))

    def number(direct):
        written = {
            name: str(tmp_path / value) if str(value).startswith("FILE") else value
            for name, value in {**PLACE, **direct}.items()
        }
        return _cached_retrieval.token_result(written, {}, {}, str(tmp_path))["login"]

    return number


def test_every_option_is_classified():
    assert {*IDENTITY, *OTHERS, *OUTSIDE_IBM_CLOUD} == OPTIONS.keys()


@pytest.mark.parametrize("option", IDENTITY)
def test_other_identity_is_another_login(login, option):
    first, second = IDENTITY[option]

    assert [login(first), login(second), login(first), login(second)] == ["1", "2", "1", "2"]


@pytest.mark.parametrize("option", OTHERS)
def test_same_identity_is_the_same_login(login, option):
    first, second = ({**KEY, **changed} for changed in OTHERS[option])

    assert [login(first), login(second)] == ["1", "1"]
