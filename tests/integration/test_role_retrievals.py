# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role retrieves with: variables, levels, environment; how often; and who gets to see it."""

from __future__ import annotations

import base64

import pytest
from role_plays import DATA, GIVEN, TOKEN, WITHOUT_VALIDATION, WRITE, changed, play, retrieving, tree
from secrecy.scan import search
from simulator.ids import (
    AUDIT_TEAM,
    ENABLED_ACCESS_KEY,
    EUROPE,
    METRICS,
    ODD_NAME_TEAM,
    ONE_TEAM_KEY,
    OPERATIONS_TEAM,
    OWNER_API_KEY,
    PROTECTION,
    SRE_TEAM,
    UNKNOWN_KEY,
)

COUNTED = """\
from ansible.plugins.lookup import LookupBase

class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        with open(terms[1], "a") as file:
            file.write(variables["inventory_hostname"] + "\\n")
        return [terms[0]]
"""


@pytest.fixture
def addresses(at_simulator):
    """Where the simulator is, for entries that name instances of their own: on a level that names none."""
    return {f"sysdig_token_{name}": value for name, value in at_simulator.items()}


@pytest.fixture
def tokens(etc):
    """What the token files hold, by name."""
    return lambda: {path.name: path.read_text() for path in (etc / "tokens").iterdir()}


@pytest.fixture
def counted(playbook, tmp_path):
    """A lookup that returns an API key, as one of a vault does, and the hosts that it was evaluated for."""
    playbook.write("lookup_plugins/counted.py", COUNTED)
    log = tmp_path / "evaluated"

    def evaluated():
        lines = log.read_text().split() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    return f"{{{{ lookup('counted', '{OWNER_API_KEY}', '{log}') }}}}", evaluated


def test_no_callback_sees_a_secret(playbook, simulator, tmp_path, token_file):
    playbook.environment |= {
        "ANSIBLE_CALLBACKS_ENABLED": "task_results,task_fields",
        "TASK_FIELDS_FILE": str(tmp_path / "task_fields.txt"),
    }
    # Of the environment of a play, Ansible itself shows the values to callbacks, for its own tasks.
    playbook.secret_files |= {"task_fields.txt"}
    playbook.write("vault.yml", {"vault_key": OWNER_API_KEY})
    key = "{{ vault_key }}"
    variables = {**retrieving(simulator), "sysdig_integrations_api_key": key}
    own = {**token_file("own"), "api_key": key, "url": simulator.url, "timeout": 20}
    defaults = {"group/ibmcloud.sysdig.all": {"sysdig_api_token": key, "iam_token": key}}
    keywords = {"module_defaults": defaults, "environment": {"IBMCLOUD_API_KEY": key}}

    playbook.run_plays([play(variables, [token_file(), own], **keywords)], "-e", "@vault.yml", "-vvvvv").succeeded()

    lines = (tmp_path / "task_fields.txt").read_text().splitlines()
    ours = [line for line in lines if line.startswith("ibmcloud.sysdig.integrations ")]
    assert {line.split()[1].rstrip(":") for line in ours} == {"starts", "ended"}
    secrets = {**simulator.secrets, **playbook.secrets}
    assert not [leak for line in ours for leak in search("task fields", line.encode(), secrets)]


def test_the_host_gets_no_credential_from_the_environment_of_the_task(playbook, simulator, token_file, tokens):
    variables = {**retrieving(simulator), "sysdig_integrations_api_key": "", "sysdig_integrations_ca_path": ""}
    environment = {
        "IBMCLOUD_API_KEY": "{{ vault_key }}",
        "REQUESTS_CA_BUNDLE": simulator.ca_file,
        "SYSDIG_MONITOR_TEAM_ID": SRE_TEAM,
    }
    playbook.environment["SYSDIG_MONITOR_TEAM_ID"] = "999"
    playbook.write("vault.yml", {"vault_key": OWNER_API_KEY})

    keywords = {"environment": environment}
    run = playbook.run_plays([play(variables, [token_file()], **keywords)], "-e", "@vault.yml", "-vvv").succeeded()

    assert tokens() == {"token": simulator.token(METRICS, SRE_TEAM)}
    assert f"REQUESTS_CA_BUNDLE={simulator.ca_file}" in run.stdout
    assert "IBMCLOUD_API_KEY=" not in run.stdout


def test_a_credential_from_another_lookup_is_evaluated_once(playbook, simulator, counted, token_file):
    key, evaluated = counted
    variables = {**retrieving(simulator), "sysdig_integrations_api_key": key}
    entries = [token_file("a"), token_file("b", team_id=SRE_TEAM), token_file("c", timeout=20)]

    playbook.run_plays([play(variables, entries, **WITHOUT_VALIDATION)]).succeeded()
    assert evaluated() == ["localhost"]

    # Ansible's own check of the role's arguments evaluates every variable.
    playbook.run_plays([play(variables, entries)]).succeeded()
    assert evaluated() == ["localhost"] * 2


