# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated remote write: what it takes, and whose token wrote it."""

from __future__ import annotations

import pytest
from simulator.ids import METRICS, PROTECTION
from simulator.simulator import fingerprint

PATH = "/prometheus/remote/write"
WRITE = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"}


def test_write_is_recorded_with_its_token(call, simulator, api_headers):
    answer = call("POST", PATH, headers={**api_headers, **WRITE}, data=b"\x01\x00\xff")

    assert answer.status_code == 200
    (record,) = simulator.requests("remote_write")
    assert record["token_fingerprint"] == fingerprint(simulator.token(METRICS))
    assert (record["body_length"], record["body"], record["status"]) == (3, None, 200)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        pytest.param({"Content-Type": "application/json"}, b"x", 415, id="content type"),
        pytest.param({"Content-Encoding": None}, b"x", 415, id="not compressed"),
        pytest.param({}, b"", 400, id="empty"),
        pytest.param({"Authorization": "Bearer unknown"}, b"x", 401, id="unknown token"),
        pytest.param({"Authorization": None}, b"x", 401, id="no token"),
    ],
)
def test_wrong_write_is_refused(call, api_headers, headers, body, status):
    assert call("POST", PATH, headers={**api_headers, **WRITE, **headers}, data=body).status_code == status


def test_old_token_is_refused_after_reset(call, simulator, api_headers):
    simulator.reset_token(METRICS, 101)

    assert call("POST", PATH, headers={**api_headers, **WRITE}, data=b"x").status_code == 401


def test_only_monitor_ingests(call, simulator):
    headers = {"Authorization": f"Bearer {simulator.token(PROTECTION)}", **WRITE}

    assert call("POST", PATH, headers=headers, data=b"x").status_code == 404
    assert call("GET", PATH, headers=headers).status_code == 405
