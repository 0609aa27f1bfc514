# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is given as an option: an error of ours, or requests that say just that and nothing else."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError, SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import credentials, endpoints, parse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.crn import parse_crn
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import retrieve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from hostile import json_data, text
from hypothesis import example, given
from hypothesis import strategies as st
from network import API_KEY, CRN, TEAM
from web_tokens import web_token

BASE = "https://sysdig.example.com/base"
PLACE = {"url": BASE, "iam_url": "https://iam.example.com", "resource_controller_url": "https://rc.example.com"}
OUTSIDE = {"url": BASE, "retries": 0, "sysdig_api_token": "the-admin-token"}
INSIDE = {**PLACE, "retries": 0, "api_key": API_KEY, "instance_id": CRN}
PATHS = r"/identity/token|/v2/resource_instances|/base/api/(token(/[^/?#]+/[0-9]+)?|teams|users/me|customer/accessKeys)"
HEADERS = {"Authorization", "IBMInstanceID", "SysdigProduct", "SysdigTeamID", "TeamID"}
LIBRARYS_OWN = {"User-Agent", "Accept-Encoding", "Accept", "Connection", "Content-Type", "Content-Length"}


def sent(network, options, environment=None):
    """The requests that these options lead to; none if they are refused."""
    network.forget()
    with contextlib.suppress(SysdigError):
        retrieve(resolve(options, environment or {}))
    for request in network.sent:
        assert set(request.headers) <= HEADERS | LIBRARYS_OWN
        for value in request.headers.values():
            assert re.fullmatch(r"[!-~]+( [!-~]+)*", value)
        assert re.fullmatch(r"[!-~]+", request.url)
    return network.sent


def assert_at_their_paths(requests, base=PATHS):
    for request in requests:
        assert re.fullmatch(base, urlsplit(request.url).path), request.url


@given(st.dictionaries(st.sampled_from(sorted(OPTIONS)), text | json_data, min_size=1, max_size=4))
@example({"url": ["x"]})
@example({"url": "https://\uff0e\uff0f.com"})
@example({"url": "https://" + "a" * 70 + ".example.com"})
def test_any_options(network, changed):
    requests = sent(network, {**INSIDE, **changed})

    assert_at_their_paths(requests, ".*" if "url" in changed or "iam_url" in changed else PATHS)


@given(st.dictionaries(st.sampled_from([name for o in OPTIONS.values() for name in o.variables("monitor")]), text))
def test_any_environment(network, environment):
    sent(network, {"instance_id": CRN, "retries": 0}, environment)


@given(text)
def test_api_key(network, api_key):
    for request in sent(network, {**INSIDE, "api_key": api_key})[:1]:
        assert parse_qs(request.body, strict_parsing=True, keep_blank_values=True) == {
            "grant_type": ["urn:ibm:params:oauth:grant-type:apikey"],
            "apikey": [api_key.strip()],
            "response_type": ["cloud_iam"],
        }


@given(text | st.text(max_size=8).map(lambda name: f"Bearer {web_token(name)}"))
def test_iam_token(network, iam_token):
    for request in sent(network, {**PLACE, "retries": 0, "instance_id": CRN, "iam_token": iam_token}):
        assert request.headers["Authorization"].startswith("Bearer ")
        assert request.headers["Authorization"].removeprefix("Bearer ") in iam_token


@given(text)
@example("..")
@example(".")
@example("%2e%2e")
def test_username(network, username):
    requests = sent(network, {**OUTSIDE, "username": username, "team_id": 7})

    assert_at_their_paths(requests)
    for request in requests:
        assert unquote(urlsplit(request.url).path) == f"/base/api/token/{username.strip()}/7"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8) | text)
@example("..")
@example("../../users/me?")
def test_username_as_the_service_gets_it(simulator, username):
    """Over a real connection: what is between the prepared request and the socket normalises paths, too."""
    simulator.forget_requests()
    place = {"url": simulator.url, "ca_path": simulator.ca_file}
    with contextlib.suppress(SysdigError):
        retrieve(resolve({**OUTSIDE, **place, "username": username, "team_id": 7}, {}))

    wanted = f"/api/token/{quote(username.strip(), safe='', errors='replace')}/7"
    assert [request["path"] for request in simulator.requests()] in ([], [wanted])


