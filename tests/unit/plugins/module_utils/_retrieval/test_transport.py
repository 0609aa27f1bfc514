# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes out, and what counts as an answer."""

from __future__ import annotations

import gzip
import time
import tracemalloc

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import (
    TOKEN,
    ServiceError,
    SysdigError,
    TransportError,
)
from simulator.ids import METRICS

TOKEN_PATH = "/api/token"


def peak_of(call):
    """The most bytes of memory that Python takes at a time for a call."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_exactly_the_stated_headers_are_sent(simulator, send):
    send(
        headers={
            "Authorization": f"Bearer {simulator.iam_token()}",
            "IBMInstanceID": METRICS,
        }
    )

    (request,) = simulator.requests()
    headers = dict(request["headers"])
    assert len(headers) == len(request["headers"])
    assert headers.pop("Authorization").startswith("Bearer ey")
    assert headers == {
        "Host": simulator.url.removeprefix("https://"),
        "User-Agent": "ibmcloud.sysdig (Ansible collection)",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Connection": "keep-alive",
        "IBMInstanceID": METRICS,
    }


def test_calls_to_one_host_share_a_connection(simulator, make_transport):
    shared = make_transport()

    for _call in range(3):
        with pytest.raises(ServiceError):
            shared.send(TOKEN, "GET", simulator.url + TOKEN_PATH)

    assert len({request["connection"] for request in simulator.requests()}) == 1


def test_a_cookie_of_one_service_is_sent_to_none(network_with, make_transport):
    cookies = {"Set-Cookie": "session=secret; Domain=example.com; Path=/"}
    sent = network_with({TOKEN_PATH: (200, {}, cookies), "/identity/token": (200, {}, cookies)})
    shared = make_transport()

    for path in (TOKEN_PATH, "/identity/token", TOKEN_PATH):
        shared.send(TOKEN, "GET", f"https://sysdig.example.com{path}")
        shared.send(TOKEN, "GET", f"https://iam.example.com{path}")

    assert len(sent) == 6
    assert not [request for request in sent if "Cookie" in request.headers]


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "deflate", "br", "zstd", "x"])
@pytest.mark.parametrize("status", [200, 403])
def test_a_compressed_response_is_refused_before_it_is_read(network_with, make_transport, encoding, status):
    huge = b"[" + b"0," * 50_000_000 + b"0]"
    body = gzip.compress(gzip.compress(huge, 1), 1)
    network_with({TOKEN_PATH: (status, body, {"Content-Encoding": encoding})})

    def send():
        with pytest.raises(SysdigError) as failed:
            make_transport().send(TOKEN, "GET", f"https://sysdig.example.com{TOKEN_PATH}")
        return failed.value

    error = send()
    assert f"answered {status}" in error.problem
    assert status != 200 or f"in an encoding that was not requested ({encoding})" in error.problem
    assert peak_of(send) < 8_000_000


@pytest.mark.parametrize("name", [".netrc", "_netrc"])
def test_a_netrc_file_does_not_replace_the_credential(simulator, send, tmp_path, monkeypatch, name):
    netrc = tmp_path / name
    netrc.write_text(
        "machine 127.0.0.1 login someone password something\ndefault login a password b\n", encoding="utf-8"
    )
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    send(
        path="/api/users/me",
        headers={"Authorization": f"Bearer {simulator.token(METRICS)}"},
    )

    (request,) = simulator.requests()
    assert request["status"] == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_reported_and_not_followed(simulator, send_failure, status):
    simulator.fault("redirect", status=status, url=f"{simulator.url}/api/teams")

    error = send_failure(retries=3)

    assert [request["path"] for request in simulator.requests()] == [TOKEN_PATH]
    assert f"{simulator.url}/api/teams" in error.problem
    assert error.facts["status"] == status


def test_a_redirect_to_nowhere_is_reported_too(simulator, send_failure):
    simulator.fault("redirect", url="http://[")

    error = send_failure(retries=3)

    assert len(simulator.requests()) == 1
    assert "points to 'http://['" in error.problem


def test_the_body_of_a_redirect_is_not_read(simulator, send_failure):
    simulator.fault("redirect", size=64_000_000)

    assert peak_of(send_failure) < 8_000_000


@pytest.mark.parametrize("host", ["a..invalid", f"{'a' * 64}.invalid", "*.invalid", "[v1.x]"])
def test_a_host_that_cannot_be_one_is_refused_at_once(make_transport, clock, host):
    with pytest.raises(TransportError) as failed:
        make_transport(retries=3).send(TOKEN, "GET", f"https://{host}{TOKEN_PATH}")

    assert clock.pauses == []
    assert "cannot be called" in failed.value.problem
    assert host in failed.value.problem


@pytest.mark.parametrize(
    "proxy",
    [
        *("http://someone:pass-word@127.0.0.1:99999", "http://someone:pass/word@host", "socks5://127.0.0.1:9"),
        *(
            "http://",
            "https://",
            "http:///",
            "http://:3128",
            ":3128",
            "//",
            "http://someone:pass-word@:3128",
            "http://?x",
        ),
        *("http:/host", "ftp://host:21", "http://[::1", "http://a b"),
    ],
)
def test_a_proxy_that_cannot_be_one_is_refused_at_once_and_without_its_password(
    simulator, send_failure, clock, monkeypatch, proxy
):
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    error = send_failure(retries=3)

    assert simulator.requests() == clock.pauses == []
    assert "cannot be called" in error.problem
    assert "HTTPS_PROXY" in error.remedy
    assert "pass" not in str(error)


def test_a_proxy_of_the_environment_is_used_and_its_password_is_not_shown(simulator, send_failure, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://someone:pass-word@127.0.0.1:9")

    error = send_failure()

    assert simulator.requests() == []
    assert isinstance(error, TransportError)
    assert "pass-word" not in str(error)


def test_what_goes_to_loopback_in_clear_goes_through_no_proxy(simulator, make_transport, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    with pytest.raises(ServiceError, match="answered 401"):
        make_transport().send(TOKEN, "GET", simulator.http_url + TOKEN_PATH)


def test_a_huge_body_is_cut_off(simulator, send_failure):
    simulator.fault("huge", times=None)
    start = time.monotonic()

    error = send_failure()

    assert time.monotonic() - start < 15  # seconds
    assert "1000000 bytes" in error.problem
    assert peak_of(send_failure) < 8_000_000


def test_a_login_page_in_place_of_the_service_is_recognised(simulator, send_failure):
    simulator.fault("html")

    error = send_failure()

    assert "text/html" in error.problem
    assert "login page" in error.remedy


@pytest.mark.parametrize("body", ["{", "\x00", "[" * 100_000], ids=["cut", "binary", "nested without end"])
def test_an_answer_that_is_no_json_is_refused(simulator, send_failure, body):
    simulator.fault("status", status=200, body=body)

    assert "not with JSON" in send_failure().problem


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"errorCode": "BXNIM0415E", "errorMessage": "Not found"}', "BXNIM0415E: Not found."),
        ('{"error_code": "RC-1", "message": "Not found", "status_code": 404}', "RC-1: Not found."),
        ('{"errors": [{"reason": "Not privileged", "message": "Denied"}]}', "Not privileged: Denied."),
        ('{"errors": ["odd"], "message": "Denied"}', "Denied."),
        ('{"code": 7, "message": {"odd": 1}}', "Forbidden."),
        ("<html>", "Forbidden."),
        ("", "Forbidden."),
        ("[]", "Forbidden."),
    ],
)
def test_the_services_own_words_are_passed_on(simulator, send_failure, body, said):
    simulator.fault("status", status=403, body=body)

    assert send_failure().problem.endswith(f"answered 403: {said}")
