# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults, and what has to come of each: how often the step is called, and with which error the retrieval ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import access_keys, network
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import services as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import (
    ACCESS_KEY,
    CHECK,
    IAM_LOGIN,
    INSTANCE,
    TEAM,
    TOKEN,
    SysdigError,
    TransportError,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._redact import MASK
from simulator.iam import API_KEY_GRANT
from simulator.ids import DISABLED_ACCESS_KEY, ENABLED_ACCESS_KEY, METRICS

TIMEOUT, RETRIES = 4, 1
DEADLINE = TIMEOUT * (RETRIES + 2)  # seconds
ATTEMPTS = RETRIES + 1
INSTANCE_NAME, TEAM_NAME, TEAM_ID = "metrics", "SRE", 102

# In this order. A retrieval goes through those of what it retrieves: an API token, or an access key.
STEPS = {
    IAM_LOGIN: "/identity/token",
    INSTANCE: "/v2/resource_instances",
    TEAM: "/api/teams",
    TOKEN: "/api/token",
    CHECK: "/api/users/me",
    ACCESS_KEY: "/api/customer/accessKeys",
}

# What the module of access keys changes, after it has listed them. Errors call each of these calls ACCESS_KEY.
CREATION, DISABLING, DELETION = "creation", "disabling", "deletion"
CHANGES = {
    CREATION: ("POST", STEPS[ACCESS_KEY]),
    DISABLING: ("POST", f"{STEPS[ACCESS_KEY]}/{ENABLED_ACCESS_KEY}/disable"),
    DELETION: ("DELETE", f"{STEPS[ACCESS_KEY]}/{DISABLED_ACCESS_KEY}"),
}
# What may have had its effect is not done twice.
ONCE = (CREATION, DELETION)

RESOURCE_KEYS = f"/v2/resource_instances/{METRICS}/resource_keys"
# The steps of what is retrieved, and how an access key is read that IAM is refused.
TO_TOKEN, TO_ACCESS_KEY = list(STEPS)[:-1], [IAM_LOGIN, INSTANCE, TEAM, ACCESS_KEY]
OTHER_WAYS = [STEPS[TOKEN], STEPS[CHECK], STEPS[ACCESS_KEY], RESOURCE_KEYS]
# Options that are given; a lookup has them from variables, and calls them so.
GIVEN = (
    *("api_key", "instance_name", "team_name", "check_token", "timeout", "retries"),
    *("ca_path", "url", "iam_url", "resource_controller_url"),
)


def steps_to(step: str) -> list[str]:
    """The steps of a retrieval; only where its own step is concerned is an access key read."""
    if step in CHANGES:
        return [IAM_LOGIN, INSTANCE, ACCESS_KEY, step]
    return TO_ACCESS_KEY if step == ACCESS_KEY else TO_TOKEN


def path_of(step: str) -> str:
    """The path of a step's call."""
    return CHANGES[step][1] if step in CHANGES else STEPS[step]


def shown_path_of(step: str) -> str:
    """That path without what is a secret in it."""
    return path_of(step).replace(ENABLED_ACCESS_KEY, MASK).replace(DISABLED_ACCESS_KEY, MASK)


def named(step: str) -> str:
    """What errors call a step."""
    return ACCESS_KEY if step in CHANGES else step


def in_change(step: str, error: SysdigError | None) -> SysdigError | None:
    """The error of a call, with what it means for what was to be changed."""
    if error is None:
        return None
    if step == CREATION and (isinstance(error, TransportError) or error.facts.get("status", 0) >= 500):
        return access_keys.perhaps_created(error)
    return access_keys.incomplete_deletion(error, DISABLED_ACCESS_KEY) if step == DELETION else error


# What an answer lacks that is none of the service's own.
LACKING = {
    IAM_LOGIN: "without an access_token",
    INSTANCE: "without a list of resources",
    TEAM: "without a list of teams",
    TOKEN: "without a usable token.key",
    CHECK: "without a user",
    ACCESS_KEY: "without a list of access keys",
    CREATION: "without a usable accessKey",
    DISABLING: "without a usable accessKey",
    DELETION: "the access key is still there",
}

# Faults below HTTP: what becomes of connections to the step.
CONNECTIONS = ("refused", "expired", "another_name")
# Stands for the host that a redirect points to.
ELSEWHERE = "https://elsewhere.invalid/"

Expected = Callable[[str, str], SysdigError | None]  # step, URL: the error, None if the retrieval goes on


class Row(NamedTuple):
    """A fault, and what comes of it when it stays.

    Attributes:
        fault: its kind and parameters, as the simulator takes them, or one of CONNECTIONS.
        expected: the error.
        calls: how often the step is called.
        passes: whether it may also strike just once, and is survived then.
        refuses: whether it refuses the credential, so that an access key is read in another way.
        explaining: further calls of a step, to find out what the answer means.
    """

    name: str
    fault: dict[str, Any]
    expected: Expected
    calls: int = 1
    passes: bool = False
    refuses: bool = False
    explaining: Mapping[str, int] = {}


def _refused(status: int) -> Expected:
    return lambda step, url: errors.refused(named(step), url, status, None, "injected fault")


def _unreachable(reason: str) -> Expected:
    return lambda step, url: network.unreachable(named(step), url, reason, 1 if step in ONCE else ATTEMPTS, None, ())


def _retry_too_late(seconds: float) -> Expected:
    return lambda step, url: network.retry_too_late(named(step), url, 429, seconds, DEADLINE)


def _unusable(why: str) -> Expected:
    return lambda step, url: network.unusable_response(named(step), url, 200, why)


def _untrusted(reason: str) -> Expected:
    return lambda step, url: network.untrusted(named(step), url, reason)


def _lacking(step: str, url: str) -> SysdigError:
    return network.unusable_response(named(step), url, 200, LACKING[step])


def _nothing_in_lists(step: str, url: str) -> SysdigError | None:
    """Lists and objects are as they should be, but nothing is in them."""
    in_lists = {
        INSTANCE: errors.unknown_instance(INSTANCE_NAME, []),
        TEAM: errors.unknown_team("team_name", TEAM_NAME, {}),
        CHECK: network.unusable_response(named(step), url, 200, "without the team of the token"),
        ACCESS_KEY: network.unusable_response(named(step), url, 200, "without a usable accessKey"),
    }
    return in_lists.get(step) or _lacking(step, url)


def _echoed(step: str, url: str) -> SysdigError:
    form = f"grant_type={quote_plus(API_KEY_GRANT)}&apikey={MASK}..."  # what is long is cut, also within a secret
    repeated = {IAM_LOGIN: form, CHECK: f"Bearer {MASK}"}.get(step, f"Bearer {MASK}...")
    return errors.refused(named(step), url, 400, None, f"not understood: {repeated}")


def _redirected(step: str, url: str) -> SysdigError:
    return network.redirected(named(step), url, 302, ELSEWHERE)


def _deadline_exceeded(reason: str) -> Expected:
    return lambda step, url: network.deadline_exceeded(named(step), url, DEADLINE, reason)


def survived(step: str, url: str) -> None:
    """No error."""


def _status(number: int, **parameters: Any) -> dict[str, Any]:
    return {"kind": "status", "status": number, **parameters}


def _body(text: str) -> dict[str, Any]:
    return _status(200, body=text)


def _passing(name: str, fault: dict[str, Any], expected: Expected) -> Row:
    return Row(name, fault, expected, ATTEMPTS, passes=True)


def _without_values(name: str, value: Any) -> Row:
    return Row(name, {"kind": "values", "value": value}, _nothing_in_lists, explaining={INSTANCE: 1})


YEARS = 3 * 365 * 86400
BROKEN_OFF, TIMED_OUT = _unreachable("the connection broke off"), _unreachable("timed out")
ANOTHER_NAME = "IP address mismatch, certificate is not valid for '127.0.0.1'"

ROWS = (
    _passing("429", _status(429), _refused(429)),
    _passing("429, `Retry-After`: 1 second", _status(429, retry_after=1), _refused(429)),
    _passing("429, `Retry-After`: a date, in 2 seconds", _status(429, retry_after_date=2), _refused(429)),
    _passing("429, invalid `Retry-After`", _status(429, retry_after="soon"), _refused(429)),
    Row("429, `Retry-After`: 1 hour", _status(429, retry_after=3600), _retry_too_late(3600)),
    Row("429, `Retry-After`: a date, in years", _status(429, retry_after_date=YEARS), _retry_too_late(YEARS)),
    *(_passing(str(number), _status(number), _refused(number)) for number in (500, 502, 503, 504)),
    Row("401", _status(401), _refused(401), refuses=True),
    Row("400, repeating the secrets that were sent", {"kind": "echo"}, _echoed, refuses=True),
    Row("connection refused", {"kind": "refused"}, _unreachable("Connection refused"), calls=0),
    _passing("connection reset", {"kind": "reset"}, BROKEN_OFF),
    _passing("connection closed before an answer", {"kind": "close"}, BROKEN_OFF),
    _passing("connection closed within the answer", {"kind": "truncated"}, BROKEN_OFF),
    _passing("no answer, connection open", {"kind": "hang"}, TIMED_OUT),
    _passing("half an answer, connection open", {"kind": "hang_in_body"}, TIMED_OUT),
    _passing("an answer in drips, longer than `timeout`", {"kind": "slow", "seconds": 0.2}, TIMED_OUT),
    Row("JSON that is cut off", _body('{"token": {"ke'), _unusable("not with JSON (application/json)")),
    Row("a login page instead of JSON", {"kind": "html"}, _unusable("not with JSON (text/html; charset=utf-8)")),
    Row("another JSON object", _body('{"items": []}'), _lacking),
    Row("a JSON list", _body("[]"), _lacking),
    Row("nothing", _body(""), _lacking),
    _without_values("JSON whose fields are all null", None),
    _without_values("JSON whose fields are all empty", ""),
    Row("the right JSON, called `text/html`", {"kind": "content_type"}, survived),
    Row("10 MB", {"kind": "huge", "size": 10_000_000}, _unusable("with more than 1000000 bytes")),
    Row("a redirect to another host", {"kind": "redirect", "url": ELSEWHERE}, _redirected),
    Row("an expired certificate", {"kind": "expired"}, _untrusted("certificate has expired"), calls=0),
    Row("a certificate for another name", {"kind": "another_name"}, _untrusted(ANOTHER_NAME), calls=0),
)


class Combination(NamedTuple):
    """Faults at several steps, and what comes of them.

    Attributes:
        faults: by step.
        step: the one that fails.
        calls: how often each step is called, in their order.
    """

    name: str
    faults: dict[str, dict[str, Any]]
    step: str
    expected: Expected
    calls: tuple[int, ...]


def _at_every_step(**fault: Any) -> dict[str, dict[str, Any]]:
    return dict.fromkeys(STEPS, fault)


COMBINATIONS = (
    Combination(
        f"drips from IAM once, then 503 from {TOKEN.lower()} on",
        {IAM_LOGIN: {"kind": "slow", "seconds": 0.2, "times": 1}, TOKEN: _status(503)},
        TOKEN,
        _refused(503),
        (2, 1, 1, 2),
    ),
    Combination(
        "every step without an answer once",
        _at_every_step(kind="hang", times=1),
        TEAM,
        _deadline_exceeded("timed out"),
        (2, 2, 1),
    ),
    Combination(
        f"every answer after {0.8 * TIMEOUT:g} seconds",
        _at_every_step(kind="delay", seconds=0.8 * TIMEOUT),
        TOKEN,
        _deadline_exceeded("timed out"),
        (1, 1, 1, 1),
    ),
    Combination(
        "429 at every step once, with `Retry-After`: 5 seconds",
        _at_every_step(**_status(429, retry_after=5, times=1)),
        TEAM,
        _retry_too_late(5),
        (2, 2, 1),
    ),
    Combination(
        "two steps without an answer once, then none about the access key",
        {
            IAM_LOGIN: {"kind": "hang", "times": 1},
            INSTANCE: {"kind": "hang", "times": 1},
            ACCESS_KEY: {"kind": "hang"},
        },
        ACCESS_KEY,
        _deadline_exceeded("timed out"),
        (2, 2, 1, 0, 0, 1),
    ),
)
