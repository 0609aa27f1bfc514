# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From settings to result against the simulator: which requests are made, with which headers, and what comes out."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, quote

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils import errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils.retrieve import known, retrieve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils.settings import resolve
from simulator.client import OWNER_API_KEY
from simulator.simulator import fingerprint

METRICS = "11111111-1111-4111-8111-111111111111"
PROTECTION = "22222222-2222-4222-8222-222222222222"
IAM_ONLY = "44444444-4444-4444-8444-444444444444"
OTHER_ACCOUNT_KEY = "sim-api-key-other-account-00000000000000000002"
ONE_TEAM_KEY = "sim-api-key-one-team-0000000000000000000000003"
OUR_HEADERS = {"IBMInstanceID", "SysdigProduct", "SysdigTeamID", "TeamID"}

IAM_CALL = ("POST", "/identity/token", {})


def sysdig_call(path, guid=METRICS, product="SDC", **team):
    return ("GET", path, {"IBMInstanceID": guid, "SysdigProduct": product, **team})


def calls(simulator):
    """What was asked: method, path with query, and the headers that say for whom."""
    return [
        (
            request["method"],
            request["path"] + (f"?{request['query']}" if request["query"] else ""),
            {name: value for name, value in request["headers"] if name in OUR_HEADERS},
        )
        for request in simulator.requests()
    ]


@pytest.fixture
def retrieved(options):
    """The result for these options, changed as the test says; None takes an option away."""
    return lambda **changed: retrieve(resolve({**options, **changed}, {}))


@pytest.fixture
def failure(retrieved):
    """The error for such options."""

    def failure(**changed):
        with pytest.raises(errors.SysdigError) as failed:
            retrieved(**changed)
        return failed.value

    return failure


# --- What is asked for, and what comes out ---


def test_an_api_key_gives_the_token_of_the_default_team_with_two_calls(simulator, retrieved):
    result = retrieved()

    assert calls(simulator) == [IAM_CALL, sysdig_call("/api/token")]
    assert result.as_dict() == {
        "token": simulator.token(METRICS),
        "product": "monitor",
        "region": None,
        "instance_id": METRICS,
        "team_id": None,
        "team_name": None,
        "url": simulator.url,
        "endpoints": {
            "api": simulator.url,
            "collector": None,
            "collector_port": None,
            "remote_write": f"{simulator.url}/prometheus/remote/write",
            "prometheus": f"{simulator.url}/prometheus",
        },
    }


def test_the_login_is_a_form_with_the_key_in_its_body(simulator, retrieved):
    retrieved()

    (login,) = simulator.requests("iam")
    headers = dict(login["headers"])
    assert parse_qs(login["body"], strict_parsing=True) == {
        "grant_type": ["urn:ibm:params:oauth:grant-type:apikey"],
        "apikey": [OWNER_API_KEY],
        "response_type": ["cloud_iam"],
    }
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in headers


@pytest.mark.parametrize("form", ["{}", "Bearer {}", "IAM token:  Bearer {}"])
def test_an_iam_token_is_used_as_it_is_and_goes_out_as_bearer(simulator, retrieved, form):
    token = simulator.iam_token()

    result = retrieved(api_key=None, iam_token=form.format(token))

    assert result.token == simulator.token(METRICS)
    assert calls(simulator) == [sysdig_call("/api/token")]
    assert dict(simulator.requests()[0]["headers"])["Authorization"] == f"Bearer {token}"


def test_a_crn_sets_region_and_collector_beside_a_url(simulator, retrieved):
    result = retrieved(instance_id=simulator.instance(METRICS)["crn"])

    assert (result.region, result.url) == ("us-south", simulator.url)
    assert result.endpoints.collector == "ingest.us-south.monitoring.cloud.ibm.com"
    assert (
        result.endpoints.remote_write == "https://ingest.prws.us-south.monitoring.cloud.ibm.com/prometheus/remote/write"
    )


def test_a_team_of_monitor_is_asked_for_in_one_header(simulator, retrieved):
    result = retrieved(team_id=102)

    assert calls(simulator) == [IAM_CALL, sysdig_call("/api/token", SysdigTeamID="102")]
    assert (result.token, result.team_id, result.team_name) == (simulator.token(METRICS, 102), 102, None)


