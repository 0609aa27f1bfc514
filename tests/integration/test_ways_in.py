# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way in of ways.py, through the module and through the lookup of a real playbook."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl

import pytest
from ways import Ways

NAME = "ibmcloud.sysdig.sysdig_token"
# Headers that say who asks, for whom, and in which form.
NAMES = ("Authorization", "Content-Type", "IBMInstanceID", "SysdigProduct", "SysdigTeamID", "TeamID")
SHOWN = {name.lower(): name for name in NAMES}
RESULT = ("token", "product", "region", "instance_id", "team_id", "team_name", "url", "endpoints")


# Requests that nobody serves part the record of requests into ways. The condition is always true.
MARK = "lookup('ansible.builtin.url', http_url ~ '/next-way', errors='ignore') is defined"
MODULE = {NAME: {}, "args": "{{ ways[way] }}"}
# Without its cache, which would spare requests.
LOOKUP = {"ansible.builtin.set_fact": {"result": f"{{{{ lookup('{NAME}', details=true, cache=false, **ways[way]) }}}}"}}


def outcomes(playbook, simulator, ways, action):
    """By name of the way: its result or nothing, its error or nothing, and its requests, out of one run."""
    # No loop: up to ansible-core 2.18, an item whose lookup fails ends it.
    common = {**action, "when": MARK, "ignore_errors": True}
    tasks = [
        {"name": f"Retrieve: {way}", **common, "vars": {"way": way}, "register": f"done_{number}"}
        for number, way in enumerate(ways)
    ]
    done = [f"done_{number}" for number in range(len(ways))]
    tasks.append({"name": "Show", "ansible.builtin.set_fact": {"results": f"{{{{ [{', '.join(done)}] }}}}"}})
    variables = {"ways": ways, "http_url": simulator.http_url}
    run = playbook.run(tasks, vars=variables).succeeded()
    assert "Traceback" not in run.output
    requests = []
    for record in simulator.requests():
        if record["path"] == "/next-way":
            requests.append([])
        else:
            requests[-1].append(sent(record))
    results = run.task("Show").result["ansible_facts"]["results"]
    found = {}
    for way, result, of_way in zip(ways, results, requests, strict=True):
        returned = result.get("ansible_facts", {}).get("result", result)
        wanted = None if result["failed"] else {name: returned[name] for name in RESULT}
        found[way] = wanted, result["msg"] if result["failed"] else "", of_way
    return found


def sent(record):
    """A recorded request in the form of the table."""
    headers = {SHOWN[name.lower()]: value for name, value in record["headers"] if name.lower() in SHOWN}
    if "Authorization" in headers:
        headers["Authorization"] = re.sub(r"^Bearer \S+\.\S+\.\S+$", "Bearer JWT", headers["Authorization"])
    call = f"{record['method']} {record['path']}" + (f"?{record['query']}" if record["query"] else "")
    is_form = headers.get("Content-Type") == "application/x-www-form-urlencoded"
    body = dict(parse_qsl(record["body"])) if is_form else json.loads(record["body"] or "null")
    if is_form and "access_token" in body:
        body["access_token"] = re.sub(r"^\S+\.\S+\.\S+$", "JWT", body["access_token"])
    has_body = "Content-Type" in headers
    return {"call": call, **headers, **({"body": body} if has_body else {})}


@pytest.mark.parametrize("action", [MODULE, LOOKUP], ids=["module", "lookup"])
def test_every_way_in_sends_and_returns_what_the_table_says(playbook, simulator, at_simulator, tmp_path, action):
    ways = Ways(simulator, tmp_path).all()
    playbook.environment["ANSIBLE_PIPELINING"] = "1"  # only for speed

    found = outcomes(playbook, simulator, {name: {**at_simulator, **ways[name].options} for name in ways}, action)

    assert found.keys() == ways.keys()
    wrong = []
    for name, way in ways.items():
        result, error, requests = found[name]
        if requests != way.requests:
            wrong.append(f"{name}: sent {requests}, expected {way.requests}")
        if result != way.result:
            wrong.append(f"{name}: returned {result} and said {error!r}, expected {way.result}")
        if not all(phrase in error for phrase in way.error) or bool(error) != bool(way.error):
            wrong.append(f"{name}: said {error!r}, expected {way.error}")
    assert not wrong, "\n".join(wrong)