@given(text, text)
def test_instance_name_and_resource_group(network, name, group):
    given = {**INSIDE, "instance_id": None, "instance_name": name, "resource_group_id": group}
    requests = [request for request in sent(network, given) if "rc.example.com" in request.url]

    assert_at_their_paths(requests)
    for request in requests[:1]:
        wanted = {"name": [name.strip()], "resource_group_id": [group.strip()]}
        assert parse_qs(urlsplit(request.url).query) == {key: value for key, value in wanted.items() if value != [""]}


@given(st.integers() | text)
def test_team_id(network, team_id):
    for request in sent(network, {**INSIDE, "team_id": team_id})[1:]:
        assert re.fullmatch(r"[1-9][0-9]*", request.headers.get("SysdigTeamID", "1"))


@given(text)
def test_team_name(network, name):
    """A name is compared with those of the service, and goes nowhere."""
    requests = sent(network, {**INSIDE, "team_name": name})

    assert_at_their_paths(requests)
    if name.strip() not in ("", TEAM):
        assert [request for request in requests if request.url.endswith("/api/token")] == []


@given(st.lists(st.sampled_from(["..", ".", "%2e%2E", "a", "%2F", "api", ""]) | text, max_size=4).map("/".join))
def test_path_of_a_base_url(network, path):
    requests = sent(network, {**INSIDE, "url": f"https://sysdig.example.com/{path}"})

    for request in requests[1:]:
        segments = unquote(urlsplit(request.url).path).split("/")
        assert urlsplit(request.url).netloc == "sysdig.example.com"
        assert not {".", ".."} & set(segments)
        assert segments[-2:] == ["api", "token"]


@given(text | st.from_regex(r"crn:v1:[a-z:/]{,20}:sysdig-(monitor|secure):[a-z-]{,8}:a/[0-9a-f]{,4}:[0-9a-f-]{36}::"))
def test_instance_id(network, instance_id):
    for request in sent(network, {**INSIDE, "region": None, "instance_id": instance_id})[1:]:
        assert request.headers["IBMInstanceID"] in instance_id.lower()


@given(st.sampled_from(sorted(endpoints.PRODUCTS)), st.from_regex(r"\A[a-z]{2}-[a-z]{2,12}[0-9]?\Z"), st.uuids(), text)
def test_a_crn_is_read_as_it_was_written(product, region, guid, scope):
    service = endpoints.PRODUCTS[product].service
    crn = f"crn:v1:bluemix:public:{service}:{region}:a/{scope.replace(':', '')}:{guid}::"

    assert parse_crn(crn)[:3] == (str(guid), product, region)
    for addresses in (endpoints.endpoints(product, region, kind, None) for kind in ("public", "private")):
        assert endpoints.region_of_url(addresses.api, product) == region
        assert endpoints.product_of_url(addresses.api) == product


@given(json_data)
@example(10**400)
def test_expiry_of_any_token(claims):
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    expiry = credentials.token_expiry(f"e30.{payload}.s")

    assert expiry is None or expiry - 60.0 < float("inf")


@pytest.mark.parametrize("depth", [100_000])
def test_json_without_end_is_refused(tmp_path, depth):
    """Deeper than the parser goes."""
    payload = base64.urlsafe_b64encode(b"[" * depth).decode().rstrip("=")
    (tmp_path / "key.json").write_text('{"a":' * depth, encoding="utf-8")

    assert credentials.token_expiry(f"e30.{payload}.s") is None
    with pytest.raises(OptionError, match="JSON without an apikey"):
        credentials.api_key_from_file("api_key_file", tmp_path / "key.json")


@given(text)
def test_key_of_a_file(tmp_path, key):
    (tmp_path / "plain").write_bytes(key.encode("utf-8", "surrogatepass"))
    (tmp_path / "json").write_text(json.dumps({"apikey": key}), encoding="utf-8")
    for name in ("plain", "json"):
        try:
            read = credentials.api_key_from_file("api_key_file", tmp_path / name)
        except OptionError:
            continue
        assert read == key.removeprefix("\ufeff").strip()
        assert parse.is_header_safe(read)