def test_a_team_of_secure_is_asked_for_in_both_headers(simulator, retrieved):
    result = retrieved(instance_id=PROTECTION, product="secure", team_id=202)

    team = {"SysdigTeamID": "202", "TeamID": "202"}
    assert calls(simulator) == [IAM_CALL, sysdig_call("/api/token", PROTECTION, "SDS", **team)]
    assert (result.token, result.product) == (simulator.token(PROTECTION, 202), "secure")


@pytest.mark.parametrize(("name", "number"), [("SRE", 102), ("Größe: A/B test", 103), ("Monitor Operations", 101)])
def test_a_team_may_be_asked_for_by_its_name_whatever_characters_it_has(simulator, retrieved, name, number):
    result = retrieved(team_name=name)

    assert calls(simulator) == [
        IAM_CALL,
        sysdig_call("/api/teams"),
        sysdig_call("/api/token", SysdigTeamID=str(number)),
    ]
    assert (result.token, result.team_id, result.team_name) == (simulator.token(METRICS, number), number, name)


@pytest.mark.parametrize(("team", "number"), [({}, 101), ({"team_id": 102}, 102)])
def test_the_token_is_proved_with_nothing_but_itself_and_tells_its_team(simulator, retrieved, team, number):
    result = retrieved(check_token=True, **team)

    proof = simulator.requests()[-1]
    assert calls(simulator)[-1] == ("GET", "/api/users/me", {})
    assert proof["token_fingerprint"] == fingerprint(result.token)
    assert (result.token, result.team_id) == (simulator.token(METRICS, number), number)


def test_an_instance_may_be_asked_for_by_its_name(simulator, retrieved):
    result = retrieved(instance_id=None, instance_name="protection-europe")

    assert [call[:2] for call in calls(simulator)] == [
        ("POST", "/identity/token"),
        ("GET", "/v2/resource_instances?name=protection-europe"),
        ("GET", "/api/token"),
    ]
    assert (result.product, result.region) == ("secure", "eu-de")
    assert result.token == simulator.token(result.instance_id)


@pytest.mark.parametrize(
    ("narrowed", "guid"),
    [
        ({"region": "eu-de"}, "88888888-8888-4888-8888-888888888888"),
        ({"region": "us-south", "resource_group_id": "2" * 16 + "b" * 16}, "77777777-7777-4777-8777-777777777777"),
    ],
)
def test_a_name_that_several_instances_have_is_narrowed_down(simulator, retrieved, narrowed, guid):
    assert retrieved(instance_id=None, instance_name="shared-name", **narrowed).instance_id == guid


def test_outside_ibm_cloud_the_sysdig_token_alone_is_sent(simulator, retrieved):
    own = simulator.customer_token("saas-monitor", "operator@customer.invalid")

    result = retrieved(api_key=None, instance_id=None, sysdig_api_token=own)

    assert calls(simulator) == [("GET", "/api/token", {})]
    assert (result.token, result.instance_id) == (own, None)


def test_an_administrator_reads_the_token_of_another_user(simulator, retrieved):
    admin = simulator.customer_token("saas-monitor", "admin@customer.invalid")

    result = retrieved(
        api_key=None, instance_id=None, sysdig_api_token=admin, username="operator@customer.invalid", team_name="SRE"
    )

    assert calls(simulator)[-1][1] == f"/api/token/{quote('operator@customer.invalid', safe='')}/9102"
    assert result.token == simulator.customer_token("saas-monitor", "operator@customer.invalid", 9102)


def test_a_known_token_gives_the_addresses_without_a_call(simulator):
    settings = resolve({"region": "us-south"}, {}, token_is_known=True)

    assert known(settings, "token").endpoints.api == "https://us-south.monitoring.cloud.ibm.com"
    assert simulator.requests() == []


# --- What is refused ---


