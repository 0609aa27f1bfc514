# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins of pods and of servers on VPC: where tokens are found, and what happens when something is wrong."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import connection, credentials, endpoints
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.iam import log_in
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import Transport
from simulator.ids import CR_TOKEN, METRICS, ONE_TEAM_PROFILE, OTHER_PROFILE, PROFILE, profile_crn

SERVER = {"auth_method": "vpc", "instance_id": METRICS}


@pytest.fixture
def pod(tmp_path):
    """Options of a pod."""
    (tmp_path / "token").write_text(CR_TOKEN, encoding="utf-8")
    return {"cr_token_file": str(tmp_path / "token"), "iam_profile_name": "monitoring-hosts", "instance_id": METRICS}


def services(simulator):
    return [(request["service"], request["status"]) for request in simulator.requests()]


# --- Pods ---


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_pods_token_is_found_where_its_platform_mounts_it(retrieved, simulator, monkeypatch, tmp_path, place):
    files = [tmp_path / str(number) for number in (1, 2, 3)]
    monkeypatch.setattr(credentials, "CR_TOKEN_FILES", tuple(map(str, files)))
    for number, file in enumerate(files, 1):
        if number >= place:
            file.write_text(CR_TOKEN if number == place else "another", encoding="utf-8")

    result = retrieved(auth_method="container", iam_profile_name="monitoring-hosts", instance_id=METRICS)

    assert result.token == simulator.token(METRICS)


@pytest.mark.parametrize("content", [None, "", " \n", "one\ntwo\n"])
def test_a_pods_token_that_is_none_is_refused_before_any_call(failure, simulator, pod, tmp_path, content):
    (tmp_path / "token").unlink()
    if content is not None:
        (tmp_path / "token").write_text(content, encoding="utf-8")

    error = failure(**pod)

    assert error.facts == {"option": "cr_token_file"}
    assert str(tmp_path / "token") in error.problem
    assert simulator.requests() == []


def test_a_pods_token_file_may_be_in_the_home_directory(retrieved, simulator, pod, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))

    assert retrieved(**{**pod, "cr_token_file": "~/token"}).token == simulator.token(METRICS)


def test_a_pod_without_a_token_says_where_it_was_looked_for(failure, monkeypatch, tmp_path):
    monkeypatch.setattr(credentials, "CR_TOKEN_FILES", (str(tmp_path / "1"), str(tmp_path / "2")))

    error = failure(auth_method="container", iam_profile_name="monitoring-hosts", instance_id=METRICS)

    assert error.facts == {"option": "cr_token_file"}
    assert str(tmp_path / "2") in error.problem
    assert "No such file" in error.problem


# --- Servers on VPC ---

PATHS = {
    "2022-03-01": ["/instance_identity/v1/token", "/instance_identity/v1/iam_token"],
    "2025-08-26": ["/identity/v1/token", "/identity/v1/iam_tokens"],
}


@pytest.mark.parametrize("version", PATHS)
@pytest.mark.parametrize(
    "profile",
    [
        {"iam_profile_id": PROFILE},
        {"iam_profile_crn": profile_crn(PROFILE)},
        {"iam_profile_name": "monitoring-hosts"},
        {},
    ],
    ids=["id", "crn", "name", "default"],
)
def test_both_versions_of_the_metadata_service_give_the_profiles_token(retrieved, simulator, version, profile):
    simulator.modes(bare_metal=version == "2025-08-26")

    result = retrieved(**SERVER, **profile, metadata_service_version=version)

    assert [request["path"] for request in simulator.requests("metadata")] == PATHS[version]
    assert result.token == simulator.token(METRICS)


def test_another_profile_of_the_server_may_be_named(retrieved, simulator):
    assert retrieved(**SERVER, iam_profile_id=ONE_TEAM_PROFILE).token == simulator.token(METRICS, 102)


def test_a_bare_metal_server_says_which_option_is_missing(failure, simulator):
    simulator.modes(bare_metal=True)

    error = failure(**SERVER)

    assert error.facts["status"] == 404
    assert "metadata_service_version" in error.remedy


def test_a_machine_without_a_metadata_service_is_not_sent_to_a_proxy(failure, monkeypatch):
    monkeypatch.setattr(endpoints, "METADATA_SERVICE", "http://127.0.0.1:9")

    error = failure(**SERVER, iam_url=None, retries=0)

    assert "metadata service is enabled" in error.remedy
    assert "proxy" not in error.remedy


# --- Both: repetition, redirects, errors, secrets ---


@pytest.mark.parametrize("way", ["pod", "virtual server"])
def test_a_login_is_repeated_like_any_other_call(retrieved, simulator, pod, way):
    service = "iam" if way == "pod" else "metadata"
    simulator.fault("status", service=service, status=503)

    assert retrieved(**(pod if way == "pod" else SERVER)).token == simulator.token(METRICS)
    assert services(simulator)[:2] == [(service, 503), (service, 200)]


@pytest.mark.parametrize("way", ["pod", "virtual server"])
@pytest.mark.parametrize("kind", ["redirect", "html", "truncated"])
def test_what_is_no_answer_is_said_in_our_words(failure, simulator, pod, way, kind):
    simulator.fault(kind, times=None)

    error = failure(**(pod if way == "pod" else SERVER))

    assert str(error).startswith("IAM login failed: https://127.0.0.1:")
    assert len(simulator.requests()) == (2 if kind == "truncated" else 1)


@pytest.mark.parametrize("way", ["pod", "virtual server"])
def test_no_secret_of_a_login_is_repeated_to_the_user(failure, simulator, pod, way):
    path = "/identity/token" if way == "pod" else "/instance_identity/v1/iam_token"
    simulator.fault("status", path=path, status=400, body=f'{{"message": "{CR_TOKEN} is bad"}}')

    error = failure(**(pod if way == "pod" else SERVER))

    assert "is bad" in str(error)
    assert way == "virtual server" or CR_TOKEN not in str(error)


@pytest.mark.parametrize("way", ["pod", "virtual server"])
def test_a_profile_that_is_not_linked_is_not_blamed_on_an_api_key(failure, pod, way):
    login = {**pod, "iam_profile_name": "other-hosts"}
    if way == "virtual server":
        login = {**SERVER, "iam_profile_id": OTHER_PROFILE}

    error = failure(**login)

    assert "trusted profile" in error.problem.lower()
    assert "API key" not in error.remedy
    assert "trusted profile" in error.remedy


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_metadata_service_is_never_reached_through_a_proxy(retrieved, simulator, monkeypatch, scheme):
    """It is on the server itself, and its tokens are not for a proxy to read."""
    monkeypatch.setattr(connection, "is_loopback", lambda host: False)  # as its real address is none
    monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")
    metadata = {"http": simulator.http_url, "https": simulator.url}[scheme]
    settings = resolve({**SERVER, "iam_url": metadata, "region": "us-south", "ca_path": simulator.ca_file}, {})

    assert log_in(settings, Transport(settings)).value.count(".") == 2
    assert [request["service"] for request in simulator.requests()] == ["metadata", "metadata"]
