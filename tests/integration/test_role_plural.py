# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two of everything on one host: each way to call the role, each type, two instances, teams or products.

A host for each way and pair has a file or two of each type, so that one playbook run is a whole table.
"""

from __future__ import annotations

import os
import shutil

import pytest
import yaml
from ansible_playbook import HOSTS_PYTHON
from role_plays import DATA, ROLE, WRITE
from simulator.ids import (
    ENABLED_ACCESS_KEY,
    EUROPE,
    KEYS_AUDIT_TEAM,
    KEYS_OWNER_KEY,
    KEYS_SECURE,
    KEYS_SECURE_ANY,
    KEYS_SECURE_AUDIT,
    METRICS,
    OWNER_API_KEY,
    PROTECTION,
    PROTECTION_ACCESS_KEY,
    SRE_TEAM,
)

EUROPE_ACCESS_KEY = "00000000-feed-4000-8000-000000000031"
RECEIVER = "https://receiver.example.com/write"
REMOTE_WRITE = "https://ingest.prws.{}.monitoring.cloud.ibm.com/prometheus/remote/write"
COLLECTOR = "ingest.{}.{}.cloud.ibm.com"
MONITORING, PROTECTING = "monitoring", "security-compliance-secure"

US = {"instance_id": METRICS, "region": "us-south"}
DE = {"instance_id": EUROPE, "region": "eu-de"}
SRE = {**US, "team_id": SRE_TEAM}
SECURE = {"instance_id": PROTECTION, "region": "us-south", "product": "secure"}
# Access keys of a team exist in this instance only.
KEYS = {"instance_id": KEYS_SECURE, "region": "eu-de", "product": "secure", "api_key": KEYS_OWNER_KEY}
AUDIT = {**KEYS, "team_id": KEYS_AUDIT_TEAM}

# What two entries retrieve, and what differs for agents.
PAIRS = {
    "instances": {"one": US, "two": DE},
    "teams": {"one": US, "two": SRE},
    "products": {"one": US, "two": SECURE},
}
AGENTS = {("teams", "one"): KEYS, ("teams", "two"): AUDIT}


def agent_of(pair, name):
    return AGENTS.get((pair, name), PAIRS[pair][name])


def entries(pair, name):
    """The entries of all types under one name, without what they retrieve."""
    address = RECEIVER if PAIRS[pair][name] == SECURE else None
    own = {
        "prometheus": {"path": "prometheus.yml", "validate": "", "remote_write": {"url": address}},
        "otel": {"path": "otel/config.yaml", "pipelines": ["metrics"], "exporter": {"endpoint": address}},
        "grafana": {"path": f"{name}.yaml"},
        "env_file": {"path": f"{name}.env", "variables": {"TOKEN": {"from": "token"}, "REGION": {"from": "region"}}},
        "agent": {"path": f"{name}-dragent.yaml", "create": True, **AGENTS.get((pair, name), {})},
    }
    if not address:
        del own["prometheus"]["remote_write"], own["otel"]["exporter"]
    for kind in ("prometheus", "otel", "grafana"):
        own[kind]["name"] = name
    state = f"{{{{ 'absent' if one_goes | default(false) and gone == '{name}' else 'present' }}}}"
    common = {"service": "", "group": str(os.getgid()), "state": state}
    return [{"type": kind, **common, **entry, "path": f"{{{{ etc }}}}/{entry['path']}"} for kind, entry in own.items()]


# --- The ways: plays, whose hosts have the variables `listed` and `options`, by `one` or `two` ------------------------


def call(name, how="import_role", **keywords):
    """A call of the role for ``name``, an expression."""
    variables = {
        f"sysdig_integrations_{option}": f"{{{{ options[{name}].{option} | default(omit) }}}}"
        for option in ("instance_id", "region", "product", "team_id")
    }
    role = {"name": ROLE, "rolespec_validate": False}  # only for speed
    variables["sysdig_integrations_list"] = f"{{{{ listed[{name}] }}}}"
    return {f"ansible.builtin.{how}": role, "vars": variables, **keywords}


CALLS = [call("'one'"), call("'two'")]
# The tasks of one or more plays.
WAYS = {
    "one-list": [[call("'both'")]],
    "two-calls": [[CALLS[0], call("'two'", how="include_role")]],
    "two-plays": [[CALLS[0]], [CALLS[1]]],
    "loop": [[call("target", how="include_role", loop=["one", "two"], loop_control={"loop_var": "target"})]],
    "delegated": [[{"block": CALLS, "delegate_to": "another"}]],
}
# Which of the two is taken away in the end. The other one is then as if it had always been alone.
GONE = {"one-list": "two", "two-calls": "one", "two-plays": "two", "loop": "one", "delegated": "two"}
ALONE = {"alone-one": [[CALLS[0]]], "alone-two": [[CALLS[1]]]}


def host_of(way, pair):
    listed = {name: entries(pair, name) for name in PAIRS[pair]}
    listed["both"] = [{**PAIRS[pair][name], **entry} for name in PAIRS[pair] for entry in listed[name]]
    return {"listed": listed, "options": {"both": {}, **PAIRS[pair]}, "gone": GONE.get(way)}


CELLS = {f"{way}-{pair}": (way, pair) for way in WAYS for pair in PAIRS}
HOSTS = {**CELLS, **{f"{way}-{pair}": (way, pair) for way in ALONE for pair in PAIRS}}
PLAYS = [
    {"hosts": ",".join(f"{way}-{pair}" for pair in PAIRS), "gather_facts": False, "tasks": tasks}
    for way, all_tasks in {**WAYS, **ALONE}.items()
    for tasks in all_tasks
]


# --- What is found on a host ------------------------------------------------------------------------------------------


def found(directory, name):
    """The secret and the address that each program reads, under one name."""
    prometheus = yaml.safe_load((directory / "prometheus.yml").read_text())
    (element,) = [each for each in prometheus["remote_write"] if each.get("name") == name]
    collector = yaml.safe_load((directory / "otel" / "config.yaml").read_text())
    exporter = collector["exporters"][f"prometheusremotewrite/{name}"]
    extension = exporter["auth"]["authenticator"]
    assert extension in collector["service"]["extensions"]
    assert f"prometheusremotewrite/{name}" in collector["service"]["pipelines"]["metrics"]["exporters"]
    (source,) = yaml.safe_load((directory / f"{name}.yaml").read_text())["datasources"]
    variables = dict(line.split("=") for line in (directory / f"{name}.env").read_text().splitlines()[1:])
    agent = yaml.safe_load((directory / f"{name}-dragent.yaml").read_text())
    return {
        "prometheus": (read(element["authorization"]["credentials_file"]), element["url"]),
        "otel": (read(collector["extensions"][extension]["filename"]), exporter["endpoint"]),
        "grafana": (source["secureJsonData"]["httpHeaderValue1"].removeprefix("Bearer "), source["name"]),
        "env_file": (variables["TOKEN"], variables["REGION"]),
        "agent": (agent["customerid"], agent["collector"]),
    }


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


ACCESS_KEYS = {
    (METRICS, None): ENABLED_ACCESS_KEY,
    (EUROPE, None): EUROPE_ACCESS_KEY,
    (PROTECTION, None): PROTECTION_ACCESS_KEY,
    (KEYS_SECURE, None): KEYS_SECURE_ANY,
    (KEYS_SECURE, KEYS_AUDIT_TEAM): KEYS_SECURE_AUDIT,
}


def expected(simulator, pair, name):
    options, agent = PAIRS[pair][name], agent_of(pair, name)
    token = simulator.token(options["instance_id"], options.get("team_id"))
    address = RECEIVER if "product" in options else REMOTE_WRITE.format(options["region"])
    return {
        "prometheus": (token, address),
        "otel": (token, address),
        "grafana": (token, name),
        "env_file": (token, options["region"]),
        "agent": (
            ACCESS_KEYS[agent["instance_id"], agent.get("team_id")],
            COLLECTOR.format(agent["region"], PROTECTING if "product" in agent else MONITORING),
        ),
    }


def texts(directory):
    """All files by path, as if every host had the same directory."""
    paths = [path for path in directory.rglob("*") if path.is_file()]
    return {str(path.relative_to(directory)): path.read_text().replace(str(directory), "/etc") for path in paths}


@pytest.fixture
def etc(playbook, tmp_path, at_simulator):
    """What all hosts have below /etc, by host."""
    files = {"prometheus.yml": "prometheus.yml", "otel.yaml": "otel/config.yaml"}
    for host in HOSTS:
        for source, path in files.items():
            (tmp_path / "etc" / host / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(DATA / source, tmp_path / "etc" / host / path)
    local = {"ansible_connection": "local", "ansible_python_interpreter": HOSTS_PYTHON}
    variables = {f"sysdig_token_{name}": value for name, value in at_simulator.items()}
    variables |= {"sysdig_integrations_api_key": OWNER_API_KEY, "etc": f"{tmp_path}/etc/{{{{ inventory_hostname }}}}"}
    hosts = {host: host_of(*HOSTS[host]) for host in HOSTS}
    playbook.write("inventory.yml", {"all": {"hosts": {**hosts, "another": {}}, "vars": {**local, **variables}}})
    playbook.environment["ANSIBLE_PIPELINING"] = "1"  # only for speed
    playbook.secret_files |= {f"etc/*/*{end}" for end in ("-token", ".yaml", ".env")}
    return tmp_path / "etc"


def writes(run):
    return [result for result in run.results if result.task.endswith(WRITE)]


def test_two_of_everything_are_right_stay_as_they_are_and_go_one_by_one(playbook, simulator, etc):
    first = playbook.run_plays(PLAYS).succeeded()

    wrong = [
        (host, name, kind)
        for host, (_way, pair) in CELLS.items()
        for name in PAIRS[pair]
        for kind, value in expected(simulator, pair, name).items()
        if found(etc / host, name)[kind] != value
    ]
    assert not wrong
    assert "WARNING" not in first.output
    assert len(simulator.requests("iam")) == len({OWNER_API_KEY, KEYS_OWNER_KEY})

    second = playbook.run_plays(PLAYS, "--limit", "!alone-*").succeeded()
    assert [result.host for result in writes(second) if result.result["changed"]] == []

    playbook.run_plays(PLAYS, "--limit", "!alone-*", "--extra-vars", "one_goes=true").succeeded()
    for host, (way, pair) in CELLS.items():
        other = {"one": "two", "two": "one"}[GONE[way]]
        assert texts(etc / host) == texts(etc / f"alone-{other}-{pair}"), host


# --- What is impossible by design -------------------------------------------------------------------------------------

# By type: an entry without a name, what two of them both write, and the option that parts them.
NAMELESS = {
    "prometheus": ({"path": "prometheus.yml", "remote_write": {"url": RECEIVER}}, "sysdig-token", "name"),
    "otel": ({"path": "otel.yaml", "exporter": {"endpoint": RECEIVER}}, "sysdig-token", "name"),
    "grafana": ({"path": "sysdig.yaml"}, "sysdig.yaml", "path"),
    "env_file": ({"path": "env"}, "env", "path"),
    "agent": ({"path": "dragent.yaml"}, "dragent.yaml", "path"),
}
DIFFERENCES = {
    "instances": f"instance {METRICS} in the first, {EUROPE} in the second",
    "teams": f"team not named in the first, {SRE_TEAM} in the second",
    "products": f"instance {METRICS} in the first, {PROTECTION} in the second,"
    " product monitor in the first, secure in the second",
}
WITHOUT_ADDRESS = {"prometheus": "remote_write.url", "otel": "exporter.endpoint"}


def impossible(etc, url):
    """By type and pair: two entries, and what is said of them."""
    for pair, (one, two) in ((pair, options.values()) for pair, options in PAIRS.items()):
        for kind, (own, path, option) in NAMELESS.items():
            entry = {"type": kind, **own, "path": f"{etc}/{own['path']}", "service": ""}
            both = f"Entry 1 ({kind}) and Entry 2 ({kind}) both write {etc}/{path}, but not the same"
            said = f"{both}: {DIFFERENCES[pair]}. Give one of them another {option}."
            yield (kind, pair), [{**entry, **one}, {**entry, **two}], said
    for kind, option in WITHOUT_ADDRESS.items():
        entry = {"type": kind, "path": f"{etc}/{NAMELESS[kind][0]['path']}", "service": ""}
        said = f"Entry 2 ({kind}): product secure at {url} has no known remote_write endpoint. Give {option}."
        yield (kind, "without address"), [{**entry, **US}, {**entry, **SECURE, "name": "two"}], said


def test_what_nothing_tells_apart_is_refused_with_what_to_change(playbook, simulator, at_simulator, tmp_path):
    cells = list(impossible(tmp_path / "etc", simulator.url))
    variables = {f"sysdig_token_{name}": value for name, value in at_simulator.items()}
    variables |= {"sysdig_integrations_api_key": OWNER_API_KEY, "options": {"both": {}}}
    tasks = [
        {
            "block": [call("'both'")],
            "vars": {"listed": {"both": entries}},
            "rescue": [{"ansible.builtin.meta": "noop"}],
        }
        for _cell, entries, _said in cells
    ]

    run = playbook.run(tasks, vars=variables).succeeded()

    messages = {cell: result.message for (cell, *_others), result in zip(cells, writes(run), strict=True)}
    assert messages == {cell: f"{said} Nothing was changed on this host." for cell, _entries, said in cells}
    assert not (tmp_path / "etc").exists()
