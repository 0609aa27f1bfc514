# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever changes who logs in, or where, is in the key of a shared login: walked over every option."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from simulator.ids import METRICS, PROTECTION
from web_tokens import web_token

PLACE = {"instance_id": METRICS, "region": "us-south"}
KEY = {**PLACE, "api_key": "my-key"}
CLASSIC = {**KEY, "endpoint_type": "private_classic"}
ASSUME = {**KEY, "iam_profile_name": "name", "iam_account_id": "account"}
POD = {**PLACE, "cr_token_file": "one", "iam_profile_id": "Profile-1"}
SERVER = {**PLACE, "auth_method": "vpc"}
OUTSIDE = {"sysdig_api_token": "my-token", "url": "https://sysdig.example.com"}

# Two sets of options that differ in one option, by the name of that option.
OTHER_LOGINS = {
    "auth_method": (SERVER, {**KEY, "auth_method": "api_key"}),
    "api_key": (KEY, {**KEY, "api_key": "other-key"}),
    "api_key_file": ({**PLACE, "api_key_file": "one"}, {**PLACE, "api_key_file": "two"}),
    "iam_token": ({**PLACE, "iam_token": web_token()}, {**PLACE, "iam_token": web_token("other")}),
    "iam_profile_id": (POD, {**POD, "iam_profile_id": "Profile-2"}),
    "iam_profile_name": (ASSUME, {**ASSUME, "iam_profile_name": "other"}),
    "iam_profile_crn": ({**SERVER, "iam_profile_crn": "crn:1"}, {**SERVER, "iam_profile_crn": "crn:2"}),
    "iam_account_id": (ASSUME, {**ASSUME, "iam_account_id": "other"}),
    "cr_token_file": (POD, {**POD, "cr_token_file": "two"}),
    "metadata_service_version": (SERVER, {**SERVER, "metadata_service_version": "2025-08-26"}),
    "sysdig_api_token": (OUTSIDE, {**OUTSIDE, "sysdig_api_token": "other-token"}),
    "iam_url": (KEY, {**KEY, "iam_url": "https://iam.test.cloud.ibm.com"}),
    "region": (CLASSIC, {**CLASSIC, "region": "eu-de"}),
    "endpoint_type": (KEY, {**KEY, "endpoint_type": "private"}),
    "validate_certs": (KEY, {**KEY, "validate_certs": False}),
    "ca_path": (KEY, {**KEY, "ca_path": "one"}),
}
# Two sets of options with which the same IAM token is good.
SAME_LOGIN = {
    "username": ({**OUTSIDE, "username": "one", "team_id": 1}, {**OUTSIDE, "username": "two", "team_id": 1}),
    "instance_id": (KEY, {**KEY, "instance_id": PROTECTION}),
    "instance_name": (KEY, {**KEY, "instance_id": None, "instance_name": "metrics"}),
    "resource_group_id": (KEY, {**KEY, "resource_group_id": "1111"}),
    "resource_controller_url": (KEY, {**KEY, "resource_controller_url": "https://rc.example.com"}),
    "product": (KEY, {**KEY, "product": "secure"}),
    "url": (KEY, {**KEY, "url": "https://sysdig.example.com"}),
    "team_id": (KEY, {**KEY, "team_id": 7}),
    "team_name": (KEY, {**KEY, "team_name": "SRE"}),
    "check_token": (KEY, {**KEY, "check_token": True}),
    "allow_http": (KEY, {**KEY, "allow_http": True}),
    "timeout": (KEY, {**KEY, "timeout": 7}),
    "retries": (KEY, {**KEY, "retries": 7}),
}


@pytest.fixture
def login_key(tmp_path, monkeypatch):
    """The key of a shared login for these options; files one and two have different content."""
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        (tmp_path / name).write_text(f"content-of-{name}", encoding="utf-8")
    return lambda options: resolve(options, {}).login_key


def test_every_option_is_walked():
    assert sorted([*OTHER_LOGINS, *SAME_LOGIN]) == sorted(OPTIONS)


@pytest.mark.parametrize("option", OTHER_LOGINS)
def test_another_value_is_another_login(login_key, option):
    one, other = OTHER_LOGINS[option]

    assert login_key(one) != login_key(other)
    assert login_key(one) == login_key(dict(one))


@pytest.mark.parametrize("option", SAME_LOGIN)
def test_another_value_is_the_same_login(login_key, option):
    one, other = SAME_LOGIN[option]

    assert login_key(one) == login_key(other)


@pytest.mark.parametrize("option", ["api_key_file", "cr_token_file"])
def test_another_content_of_the_same_file_is_another_login(login_key, option, tmp_path):
    options = OTHER_LOGINS[option][0]
    before = login_key(options)

    (tmp_path / "one").write_text("new-content", encoding="utf-8")

    assert login_key(options) != before
