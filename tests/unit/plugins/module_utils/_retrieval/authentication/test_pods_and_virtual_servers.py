# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins through IBM's SDK: where a pod's token is found, and what happens when something is wrong."""

from __future__ import annotations

import sys

import pytest
from ibm_cloud_sdk_core.token_managers.container_token_manager import ContainerTokenManager
from ibm_cloud_sdk_core.token_managers.vpc_instance_token_manager import VPCInstanceTokenManager
from simulator.ids import CR_TOKEN, METRICS, OTHER_PROFILE

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
    for number in (1, 2, 3):
        path = tmp_path / str(number)
        monkeypatch.setattr(ContainerTokenManager, f"DEFAULT_CR_TOKEN_FILENAME{number}", str(path))
        if number >= place:
            path.write_text(CR_TOKEN if number == place else "another", encoding="utf-8")

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


@pytest.mark.parametrize("way", ["pod", "virtual server"])
def test_without_ibms_package_the_error_says_what_to_install(failure, simulator, pod, monkeypatch, way):
    monkeypatch.setitem(sys.modules, "ibm_cloud_sdk_core", None)

    error = failure(**(pod if way == "pod" else SERVER))

    assert "pip install ibm-cloud-sdk-core" in error.remedy
    assert simulator.requests() == []


# --- IBM's package in our hands: repetition, redirects, errors, secrets ---


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


def test_the_metadata_service_is_never_asked_through_a_proxy(retrieved, simulator, monkeypatch):
    """It is on the virtual server itself, and an identity token in clear is not for a proxy to read."""
    monkeypatch.setattr(VPCInstanceTokenManager, "DEFAULT_IMS_ENDPOINT", simulator.http_url)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert retrieved(**SERVER, iam_url=None, retries=0).token == simulator.token(METRICS)
