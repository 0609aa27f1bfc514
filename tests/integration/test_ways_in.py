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
NAMES = ("Authorization", "Content-Type", "Metadata-Flavor", "IBMInstanceID", "SysdigProduct", "SysdigTeamID", "TeamID")
SHOWN = {name.lower(): name for name in NAMES}


@pytest.fixture
def at_simulator(simulator):
    """The options that say where the simulator is."""
    urls = dict.fromkeys(("url", "iam_url", "resource_controller_url"), simulator.url)
    return {**urls, "ca_path": simulator.ca_file, "retries": 0}


# Requests that nobody serves part the record of requests into ways.
MARK = "{{ lookup('ansible.builtin.url', http_url ~ '/next-way', errors='ignore') }}"


def module_tasks(name, options):
    """Tasks that retrieve with the module, and show its result to the callback."""
    shown = {"way": "{{ sysdig if sysdig is success else {} }}", "mark": MARK}
    retrieve = {"name": name, NAME: options, "register": "sysdig", "ignore_errors": True}
    return [retrieve, {"name": name, "ansible.builtin.set_fact": shown}]


def lookup_tasks(name, options):
    """The lookup with the same words; without its cache, which would spare requests."""
    call = f"{{{{ lookup('{NAME}', details=true, cache=false, **options) }}}}"
    task = {"name": name, "ansible.builtin.set_fact": {"mark": MARK, "way": call}, "vars": {"options": options}}
    return [{**task, "ignore_errors": True}]


def outcomes(playbook, simulator, ways, tasks_of):
    """By name of the way: its result or nothing, its error or nothing, and its requests, out of one run."""
    tasks = [task for name, options in ways.items() for task in tasks_of(name, options)]
    run = playbook.run(tasks, vars={"http_url": simulator.http_url}).succeeded()
    assert "Traceback" not in run.output
    requests = [[]]
    for record in simulator.requests():
        if record["path"] == "/next-way":
            requests.append([])
        else:
            requests[-1].append(sent(record))
    # The lookup's mark comes before its requests, the module's after them.
    requests.remove([]) if tasks_of is lookup_tasks else requests.pop()
    found = {}
    for name, of_way in zip(ways, requests, strict=True):
        results = [result for result in run.results if result.task == name]
        facts = [result.result["ansible_facts"]["way"] for result in results if "ansible_facts" in result.result]
        errors = [result.message for result in results if result.status == "failed"]
        found[name] = (facts or [None])[0], (errors or [""])[0], of_way
    return found


def sent(record):
    """A recorded request in the form of the table."""
    headers = {SHOWN[name.lower()]: value for name, value in record["headers"] if name.lower() in SHOWN}
    if "Authorization" in headers:
        headers["Authorization"] = re.sub(r"^Bearer \S+\.\S+\.\S+$", "Bearer JWT", headers["Authorization"])
    call = f"{record['method']} {record['path']}" + (f"?{record['query']}" if record["query"] else "")
    is_form = headers.get("Content-Type") == "application/x-www-form-urlencoded"
    body = dict(parse_qsl(record["body"])) if is_form else json.loads(record["body"] or "null")
    has_body = "Content-Type" in headers
    return {"call": call, **headers, **({"body": body} if has_body else {})}


@pytest.mark.parametrize("tasks_of", [module_tasks, lookup_tasks])
def test_every_way_in_sends_and_returns_what_the_table_says(playbook, simulator, at_simulator, tmp_path, tasks_of):
    ways = Ways(simulator, tmp_path).all()
    playbook.environment["ANSIBLE_PIPELINING"] = "1"  # only for speed

    found = outcomes(playbook, simulator, {name: {**at_simulator, **ways[name].options} for name in ways}, tasks_of)

    wrong = []
    for name, way in ways.items():
        result, error, requests = found[name]
        result = {key: value for key, value in (result or {}).items() if key not in ("changed", "failed")}
        if requests != way.requests:
            wrong.append(f"{name}: sent {requests}, expected {way.requests}")
        if (result or None) != way.result:
            wrong.append(f"{name}: returned {result} and said {error!r}, expected {way.result}")
        if not all(phrase in error for phrase in way.error) or bool(error) != bool(way.error):
            wrong.append(f"{name}: said {error!r}, expected {way.error}")
    assert not wrong, "\n".join(wrong)