def test_a_credential_that_no_entry_needs_is_not_evaluated(playbook, simulator, counted, token_file):
    key, evaluated = counted
    variables = {**retrieving(simulator), "sysdig_integrations_api_key": key}
    absent = token_file("a", state="absent")
    own = token_file("b", api_key=OWNER_API_KEY)

    for entries in ([], [absent], [absent, own]):
        playbook.run_plays([play(variables, entries, **WITHOUT_VALIDATION)]).succeeded()
        known = {**variables, "sysdig_integrations_token": TOKEN}
        playbook.run_plays([play(known, entries, **WITHOUT_VALIDATION)]).succeeded()
    assert evaluated() == []


def test_each_level_supplies_what_no_higher_one_names(playbook, simulator, at_simulator, token_file, tokens):
    playbook.environment |= {"IBMCLOUD_API_KEY": UNKNOWN_KEY, "SYSDIG_IBM_MONITOR_INSTANCE_ID": EUROPE}
    playbook.secrets["an unknown key"] = UNKNOWN_KEY
    named = {"api_key": OWNER_API_KEY, "team_id": ODD_NAME_TEAM, "timeout": 20.0}
    defaults = {"group/ibmcloud.sysdig.all": {**at_simulator, **named}}
    variables = {
        "sysdig_token_team_name": "SRE",
        "sysdig_token_api_key": ONE_TEAM_KEY,
        "sysdig_token_instance_id": PROTECTION,
        "sysdig_integrations_instance_id": METRICS,
        "sysdig_integrations_region": "us-south",
    }
    entries = [
        token_file("defaults"),
        token_file("entry", team_name="SRE"),
        token_file("number", team_id=float(SRE_TEAM)),
        token_file("instance", instance_name="protection", team_id=AUDIT_TEAM),
        token_file("omitted", team_id="{{ omit }}", api_key="", instance_id=None),
    ]

    playbook.run_plays([play(variables, entries, module_defaults=defaults)]).succeeded()

    assert tokens() == {
        "defaults": simulator.token(METRICS, ODD_NAME_TEAM),
        "entry": simulator.token(METRICS, SRE_TEAM),
        "number": simulator.token(METRICS, SRE_TEAM),
        "instance": simulator.token(PROTECTION, AUDIT_TEAM),
        "omitted": simulator.token(METRICS, ODD_NAME_TEAM),
    }
    assert len(simulator.requests("iam")) == 1


def test_what_is_omitted_null_or_empty_is_not_given(playbook, simulator, token_file, tokens):
    nothing = {"team_id": "{{ omit }}", "team_name": "{{ nothing | default(omit) }}", "username": None, "timeout": ""}
    variables = {f"sysdig_integrations_{name}": value for name, value in nothing.items()}
    entry = token_file(owner="{{ omit }}", mode=None, **nothing)

    playbook.run_plays([play({**retrieving(simulator), **variables}, [entry])]).succeeded()

    assert tokens() == {"token": simulator.token(METRICS)}


def test_a_known_token_serves_only_entries_that_name_no_retrieval(playbook, simulator, addresses, token_file, tokens):
    variables = {**GIVEN, **addresses, "sysdig_token_api_key": OWNER_API_KEY, "sysdig_token_instance_id": METRICS}

    playbook.run_plays([play(variables, [token_file(), token_file("sre", team_id=SRE_TEAM)])]).succeeded()

    assert tokens() == {"token": TOKEN, "sre": simulator.token(METRICS, SRE_TEAM)}


def test_one_hundred_hosts_with_three_teams_make_four_calls(playbook, simulator, addresses, token_file, etc):
    names = [f"host{number:03}" for number in range(100)]
    playbook.hosts(*names)
    playbook.secret_files |= {"etc/tokens/*/*"}
    teams = (OPERATIONS_TEAM, SRE_TEAM, ODD_NAME_TEAM)
    entries = [token_file(f"{{{{ inventory_hostname }}}}/{team}", team_id=team) for team in teams]
    variables = {**addresses, "sysdig_integrations_api_key": OWNER_API_KEY, "sysdig_integrations_instance_id": METRICS}

    playbook.run_plays([play(variables, entries, **WITHOUT_VALIDATION)], "--forks", "20").succeeded()

    assert [len(simulator.requests(service)) for service in ("iam", "sysdig")] == [1, len(teams)]
    assert len(list((etc / "tokens").rglob("10?"))) == len(teams) * len(names)


def test_the_role_and_the_lookup_share_what_they_retrieve(playbook, simulator, token_file):
    variables = {name.replace("sysdig_integrations_", "sysdig_token_"): v for name, v in retrieving(simulator).items()}
    fact = {"ansible.builtin.set_fact": {"looked_up": "{{ lookup('ibmcloud.sysdig.sysdig_token') }}"}}

    playbook.run_plays([play(variables, [token_file()], pre_tasks=[fact])]).succeeded()

    assert len(simulator.requests()) == 2


