# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a request goes out, how often it is repeated, how long it may take, and what counts as an answer."""

from __future__ import annotations

import email.utils
import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils import errors, transport

TOKEN_PATH = "/api/token"
METRICS = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def send(simulator, make_transport):
    """One call of the token's path, with the given options changed."""

    def send(method="GET", path=TOKEN_PATH, headers=None, data=None, **changed):
        return make_transport(**changed).send(
            errors.TOKEN, method, simulator.url + path, headers=headers or {}, data=data
        )

    return send


@pytest.fixture
def failure(send):
    """The error of such a call."""

    def failure(**arguments):
        with pytest.raises(errors.SysdigError) as failed:
            send(**arguments)
        return failed.value

    return failure


# --- What goes out ---


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
        "Accept-Encoding": headers["Accept-Encoding"],
        "Connection": "keep-alive",
        "IBMInstanceID": METRICS,
    }


def test_calls_to_one_host_share_a_connection(simulator, make_transport):
    shared = make_transport()

    for _call in range(3):
        with pytest.raises(errors.ServiceError):
            shared.send(errors.TOKEN, "GET", simulator.url + TOKEN_PATH)

    assert len({request["connection"] for request in simulator.requests()}) == 1


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
def test_a_redirect_is_reported_and_not_followed(simulator, failure, status):
    simulator.fault("redirect", status=status, url=f"{simulator.url}/api/teams")

    error = failure(retries=3)

    assert [request["path"] for request in simulator.requests()] == [TOKEN_PATH]
    assert f"{simulator.url}/api/teams" in error.problem
    assert error.facts["status"] == status


def test_a_proxy_of_the_environment_is_used_and_its_password_is_not_shown(simulator, failure, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://someone:pass-word@127.0.0.1:9")

    error = failure()

    assert simulator.requests() == []
    assert isinstance(error, errors.TransportError)
    assert "pass-word" not in str(error)


def test_what_goes_to_loopback_in_clear_goes_through_no_proxy(simulator, make_transport, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    with pytest.raises(errors.ServiceError, match="answered 401"):
        make_transport().send(errors.TOKEN, "GET", simulator.http_url + TOKEN_PATH)


# --- Repetition ---


@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_status_is_tried_again_as_often_as_asked_for(simulator, failure, clock, status, retries):
    simulator.fault("status", status=status, times=None)

    error = failure(retries=retries)

    assert len(simulator.requests()) == len(clock.pauses) + 1 == retries + 1
    assert error.facts["status"] == status
    assert "try again later" in error.remedy


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 501])
def test_a_refusal_is_final(simulator, failure, clock, status):
    simulator.fault("status", status=status, times=None)

    assert failure(retries=3).facts["status"] == status
    assert len(simulator.requests()) == 1
    assert clock.pauses == []


@pytest.mark.parametrize("kind", ["reset", "close", "truncated"])
def test_a_broken_connection_is_tried_again(simulator, failure, clock, kind):
    simulator.fault(kind, times=None)

    error = failure(retries=2)

    assert len(simulator.requests()) == 3
    assert "3 attempts" in error.problem
    assert isinstance(error, errors.TransportError)


@pytest.mark.parametrize("kind", ["reset", "close", "truncated", "status"])
def test_the_answer_after_a_failed_attempt_counts(simulator, send, clock, kind):
    simulator.fault(kind, times=2)

    answer = send(
        path="/api/users/me",
        headers={"Authorization": f"Bearer {simulator.token(METRICS)}"},
        retries=2,
    )

    assert answer.status == 200
    assert answer.body["user"]["currentTeam"] == 101


def test_pauses_double_up_to_a_limit(simulator, failure, clock):
    simulator.fault("status", times=None)

    failure(retries=6)

    assert clock.pauses == [0.5, 1, 2, 4, 8, 8]


def test_pauses_vary_so_that_many_hosts_do_not_return_at_once(simulator, failure, monkeypatch):
    pauses = []
    monkeypatch.setattr(transport.time, "sleep", pauses.append)
    simulator.fault("status", times=None)

    for _run in range(5):
        failure(retries=1)

    assert all(0.25 <= pause <= 0.5 for pause in pauses)
    assert len(set(pauses)) > 1


@pytest.mark.parametrize("status", [429, 503])
def test_the_service_may_ask_for_a_longer_pause(simulator, failure, clock, status):
    simulator.fault("status", status=status, retry_after=7, times=None)

    failure(retries=2)

    assert clock.pauses == [7, 7]


def test_the_service_may_ask_for_a_pause_until_a_date(simulator, failure, clock):
    simulator.fault("status", status=429, retry_after=email.utils.formatdate(time.time() + 10, usegmt=True))

    failure(retries=1, data=None)

    assert clock.pauses == [pytest.approx(9.5, abs=1)]