def test_an_unknown_key_fails_at_the_login_with_the_words_of_iam(simulator, failure):
    error = failure(api_key="unknown-key")

    assert error.step == errors.IAM_LOGIN
    assert error.facts == {"url": f"{simulator.url}/identity/token", "status": 400, "code": "BXNIM0415E"}
    assert "Provided API key could not be found" in error.problem
    assert "API key may have been deleted" in error.remedy
    assert [call[:2] for call in calls(simulator)] == [("POST", "/identity/token")]


def test_an_expired_iam_token_is_refused_before_any_call(simulator, failure):
    error = failure(api_key=None, iam_token=simulator.iam_token(lifetime=-60))

    assert "expired at 20" in error.problem
    assert simulator.requests() == []


@pytest.mark.parametrize(
    ("wanted", "named", "suggested"),
    [({"team_name": "SRES"}, "team_name='SRES'", "SRE"), ({"team_id": 999}, "team_id=999", None)],
)
def test_an_unknown_team_fails_with_the_teams_there_are(simulator, failure, wanted, named, suggested):
    error = failure(**wanted)

    assert error.step == errors.TEAM
    assert named in error.problem
    assert "Größe: A/B test (103)" in error.remedy
    assert "SRE (102)" in error.remedy
    assert suggested is None or error.remedy.endswith(f"Did you mean {suggested}?")


def test_a_team_of_others_is_unknown(simulator, failure):
    error = failure(api_key=ONE_TEAM_KEY, team_id=101)

    assert error.step == errors.TEAM
    assert "Its teams are: SRE (102)." in error.remedy


def test_an_instance_for_iam_tokens_only_is_recognised(simulator, failure):
    error = failure(instance_id=IAM_ONLY)

    assert error.step == errors.TOKEN
    assert error.facts["status"] == 403
    assert "Access is denied" in error.problem
    assert "IAM_ONLY" in error.problem
    assert "lacks a role" not in error.problem
    assert "external_api_auth" in error.remedy
    assert calls(simulator)[-1][1] == f"/v2/resource_instances?guid={IAM_ONLY}"


def test_a_credential_of_another_account_learns_both_reasons(simulator, failure):
    error = failure(api_key=OTHER_ACCOUNT_KEY)

    assert error.step == errors.TOKEN
    assert "IAM_ONLY" in error.problem
    assert "lacks a role" in error.problem
    assert "Writer" in error.remedy


def test_the_explanation_of_a_denied_access_does_not_hide_it(simulator, failure):
    simulator.fault("status", status=500, service="resource_controller", times=None)

    assert failure(instance_id=IAM_ONLY).facts["status"] == 403


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("metric", "Did you mean metrics?"), ("shared-name", "crn:v1:"), ("metrics-retired", "active")],
)
def test_a_name_without_one_active_instance_fails_with_the_choice(simulator, failure, name, remedy):
    error = failure(instance_id=None, instance_name=name)

    assert error.step == errors.INSTANCE
    assert repr(name) in error.problem
    assert remedy in error.remedy


def test_a_token_that_was_reset_meanwhile_is_noticed(simulator, failure):
    simulator.fault("status", status=401, path="/api/users/me", body='{"errors": [{"message": "Unauthorized"}]}')

    error = failure(check_token=True)

    assert error.step == errors.CHECK
    assert "reset" in error.remedy


# --- What a service answers instead ---


@pytest.mark.parametrize(
    ("path", "changed", "step", "bodies"),
    [
        (
            "/identity/token",
            {},
            errors.IAM_LOGIN,
            ["", "[]", "{}", '{"access_token": ""}', '{"access_token": "a\\nb"}'],
        ),
        (
            "/api/token",
            {},
            errors.TOKEN,
            [
                "",
                "7",
                "{}",
                '{"token": "key"}',
                '{"token": {}}',
                '{"token": {"key": "a\\r\\nb"}}',
                '{"token": {"key": 7}}',
            ],
        ),
        ("/api/teams", {"team_name": "SRE"}, errors.TEAM, ["", "[]", "{}", '{"teams": null}']),
        ("/api/users/me", {"check_token": True}, errors.CHECK, ["", "[]", "{}", '{"user": "me"}']),
        (
            "/v2/resource_instances",
            {"instance_id": None, "instance_name": "metrics"},
            errors.INSTANCE,
            ["", "[]", "{}", '{"resources": 7}'],
        ),
    ],
)
def test_json_that_is_not_the_services_own_is_an_unusable_answer(simulator, failure, path, changed, step, bodies):
    for body in bodies:
        simulator.fault("status", status=200, body=body, path=path)

        error = failure(**changed)

        assert (error.step, error.facts["status"]) == (step, 200), body
        assert "answered 200, but" in error.problem


