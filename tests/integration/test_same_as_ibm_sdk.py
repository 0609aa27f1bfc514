# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes over the wire at a login is what IBM's own SDK sends."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ServiceError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import iam
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.connection import USER_AGENT
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import Transport
from ibm_cloud_sdk_core.authenticators import ContainerAuthenticator, IAMAuthenticator, VPCInstanceAuthenticator
from simulator.ids import CR_TOKEN, METRICS, ONE_TEAM_PROFILE, OWNER_API_KEY, profile_crn

PROFILE_CRN = profile_crn(ONE_TEAM_PROFILE)


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
    """The requests since the last call, without what differs at every login."""
    requests = [
        {
            **{name: request[name] for name in ("service", "method", "path", "query", "body", "status")},
            "headers": {name.lower(): value for name, value in request["headers"]},
        }
        for request in simulator.requests()
    ]
    simulator.forget_requests()
    for request in requests:
        if "authorization" in request["headers"]:
            scheme, token = request["headers"]["authorization"].split(" ")
            assert token.count(".") == 2
            request["headers"]["authorization"] = f"{scheme} JWT"
    return requests


def without_user_agents(requests):
    """The user agents apart."""
    return [request["headers"].pop("user-agent") for request in requests], requests


WAYS = [
    pytest.param(IAMAuthenticator, {"apikey": OWNER_API_KEY}, {"api_key": OWNER_API_KEY}, id="API key"),
    pytest.param(IAMAuthenticator, {"apikey": "a+b&c=d/e%20"}, {"api_key": "a+b&c=d/e%20"}, id="API key to be encoded"),
    pytest.param(
        ContainerAuthenticator, {"iam_profile_id": ONE_TEAM_PROFILE}, {"iam_profile_id": ONE_TEAM_PROFILE}, id="pod, ID"
    ),
    pytest.param(
        ContainerAuthenticator,
        {"iam_profile_name": "monitoring-hosts"},
        {"iam_profile_name": "monitoring-hosts"},
        id="pod, name",
    ),
    pytest.param(VPCInstanceAuthenticator, {}, {"auth_method": "vpc"}, id="virtual server"),
    pytest.param(
        VPCInstanceAuthenticator,
        {"iam_profile_id": ONE_TEAM_PROFILE},
        {"auth_method": "vpc", "iam_profile_id": ONE_TEAM_PROFILE},
        id="virtual server, ID",
    ),
    pytest.param(
        VPCInstanceAuthenticator,
        {"iam_profile_crn": PROFILE_CRN},
        {"auth_method": "vpc", "iam_profile_crn": PROFILE_CRN},
        id="virtual server, CRN",
    ),
]


@pytest.mark.parametrize(("authenticator", "theirs", "ours"), WAYS)
def test_our_requests_are_the_sdks(simulator, cr_token_file, authenticator, theirs, ours):
    if authenticator is ContainerAuthenticator:
        theirs = {**theirs, "cr_token_filename": cr_token_file}
        ours = {**ours, "cr_token_file": cr_token_file}
    is_refused = "a+b" in theirs.get("apikey", "")

    with pytest.raises(Exception, match="could not be found") if is_refused else nullcontext():
        authenticator(**theirs, url=simulator.url).token_manager.get_token()
    their_agents, expected = without_user_agents(on_the_wire(simulator))
    with pytest.raises(ServiceError) if is_refused else nullcontext():
        assert log_in(simulator, **ours).count(".") == 2
    our_agents, sent = without_user_agents(on_the_wire(simulator))

    assert sent == expected
    assert len(sent) == (2 if authenticator is VPCInstanceAuthenticator else 1)
    # The one difference: for an API key the SDK is not needed, so it is not named either.
    assert our_agents == ([USER_AGENT] if authenticator is IAMAuthenticator else their_agents)