@pytest.mark.parametrize("nonsense", ["soon", "-5", "0", "nan", "Mon, 99 Foo 2026 00:00:00 GMT"])
def test_a_senseless_wish_for_a_pause_is_passed_over(simulator, failure, clock, nonsense):
    simulator.fault("status", status=429, retry_after=nonsense)

    failure(retries=1)

    assert clock.pauses == [0.5]


@pytest.mark.parametrize("pause", [3600, "inf"])
def test_a_pause_longer_than_the_time_left_is_not_begun(simulator, failure, clock, pause):
    simulator.fault("status", status=429, retry_after=pause, times=None)

    error = failure(retries=3, timeout=5)

    assert clock.pauses == []
    assert len(simulator.requests()) == 1
    assert error.facts["status"] == 429
    assert "asks to wait" in error.problem


# --- Time limits ---


@pytest.mark.parametrize(
    ("kind", "parameters"), [("hang", {}), ("hang_in_body", {}), ("slow", {"seconds": 0.1}), ("delay", {"seconds": 9})]
)
def test_an_attempt_ends_with_its_time_even_when_bytes_still_drip(simulator, failure, kind, parameters):
    simulator.fault(kind, **parameters)
    begun = time.monotonic()

    error = failure(timeout=1, path="/api/users/me")

    assert 0.9 < time.monotonic() - begun < 1.8
    assert "timed out" in error.problem or "within 1 seconds" in error.problem


def test_the_whole_retrieval_ends_with_its_time_however_many_attempts_are_left(simulator, failure, clock):
    simulator.fault("status", status=503, times=None)

    error = failure(timeout=1, retries=30)  # 32 seconds in all

    assert 32 - transport.LONGEST_PAUSE < sum(clock.pauses) <= 32
    assert len(simulator.requests()) < 31
    assert "32 seconds" in error.problem
    assert "status 503" in error.problem


# --- What is no answer ---


def test_a_huge_body_is_cut_off(simulator, failure):
    simulator.fault("huge")
    begun = time.monotonic()

    error = failure()

    assert time.monotonic() - begun < 2
    assert "1000000 bytes" in error.problem


def test_a_login_page_in_place_of_the_service_is_recognised(simulator, failure):
    simulator.fault("html")

    error = failure()

    assert "text/html" in error.problem
    assert "login page" in error.remedy


@pytest.mark.parametrize("body", ["{", "\x00", "[" * 100_000], ids=["cut", "binary", "nested without end"])
def test_an_answer_that_is_no_json_is_refused(simulator, failure, body):
    simulator.fault("status", status=200, body=body)

    assert "not with JSON" in failure().problem


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
def test_the_services_own_words_are_passed_on(simulator, failure, body, said):
    simulator.fault("status", status=403, body=body)

    assert failure().problem.endswith(f"answered 403: {said}")


# --- Trust ---


@pytest.mark.parametrize(("address", "words"), [("expired_url", "expired"), ("wrong_name_url", "127.0.0.1")])
def test_a_certificate_that_does_not_fit_is_refused_at_once(simulator, make_transport, clock, address, words):
    with pytest.raises(errors.TransportError) as failed:
        make_transport(retries=3).send(errors.TOKEN, "GET", getattr(simulator, address) + TOKEN_PATH)

    assert words in failed.value.problem
    assert "not trusted" in failed.value.problem
    assert clock.pauses == []
    assert simulator.requests() == []


def test_the_remedy_for_an_expired_certificate_is_not_another_authority(simulator, make_transport):
    with pytest.raises(errors.TransportError) as failed:
        make_transport().send(errors.TOKEN, "GET", simulator.expired_url + TOKEN_PATH)

    assert "ca_path" not in failed.value.remedy


def test_an_unknown_authority_is_refused_with_the_option_that_names_it(simulator, failure):
    error = failure(ca_path=None)

    assert "ca_path" in error.remedy
    assert simulator.requests() == []


@pytest.mark.parametrize("changed", [{}, {"validate_certs": False}])
def test_the_environments_bundle_does_not_override_the_task(simulator, failure, tmp_path, monkeypatch, changed):
    nobody = tmp_path / "nobody.pem"
    nobody.write_text("", encoding="utf-8")
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, str(nobody))

    assert failure(environment={"REQUESTS_CA_BUNDLE": str(nobody)}, **changed).facts["status"] == 401


def test_the_environments_bundle_counts_where_the_task_is_silent(simulator, failure):
    error = failure(environment={"REQUESTS_CA_BUNDLE": simulator.ca_file}, ca_path=None)

    assert error.facts["status"] == 401


@pytest.mark.filterwarnings("error")
def test_verification_that_is_off_is_not_warned_of(simulator, failure):
    assert failure(validate_certs=False, ca_path=None).facts["status"] == 401


@pytest.mark.parametrize(
    "content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_authorities_is_refused_by_name(simulator, failure, tmp_path, content):
    path = tmp_path / "authorities.pem"
    path.write_text(content, encoding="utf-8")

    error = failure(ca_path=str(path), retries=3)

    assert str(path) in error.problem
    assert error.facts == {"option": "ca_path"}
