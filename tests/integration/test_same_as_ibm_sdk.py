# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes over the wire at a login is what IBM's own SDK sends, byte for byte but for two headers."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ServiceError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import credentials, endpoints, iam
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.connection import USER_AGENT
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import Transport
from ibm_cloud_sdk_core.authenticators import (
    ContainerAuthenticator,
    IAMAssumeAuthenticator,
    IAMAuthenticator,
    VPCInstanceAuthenticator,
)
from ibm_cloud_sdk_core.token_managers.container_token_manager import ContainerTokenManager
from ibm_cloud_sdk_core.token_managers.vpc_instance_token_manager import VPCInstanceTokenManager
from simulator.ids import ACCOUNT, CR_TOKEN, METRICS, ONE_TEAM_PROFILE, OWNER_API_KEY, profile_crn

# Which program it is, and in which forms it takes a response: the SDK says that it takes compressed ones.
OUR_OWN = ("user-agent", "accept-encoding")
CRN = profile_crn(ONE_TEAM_PROFILE)
ID, NAME = {"iam_profile_id": ONE_TEAM_PROFILE}, {"iam_profile_name": "one-team-hosts"}
OWNERS, ODD = {"api_key": OWNER_API_KEY}, {"api_key": "a+b&c=d/e%20"}
OF_ACCOUNT = {**NAME, "iam_account_id": ACCOUNT}
NEW_VERSION = VPCInstanceTokenManager.METADATA_SERVICE_VERSION_V2


@pytest.fixture(autouse=True)
def trust_simulator(simulator, monkeypatch):
    """The SDK has no option for an authority of its own."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", simulator.ca_file)


@pytest.fixture
def cr_token_file(tmp_path):
    """A compute resource token as Kubernetes mounts it, without a line break."""
    path = tmp_path / "token"
    path.write_text(CR_TOKEN, encoding="utf-8")
    return str(path)


def log_in(simulator, **options):
    """Log in as the module and the lookup do."""
    elsewhere = {"instance_id": METRICS, "url": simulator.url, "retries": 0}
    settings = resolve({**elsewhere, "iam_url": simulator.url, "ca_path": simulator.ca_file, **options}, {})
    return iam.log_in(settings, Transport(settings)).value


def on_the_wire(simulator):
    """The requests since the last call, without tokens, which differ at every login."""
    requests = [
        {
            **{name: request[name] for name in ("service", "method", "path", "query", "body", "status")},
            "headers": {name.lower(): value for name, value in request["headers"]},
        }
        for request in simulator.requests()
    ]
    simulator.forget_requests()
    for request in requests:
        for issued in [value for name, value in simulator.secrets.items() if "IAM token" in name]:
            request["body"] = request["body"] and request["body"].replace(issued, "PART")
            headers = request["headers"]
            request["headers"] = {name: value.replace(issued, "PART") for name, value in headers.items()}
        request["headers"].pop("content-length", None)  # of a token, which may have another length
    return requests


def without_our_own(requests):
    """The headers that differ, and the requests without them."""
    return [{name: request["headers"].pop(name, None) for name in OUR_OWN} for request in requests], requests


def way(authenticator, theirs, ours, requests=1):
    """A row: what the SDK is called with, the options, how many requests that makes."""
    name = f"{authenticator.__name__}, {', '.join([*theirs, *theirs.values()])}"
    return pytest.param(authenticator, theirs, ours, requests, id=name)


WAYS = [
    way(IAMAuthenticator, {"apikey": OWNER_API_KEY}, OWNERS),
    way(IAMAuthenticator, {"apikey": ODD["api_key"]}, ODD),
    way(ContainerAuthenticator, ID, ID),
    way(ContainerAuthenticator, NAME, NAME),
    way(IAMAssumeAuthenticator, {"apikey": OWNER_API_KEY, **ID}, {**OWNERS, **ID}, 2),
    way(
        IAMAssumeAuthenticator, {"apikey": OWNER_API_KEY, "iam_profile_crn": CRN}, {**OWNERS, "iam_profile_crn": CRN}, 2
    ),
    way(IAMAssumeAuthenticator, {"apikey": OWNER_API_KEY, **OF_ACCOUNT}, {**OWNERS, **OF_ACCOUNT}, 2),
    *(
        way(
            VPCInstanceAuthenticator,
            {**profile, "service_version": version},
            {**profile, "auth_method": "vpc", "metadata_service_version": version},
            2,
        )
        for profile in ({}, ID, NAME, {"iam_profile_crn": CRN})
        for version in (VPCInstanceTokenManager.METADATA_SERVICE_VERSION, NEW_VERSION)
    ),
]


@pytest.mark.parametrize(("authenticator", "theirs", "ours", "requests"), WAYS)
def test_our_requests_are_the_sdks(simulator, cr_token_file, authenticator, theirs, ours, requests):
    if authenticator is ContainerAuthenticator:
        theirs = {**theirs, "cr_token_filename": cr_token_file}
        ours = {**ours, "cr_token_file": cr_token_file}
    is_refused = ours == ODD

    with pytest.raises(Exception, match="could not be found") if is_refused else nullcontext():
        authenticator(**theirs, url=simulator.url).token_manager.get_token()
    their_own, expected = without_our_own(on_the_wire(simulator))
    with pytest.raises(ServiceError) if is_refused else nullcontext():
        assert log_in(simulator, **ours).count(".") == 2
    our_own, sent = without_our_own(on_the_wire(simulator))

    assert sent == expected
    assert len(sent) == requests
    assert {request["status"] for request in sent} == {400 if is_refused else 200}
    assert {own["user-agent"] for own in our_own} == {USER_AGENT}
    assert {own["user-agent"].partition("/")[0] for own in their_own} == {"ibm-python-sdk-core"}


def test_the_places_of_a_pods_token_are_the_sdks():
    theirs = [getattr(ContainerTokenManager, f"DEFAULT_CR_TOKEN_FILENAME{number}") for number in (1, 2, 3)]
    assert list(credentials.CR_TOKEN_FILES) == theirs


def test_the_address_and_versions_of_the_metadata_service_are_the_sdks():
    manager = VPCInstanceTokenManager
    assert endpoints.METADATA_SERVICE == manager.DEFAULT_IMS_ENDPOINT
    assert list(iam.METADATA_PATHS) == [manager.METADATA_SERVICE_VERSION, manager.METADATA_SERVICE_VERSION_V2]
