# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A record of requests is replayed: in its order, with made-up values of the recorded types."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import simulator.client
from simulator.client import _wait_until_ready
from simulator.ids import METRICS_CRN

PACKAGE = Path(simulator.client.__file__).parent


def recorded(path, body, status=200, headers=()):
    described = {"method": "GET", "host": "<0a1b2c3d>", "path": path, "query": [], "status": status}
    return {**described, "headers": list(headers), **({"body": body} if body is not None else {})}


def record(*described):
    return {"format": 1, "requests": list(described)}


def test_responses_come_in_the_order_of_the_record_and_the_last_one_stays(call, simulator):
    simulator.replay(record(recorded("/api/teams", None, 503), recorded("/api/teams", {"teams": []})))

    answers = [call("GET", "/api/teams") for _attempt in range(3)]

    assert [(answer.status_code, answer.text) for answer in answers] == [
        (503, ""),
        (200, '{"teams": []}'),
        (200, '{"teams": []}'),
    ]


def test_a_hash_stands_for_any_id(call, simulator):
    simulator.replay(record(recorded("/api/teams/<0a1b2c3d>", {"team": {"id": "integer", "crn": "string"}})))

    assert call("GET", "/api/teams/7").json() == {"team": {"id": 101, "crn": METRICS_CRN}}
    assert call("GET", "/api/teams").status_code == 404
    assert call("POST", "/api/teams/7").status_code == 404


def test_what_the_record_does_not_say_is_made_up_by_type_and_name(call, simulator):
    kinds = {"crn": "null", "exp": "string", "region_id": "integer", "x": ["number", "boolean"]}
    simulator.replay(record(recorded("/v2/x", kinds, headers=["X-Id", "content-length", "Retry-After"])))

    answer = call("GET", "/v2/x")

    assert answer.json() == {"crn": None, "exp": "replayed", "region_id": 101, "x": [1.5, True]}
    assert answer.headers["X-Id"] == "replayed"
    assert "Retry-After" not in answer.headers


def test_a_page_stays_a_page(call, simulator):
    simulator.replay(record(recorded("/api/teams", "no JSON")))

    assert (call("GET", "/api/teams").text, call("GET", "/api/teams").headers["Content-Type"]) == (
        "replayed",
        "text/plain",
    )


def test_a_reset_ends_it_and_another_format_is_refused(call, simulator):
    simulator.replay(record())
    assert call("GET", "/api/users/me").status_code == 404
    simulator.reset()
    assert call("GET", "/api/users/me").status_code == 401
    with pytest.raises(ValueError, match="format 1"):
        simulator.replay({"format": 2, "requests": []})


def test_the_process_replays_a_file(tmp_path):
    (tmp_path / "record.json").write_text(json.dumps(record(recorded("/api/teams", {"teams": []}))))
    ready = tmp_path / "ready.json"
    command = [sys.executable, str(PACKAGE), "--replay", tmp_path / "record.json", "--ready-file", ready]
    process = subprocess.Popen([*command, "--stop-with-parent"])
    try:
        http_url = _wait_until_ready(process, ready)["http_url"]
        assert requests.get(f"{http_url}/api/teams", timeout=5).json() == {"teams": []}
    finally:
        process.terminate()
        process.wait(timeout=5)