def test_a_variable_called_sysdig_is_the_users_own(playbook, etc):
    """A registered result of the module, for instance, as the README has it."""
    playbook.write("templates/mine.j2", "{{ sysdig.region }} {{ theirs }}")
    entries = [
        {"type": "env_file", "path": f"{etc}/env", "variables": {"A": "{{ sysdig.region }}", "B": {"from": "region"}}},
        {"type": "template", "path": f"{etc}/mine", "src": "mine.j2"},
    ]
    variables = {**GIVEN, "sysdig": {"region": "mine", "token": "not-this"}, "theirs": "{{ inventory_hostname }}"}
    shown = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ sysdig.region }}"}}

    run = playbook.run_plays([play(variables, entries, pre_tasks=[shown], post_tasks=[shown])]).succeeded()

    assert [result.result["msg"] for result in run.results if result.task == "Show"] == ["mine"] * 2
    assert (etc / "env").read_text().splitlines()[1:] == ["A=mine", "B=us-south"]
    assert (etc / "mine").read_text() == "us-south localhost"


def test_the_access_key_is_retrieved_if_a_template_names_it(playbook, simulator, etc):
    playbook.write(
        "templates/with.j2", "{% if sysdig.access_key is defined %}{{ sysdig.access_key | b64encode }}{% endif %}"
    )
    playbook.write("templates/without.j2", "{{ sysdig.url }}")
    playbook.secret_files |= {"etc/with"}
    with_key, without = (
        {"type": "template", "path": f"{etc}/{name}", "src": f"{name}.j2"} for name in ("with", "without")
    )
    keys = "/api/customer/accessKeys"

    playbook.run_plays([play(retrieving(simulator), [without])]).succeeded()
    assert keys not in [request["path"] for request in simulator.requests()]

    playbook.run_plays([play(retrieving(simulator), [without, with_key])]).succeeded()
    assert [request["path"] for request in simulator.requests()].count(keys) == 1
    assert base64.b64decode((etc / "with").read_text()).decode() == ENABLED_ACCESS_KEY

    simulator.fault("status", path=keys, status=403, times=None)
    simulator.fault("status", path="/v2/resource_instances", status=403, times=None)  # has access keys as well
    before = tree(etc)
    failed = playbook.run_plays([play(retrieving(simulator), [with_key])]).task(WRITE)
    assert failed.message.startswith("Entry 1 (template): Access key retrieval failed: ")
    assert f" {etc}/with stays as it was written at " in failed.message
    assert failed.result["step"] == "Access key retrieval"
    assert tree(etc) == before


def test_one_list_for_two_instances_two_teams_and_two_products(playbook, simulator, addresses, etc):
    (etc / "otel.yaml").write_bytes((DATA / "otel.yaml").read_bytes())
    playbook.secret_files |= {"etc/*-token", "etc/prometheus/*-token", "etc/*.env"}
    prometheus = {"type": "prometheus", "path": f"{etc}/prometheus/prometheus.yml", "service": ""}
    otel = {"type": "otel", "path": f"{etc}/otel.yaml", "service": ""}
    entries = [
        prometheus,
        {**prometheus, "name": "sre", "team_name": "SRE"},
        {**prometheus, "name": "europe", "instance_name": "metrics-europe"},
        otel,
        {**otel, "name": "europe", "instance_name": "metrics-europe", "pipelines": ["metrics"]},
        {"type": "env_file", "path": f"{etc}/secure.env", "instance_name": "protection", "service": ""},
    ]
    variables = {
        **addresses,
        "sysdig_integrations_api_key": OWNER_API_KEY,
        "sysdig_integrations_instance_name": "metrics",
    }

    playbook.run_plays([play(variables, entries)]).succeeded()

    directory = etc / "prometheus"
    assert {path.name: path.read_text() for path in directory.glob("*-token")} == {
        "sysdig-token": simulator.token(METRICS),
        "sre-token": simulator.token(METRICS, SRE_TEAM),
        "europe-token": simulator.token(EUROPE),
    }
    assert (etc / "europe-token").read_text() == simulator.token(EUROPE)
    assert f"SECURE_API_TOKEN={simulator.token(PROTECTION)}\n" in (etc / "secure.env").read_text()
    configuration = (directory / "prometheus.yml").read_text()
    assert [configuration.count(f"- name: {name}\n") for name in ("sysdig", "sre", "europe")] == [1, 1, 1]
    assert "ingest.prws.eu-de" in configuration
    collector = (etc / "otel.yaml").read_text()
    assert "prometheusremotewrite/europe" in collector
    assert "prometheusremotewrite/sysdig" in collector

    before = tree(etc)
    assert changed(playbook.run_plays([play(variables, entries)]).succeeded()) == 0
    assert tree(etc) == before

    gone = [{**entry, "state": "absent"} if entry.get("name") == "europe" else entry for entry in entries]
    playbook.run_plays([play(variables, gone)]).succeeded()
    assert "europe" not in (directory / "prometheus.yml").read_text() + (etc / "otel.yaml").read_text()
    assert not (directory / "europe-token").exists()
    assert (directory / "sre-token").read_text() == simulator.token(METRICS, SRE_TEAM)
