# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What IBM's SDK core and sdcclient send is what the simulator takes: trusted profiles, servers and access keys."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
import requests
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import IAMAssumeAuthenticator, IAMAuthenticator, VPCInstanceAuthenticator
from sdcclient import SdMonitorClient, SdSecureClient
from simulator.ids import (
    ACCOUNT,
    DEPLOYMENT_PROFILE,
    DISABLED_ACCESS_KEY,
    ENABLED_ACCESS_KEY,
    METRICS,
    ONE_TEAM_PROFILE,
    OTHER_ACCOUNT,
    OTHER_ACCOUNT_ID,
    OWNER_API_KEY,
    PROTECTION,
    READER_KEY,
    SAAS,
    SAAS_ADMIN,
    WRITER_KEY,
    profile_crn,
)

OLD, NEW = "2022-03-01", "2025-08-26"
PATHS = {
    OLD: ["/instance_identity/v1/token", "/instance_identity/v1/iam_token"],
    NEW: ["/identity/v1/token", "/identity/v1/iam_tokens"],
}


@pytest.fixture(autouse=True)
def trust_simulator(simulator, monkeypatch):
    """Both clients verify certificates with requests' defaults; what they read from the environment is cleared."""
    for name in ("SDC_TOKEN", "SDC_URL", "SDC_SSL_VERIFY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", simulator.ca_file)


@pytest.fixture
def token_of(simulator):
    """The API token that an instance gives to whoever an authenticator logs in."""

    def token_of(authenticator, guid):
        request = {"headers": {"IBMInstanceID": guid}}
        authenticator.authenticate(request)
        answer = requests.get(f"{simulator.url}/api/token", headers=request["headers"], timeout=5)
        return answer.json()["token"]["key"]

    return token_of


@pytest.mark.parametrize(
    ("profile", "guid"),
    [
        pytest.param({"iam_profile_id": DEPLOYMENT_PROFILE}, PROTECTION, id="ID"),
        pytest.param({"iam_profile_crn": profile_crn(DEPLOYMENT_PROFILE)}, PROTECTION, id="CRN"),
        pytest.param({"iam_profile_name": "deployment", "iam_account_id": ACCOUNT}, PROTECTION, id="name"),
        pytest.param(
            {"iam_profile_name": "deployment", "iam_account_id": OTHER_ACCOUNT_ID},
            OTHER_ACCOUNT,
            id="name in another account",
        ),
    ],
)
def test_ibm_sdk_assumes_a_trusted_profile(simulator, token_of, profile, guid):
    authenticator = IAMAssumeAuthenticator(READER_KEY, url=simulator.url, **profile)

    assert token_of(authenticator, guid) == simulator.token(guid)

    grants = [dict(parse_qsl(record["body"]))["grant_type"] for record in simulator.requests("iam")]
    assert [grant.rpartition(":")[2] for grant in grants] == ["apikey", "assume"]


def test_ibm_sdk_shows_why_a_profile_is_refused(simulator):
    authenticator = IAMAssumeAuthenticator(WRITER_KEY, iam_profile_id=DEPLOYMENT_PROFILE, url=simulator.url)

    with pytest.raises(ApiException, match="Selected trusted profile not eligible"):
        authenticator.token_manager.get_token()


@pytest.mark.parametrize("version", PATHS)
@pytest.mark.parametrize(
    ("profile", "team"),
    [
        ({}, 101),
        ({"iam_profile_id": ONE_TEAM_PROFILE}, 102),
        ({"iam_profile_crn": profile_crn(ONE_TEAM_PROFILE)}, 102),
        ({"iam_profile_name": "one-team-hosts"}, 102),
    ],
    ids=["default profile", "ID", "CRN", "name"],
)
def test_ibm_sdk_logs_in_on_a_server(simulator, token_of, version, profile, team):
    authenticator = VPCInstanceAuthenticator(url=simulator.url, service_version=version, **profile)

    assert token_of(authenticator, METRICS) == simulator.token(METRICS, team)

    records = simulator.requests("metadata")
    assert [record["path"] for record in records] == PATHS[version]
    assert [record["query"] for record in records] == [f"version={version}"] * 2
    assert all(["Metadata-Flavor", "ibm"] in record["headers"] for record in records)


@pytest.mark.parametrize("version", PATHS)
def test_ibm_sdk_needs_the_new_version_on_bare_metal(simulator, version):
    simulator.modes(bare_metal=True)
    manager = VPCInstanceAuthenticator(url=simulator.url, service_version=version).token_manager

    if version == NEW:
        assert manager.get_token().count(".") == 2
    else:
        with pytest.raises(ApiException, match="404"):
            manager.get_token()


@pytest.fixture(params=["monitor", "secure", "SaaS"])
def sdc(request, simulator):
    """An sdcclient of somebody who may manage access keys."""
    if request.param == "SaaS":
        return SdMonitorClient(simulator.customer_token(SAAS, SAAS_ADMIN), simulator.url, ssl_verify=simulator.ca_file)
    client, guid = {"monitor": (SdMonitorClient, METRICS), "secure": (SdSecureClient, PROTECTION)}[request.param]
    iam_token = IAMAuthenticator(OWNER_API_KEY, url=simulator.url).token_manager.get_token()
    headers = {"Authorization": f"Bearer {iam_token}", "IBMInstanceID": guid}
    return client(sdc_url=simulator.url, custom_headers=headers, ssl_verify=simulator.ca_file)


def test_sdcclient_manages_access_keys(sdc):
    ok, listed = sdc.list_access_keys()
    assert (ok, len(listed["customerAccessKeys"])) == (True, 2)

    created = sdc.create_access_key()[1]["customerAccessKey"]
    disabled = sdc.disable_access_key(created["accessKey"])[1]["customerAccessKey"]
    enabled = sdc.enable_access_key(created["accessKey"])[1]["customerAccessKey"]

    assert [key["enabled"] for key in (created, disabled, enabled)] == [True, False, True]
    assert sdc.list_access_keys()[1]["customerAccessKeys"] == [*listed["customerAccessKeys"], enabled]


def test_sdcclient_manages_access_keys_with_an_api_token(simulator):
    simulator.modes(require_instance_id=True)
    headers = {"IBMInstanceID": METRICS}
    client = SdMonitorClient(
        simulator.token(METRICS), simulator.url, ssl_verify=simulator.ca_file, custom_headers=headers
    )

    keys = client.list_access_keys()[1]["customerAccessKeys"]

    assert [key["accessKey"] for key in keys] == [DISABLED_ACCESS_KEY, ENABLED_ACCESS_KEY]
    assert client.disable_access_key(ENABLED_ACCESS_KEY)[0] is True
    client.hdrs.pop("IBMInstanceID")
    assert client.list_access_keys()[0] is False