@pytest.mark.parametrize(
    ("path", "changed", "body"),
    [
        (
            "/api/teams",
            {"team_name": "SRE"},
            '{"teams": [7, {}, {"id": "x"}, {"id": 1, "name": null, "products": null}]}',
        ),
        (
            "/v2/resource_instances",
            {"instance_id": None, "instance_name": "metrics"},
            '{"resources": [7, {}, {"name": "metrics", "crn": null}], "next_url": 7}',
        ),
    ],
)
def test_odd_entries_of_a_list_are_passed_over(simulator, failure, path, changed, body):
    simulator.fault("status", status=200, body=body, path=path, times=None)

    assert "option" in failure(**changed).facts


def test_a_credential_goes_nowhere_else_when_the_next_page_is_on_another_host(simulator, failure):
    page = '{"resources": [], "next_url": "https://elsewhere.invalid/v2/resource_instances?start=x"}'
    simulator.fault("status", status=200, body=page, path="/v2/resource_instances")

    failure(instance_id=None, instance_name="nothing")

    assert [request["path"] for request in simulator.requests("resource_controller")][:2] == [
        "/v2/resource_instances"
    ] * 2
    assert simulator.requests("resource_controller")[1]["query"] == "start=x"


# --- Secrets ---

ODD_KEY = "odd/key+with=signs&more"


@pytest.mark.parametrize(
    "echoed",
    [
        ODD_KEY,
        quote(ODD_KEY, safe=""),
        base64.b64encode(ODD_KEY.encode()).decode(),
        f"{'x' * 290}{ODD_KEY}",
    ],
    ids=["plain", "URL-encoded", "base64", "cut in the middle"],
)
@pytest.mark.parametrize("field", ["errorMessage", "errorCode"])
def test_a_key_that_iam_repeats_is_in_no_part_of_the_error(simulator, failure, field, echoed):
    simulator.fault("status", status=400, service="iam", body=f'{{"{field}": "{echoed}"}}')

    error = failure(api_key=ODD_KEY)

    for part in (str(error), repr(error), str(error.facts), str(error.as_dict())):
        assert echoed not in part
        assert ODD_KEY[:8] not in part


@pytest.mark.parametrize("before", ["https://elsewhere.invalid/?apikey=", f"https://elsewhere.invalid/{'x' * 68}?k="])
def test_a_key_in_a_redirect_is_not_shown_even_in_part(simulator, failure, before):
    simulator.fault("redirect", service="iam", url=before + quote(ODD_KEY, safe=""))

    error = failure(api_key=ODD_KEY)

    assert "odd" not in str(error) + repr(error)


def test_an_iam_token_that_sysdig_repeats_is_not_shown(simulator, failure):
    token = simulator.iam_token()
    simulator.fault("status", status=401, service="sysdig", body=f'{{"message": "Bearer {token} is not valid"}}')

    error = failure(api_key=None, iam_token=token)

    assert token not in str(error)
    assert token.split(".")[1] not in str(error)
    assert "is not valid" in error.problem


def test_the_iam_token_of_a_login_is_not_shown_either(simulator, failure):
    simulator.fault("status", status=200, service="iam", body='{"access_token": "secret.access.token"}')
    simulator.fault("status", status=401, service="sysdig", body='{"message": "secret.access.token is not valid"}')

    assert "secret.access" not in str(failure())


def test_the_retrieved_token_is_not_shown_when_it_fails_its_proof(simulator, failure):
    token = simulator.token(METRICS)
    simulator.fault("status", status=401, path="/api/users/me", body=f'{{"message": "{token} is not valid"}}')

    assert token not in str(failure(check_token=True))


def test_no_representation_of_the_result_shows_the_token(simulator, retrieved):
    assert simulator.token(METRICS) not in repr(retrieved())
