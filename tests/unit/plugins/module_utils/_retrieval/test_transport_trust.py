# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which certificates are trusted, and whose word on them counts."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import TOKEN, TransportError

TOKEN_PATH = "/api/token"


@pytest.mark.parametrize(("address", "words"), [("expired_url", "expired"), ("wrong_name_url", "127.0.0.1")])
def test_a_certificate_that_does_not_fit_is_refused_at_once(simulator, make_transport, clock, address, words):
    with pytest.raises(TransportError) as failed:
        make_transport(retries=3).send(TOKEN, "GET", getattr(simulator, address) + TOKEN_PATH)

    assert words in failed.value.problem
    assert "not trusted" in failed.value.problem
    assert clock.pauses == []
    assert simulator.requests() == []


def test_the_remedy_for_an_expired_certificate_is_not_another_authority(simulator, make_transport):
    with pytest.raises(TransportError) as failed:
        make_transport().send(TOKEN, "GET", simulator.expired_url + TOKEN_PATH)

    assert "ca_path" not in failed.value.remedy


def test_an_unknown_authority_is_refused_with_the_option_that_names_it(simulator, send_failure):
    error = send_failure(ca_path=None)

    assert "ca_path" in error.remedy
    assert simulator.requests() == []


@pytest.mark.filterwarnings("ignore:Unverified")
@pytest.mark.parametrize("changed", [{}, {"validate_certs": False}])
def test_the_environments_bundle_does_not_override_the_task(simulator, send_failure, tmp_path, monkeypatch, changed):
    nobody = tmp_path / "nobody.pem"
    nobody.write_text("", encoding="utf-8")
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, str(nobody))

    assert send_failure(environment={"REQUESTS_CA_BUNDLE": str(nobody)}, **changed).facts["status"] == 401


def test_the_environments_bundle_counts_where_the_task_is_silent(simulator, send_failure):
    error = send_failure(environment={"REQUESTS_CA_BUNDLE": simulator.ca_file}, ca_path=None)

    assert error.facts["status"] == 401


@pytest.mark.parametrize(
    "content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_authorities_is_refused_by_name(simulator, send_failure, tmp_path, content):
    path = tmp_path / "authorities.pem"
    path.write_text(content, encoding="utf-8")

    error = send_failure(ca_path=str(path), retries=3)

    assert str(path) in error.problem
    assert error.facts == {"option": "ca_path"}
