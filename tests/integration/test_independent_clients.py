# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that others wrote work against the simulator: what it accepts is not merely what this collection sends."""

from __future__ import annotations

import pytest
import requests
from ibm_cloud_sdk_core.authenticators import ContainerAuthenticator, IAMAuthenticator
from sdcclient import SdMonitorClient, SdSecureClient
from simulator.ids import CR_TOKEN, METRICS, OWNER_API_KEY, PROTECTION


@pytest.fixture(autouse=True)
def trust_simulator(simulator, monkeypatch):
    """Both clients verify certificates with requests' defaults; what they read from the environment is cleared."""
    for name in ("SDC_TOKEN", "SDC_URL", "SDC_SSL_VERIFY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", simulator.ca_file)


def sdcclient_headers(authenticator, guid):
    return {"Authorization": f"Bearer {authenticator.token_manager.get_token()}", "IBMInstanceID": guid}


def test_ibm_sdk_logs_in_with_api_key(simulator):
    authenticator = IAMAuthenticator(OWNER_API_KEY, url=simulator.url)
    request = {"headers": {"IBMInstanceID": METRICS, "SysdigTeamID": "102"}}

    authenticator.authenticate(request)

    answer = requests.get(f"{simulator.url}/api/token", headers=request["headers"], timeout=5)
    assert answer.json() == {"token": {"key": simulator.token(METRICS, 102)}}
    assert [record["status"] for record in simulator.requests("iam")] == [200]


def test_ibm_sdk_logs_in_with_compute_resource_token(simulator, tmp_path):
    cr_token = tmp_path / "token"
    cr_token.write_text(CR_TOKEN, encoding="utf-8")
    authenticator = ContainerAuthenticator(
        cr_token_filename=str(cr_token), iam_profile_name="monitoring-hosts", url=simulator.url
    )

    headers = sdcclient_headers(authenticator, METRICS)

    answer = requests.get(f"{simulator.url}/api/token", headers=headers, timeout=5)
    assert answer.json() == {"token": {"key": simulator.token(METRICS)}}


def test_ibm_sdk_shows_why_a_key_is_refused(simulator):
    authenticator = IAMAuthenticator("no-such-key", url=simulator.url)

    with pytest.raises(Exception, match="Provided API key could not be found") as failure:
        authenticator.token_manager.get_token()

    assert failure.value.status_code == 400


def test_ibm_sdk_verifies_the_certificate(simulator):
    authenticator = IAMAuthenticator(OWNER_API_KEY, url=simulator.wrong_name_url)

    with pytest.raises(requests.exceptions.SSLError):
        authenticator.token_manager.get_token()
    assert simulator.requests() == []


@pytest.mark.parametrize(("client", "guid"), [(SdMonitorClient, METRICS), (SdSecureClient, PROTECTION)])
def test_sdcclient_reads_token_of_an_ibm_instance(simulator, client, guid):
    headers = sdcclient_headers(IAMAuthenticator(OWNER_API_KEY, url=simulator.url), guid)

    answer = client(sdc_url=simulator.url, custom_headers=headers, ssl_verify=simulator.ca_file).get_user_token()

    assert list(answer) == [True, simulator.token(guid)]


def test_sdcclient_reads_tokens_with_a_sysdig_token(simulator):
    token = simulator.customer_token("saas-monitor", "admin@customer.invalid")
    client = SdMonitorClient(token, simulator.url, ssl_verify=simulator.ca_file)

    own = client.get_user_token()
    others = client.get_user_api_token("operator@customer.invalid", "SRE")

    assert list(own) == [True, token]
    assert list(others) == [True, simulator.customer_token("saas-monitor", "operator@customer.invalid", 9102)]


def test_sdcclient_is_refused_after_token_reset(simulator):
    client = SdMonitorClient(simulator.token(METRICS), simulator.url, ssl_verify=simulator.ca_file)
    assert list(client.get_user_token()) == [True, simulator.token(METRICS)]

    simulator.reset_token(METRICS, 101)

    ok, message = client.get_user_token()
    assert not ok
    assert "Unauthorized" in message
