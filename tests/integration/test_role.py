# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role, run by the real ansible-playbook on this machine, with a throwaway directory as the host's /etc."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

ROLE = "ibmcloud.sysdig.sysdig_integrations"
WRITE = "Write the configuration of the integrations"
VALIDATE = "Validating arguments against arg spec 'main'"
DATA = Path(__file__).resolve().parent / "role_data"
GUID = "11111111-1111-4111-8111-111111111111"
API_KEY = "sim-api-key-0000000000000000000000000000000001"
TOKEN, NEXT_TOKEN = "aaaa1111-first-token", "bbbb2222-second-token"
URL = "https://us-south.monitoring.cloud.ibm.com"
REMOTE_WRITE = "https://ingest.prws.us-south.monitoring.cloud.ibm.com/prometheus/remote/write"
GIVEN = {"sysdig_integrations_token": TOKEN, "sysdig_integrations_region": "us-south"}


@pytest.fixture
def etc(tmp_path):
    """The host's configuration directory, with a Prometheus that somebody looks after."""
    directory = tmp_path / "etc"
    (directory / "prometheus").mkdir(parents=True)
    (directory / "prometheus" / "prometheus.yml").write_bytes((DATA / "prometheus.yml").read_bytes())
    (directory / "prometheus" / "prometheus.yml").chmod(0o644)
    return directory


@pytest.fixture
def wire(playbook, etc):
    """Run the role once with entries, whose paths are below the host's /etc."""

    def run(entries, *arguments, **variables):
        entries = [
            {key: f"{etc}/{value}" if key in ("path", "token_path") else value for key, value in entry.items()}
            for entry in entries
        ]
        return playbook.run_plays([play({**GIVEN, **variables}, entries)], *arguments)

    return run


def play(variables, entries=None, **keywords):
    listed = {} if entries is None else {"sysdig_integrations_list": entries}
    return {
        "hosts": "all",
        "gather_facts": False,
        "roles": [{"role": ROLE}],
        "vars": {**variables, **listed},
        **keywords,
    }


PROMETHEUS = {"type": "prometheus", "path": "prometheus/prometheus.yml", "service": ""}
ENV_FILE = {"type": "env_file", "path": "default/exporter"}
TOKEN_FILE = {"type": "token_file", "path": "token"}
TEMPLATE = {"type": "template", "path": "mine.conf", "src": "mine.conf.j2"}
ALL = [PROMETHEUS, ENV_FILE, TOKEN_FILE, TEMPLATE]


@pytest.fixture
def template(playbook):
    return playbook.write(
        "templates/mine.conf.j2",
        "{{ sysdig.endpoints.collector }}:{{ sysdig.endpoints.collector_port }} {{ sysdig.token }}\n",
    )


def tree(directory):
    return {
        str(path.relative_to(directory)): (
            stat.S_IMODE(path.stat().st_mode),
            path.read_bytes(),
            path.stat().st_mtime_ns,
        )
        for path in directory.rglob("*")
        if path.is_file()
    }


def changed(run):
    """How many tasks changed something, by the recap."""
    return int(re.search(r"changed=(\d+)", run.output).group(1))


def modules(run):
    """How often a module ran on the host."""
    return run.output.count("AnsiballZ_config_files.py && sleep 0'") // 2


def test_wires_everything_then_changes_nothing(wire, etc, template):
    run = wire(ALL).succeeded()
    assert changed(run) == 1
    configuration = (etc / "prometheus" / "prometheus.yml").read_text()
    ours = (
        "- name: sysdig\n"
        f"  url: {REMOTE_WRITE}\n"
        "  authorization:\n"
        f"    credentials_file: {etc}/prometheus/sysdig-token\n"
    )
    # Every character of theirs is still there, and ours is the last of the list.
    assert configuration.replace(ours, "") == (DATA / "prometheus.yml").read_text()
    assert yaml.safe_load(configuration)["remote_write"][1]["name"] == "sysdig"
    assert (etc / "prometheus" / "sysdig-token").read_text() == TOKEN
    assert (etc / "default" / "exporter").read_text().splitlines()[1:] == [
        f"SYSDIG_MONITOR_API_TOKEN={TOKEN}",
        f"SYSDIG_MONITOR_URL={URL}",
        f"SDC_TOKEN={TOKEN}",
        f"SDC_URL={URL}",
    ]
    assert (etc / "token").read_text() == TOKEN
    assert (etc / "mine.conf").read_text() == f"ingest.us-south.monitoring.cloud.ibm.com:6443 {TOKEN}\n"
    for secret in ("prometheus/sysdig-token", "default/exporter", "token", "mine.conf"):
        assert not (etc / secret).stat().st_mode & 0o037
    assert stat.S_IMODE((etc / "prometheus" / "prometheus.yml").stat().st_mode) == 0o644
    assert stat.S_IMODE((etc / "default").stat().st_mode) == 0o700

    before = tree(etc)
    again = wire(ALL, "-vvv").succeeded()
    assert changed(again) == 0
    assert tree(etc) == before
    assert modules(again) == 1


def test_promtool_accepts_a_configuration_that_was_created(wire, etc):
    (etc / "prometheus" / "prometheus.yml").unlink()
    wire([{**PROMETHEUS, "remote_write": {"queue_config": {"capacity": 5000}, "name": "ours"}}]).succeeded()
    configuration = etc / "prometheus" / "prometheus.yml"
    assert yaml.safe_load(configuration.read_text()) == {
        "remote_write": [
            {
                "name": "ours",
                "url": REMOTE_WRITE,
                "authorization": {"credentials_file": f"{etc}/prometheus/sysdig-token"},
                "queue_config": {"capacity": 5000},
            }
        ]
    }
    assert stat.S_IMODE(configuration.stat().st_mode) in (0o600, 0o640)
    subprocess.run(["promtool", "check", "config", configuration], check=True, capture_output=True)


@pytest.mark.parametrize("verbosity", ["-v", "-vvvvv"])
def test_check_mode_says_what_would_change_without_secrets_and_without_changing(wire, etc, template, verbosity):
    (etc / "token").write_text(NEXT_TOKEN)
    before = tree(etc)
    run = wire(ALL, "--check", "--diff", verbosity).succeeded()
    assert tree(etc) == before
    assert changed(run) == 1
    assert not (etc / "default").exists()
    assert TOKEN not in run.output
    assert NEXT_TOKEN not in run.output
    assert "storage-password" not in run.output
    for line in ("+- name: sysdig", "+SDC_TOKEN=********", f"+SDC_URL={URL}", "-******** (previous)", "+********"):
        assert line in run.stdout.splitlines()
    assert " password: ********" in run.stdout.replace("     ", "")
    wire(ALL).succeeded()
    assert changed(wire(ALL, "--check").succeeded()) == 0


def test_a_real_run_shows_no_secret_either(wire, etc, template):
    (etc / "prometheus" / "prometheus.yml").write_text(
        f"remote_write:\n- url: {REMOTE_WRITE}\n  bearer_token: {NEXT_TOKEN} # from the web UI\n"
    )
    run = wire(ALL, "--diff", "-vvvvv").succeeded()
    assert TOKEN not in run.output
    assert NEXT_TOKEN not in run.output
    assert "-  bearer_token: ******** (previous)" in run.stdout
    (entry,) = yaml.safe_load((etc / "prometheus" / "prometheus.yml").read_text())["remote_write"]
    assert set(entry) == {"name", "url", "authorization"}


def test_differences_in_clear_when_the_user_wants_to_see_them(wire):
    run = wire([TOKEN_FILE], "--diff", sysdig_integrations_no_log=False).succeeded()
    assert f"+{TOKEN}" in run.stdout


def test_rotation_changes_only_what_holds_the_token(wire, etc, template):
    wire(ALL).succeeded()
    before = tree(etc)
    run = wire(ALL, "--diff", sysdig_integrations_token=NEXT_TOKEN).succeeded()
    after = tree(etc)
    rotated = {"prometheus/sysdig-token", "default/exporter", "token", "mine.conf"}
    assert {path for path in after if after[path] != before[path]} == rotated
    assert all(after[path][1] == before[path][1].replace(TOKEN.encode(), NEXT_TOKEN.encode()) for path in rotated)
    assert TOKEN not in run.output
    assert NEXT_TOKEN not in run.output


def test_absent_takes_away_what_is_ours_and_needs_no_credential(wire, etc, template):
    before = tree(etc)
    wire(ALL).succeeded()
    gone = [{**entry, "state": "absent"} for entry in ALL]
    run = wire(gone, "--diff", sysdig_integrations_token="", sysdig_integrations_region="").succeeded()
    assert TOKEN not in run.output
    assert {path: content[:2] for path, content in tree(etc).items()} == {
        path: content[:2] for path, content in before.items()
    }
    assert changed(wire(gone, sysdig_integrations_token="").succeeded()) == 0


def test_a_configuration_that_prometheus_refuses_replaces_nothing(wire, etc):
    configuration = etc / "prometheus" / "prometheus.yml"
    configuration.write_text("global:\n  scrape_intervall: 15s\n")
    before = tree(etc)
    run = wire([TOKEN_FILE, PROMETHEUS])
    assert run.rc != 0
    assert tree(etc) == before
    message = run.task(WRITE).message
    assert f"promtool refuses the new {configuration}" in message
    assert "field scrape_intervall not found" in message
    assert TOKEN not in run.output


def test_a_configuration_that_is_not_yaml_is_refused_with_its_line(wire, etc):
    configuration = etc / "prometheus" / "prometheus.yml"
    configuration.write_text("global:\n  a: [hunter2\nscrape_configs: []\n")
    run = wire([PROMETHEUS])
    message = run.task(WRITE).message
    assert f"Entry 1 (prometheus): cannot merge into {configuration} on localhost, line 3" in message
    assert "hunter2" not in run.output


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"type": "env_file"}, "Entry 2 (env_file): path is missing."),
        ({**ENV_FILE, "variables": {"A": "x\ny"}}, "Entry 2 (env_file): in variables, the value of A"),
        ({**TEMPLATE, "src": "no-such-template.j2"}, "Entry 2 (template): cannot render no-such-template.j2"),
        ({**TEMPLATE, "src": "broken.j2"}, "Entry 2 (template): cannot render broken.j2"),
        ({**TOKEN_FILE, "path": "directory"}, "directory is not a file"),
        ({**TOKEN_FILE, "path": "token2", "group": "no-such-group"}, "The group no-such-group"),
    ],
)
def test_one_bad_entry_writes_nothing(wire, playbook, etc, bad, said):
    playbook.write("templates/broken.j2", "{{ sysdig.token }} {{ lookup('ansible.builtin.file', sysdig.token) }}")
    (etc / "directory").mkdir()
    before = tree(etc)
    run = wire([TOKEN_FILE, bad], "-vvv")
    assert run.rc != 0
    assert said in run.task(WRITE).message
    assert tree(etc) == before
    assert TOKEN not in run.output


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (
            {"type": "promtheus"},
            "value of type must be one of: prometheus, env_file, token_file, template, got: promtheus",
        ),
        ({**TOKEN_FILE, "pth": "/x"}, "pth"),
        ({"path": "token"}, "missing required arguments: type"),
    ],
)
def test_what_the_specification_forbids_is_refused_before_anything(wire, etc, bad, said):
    before = tree(etc)
    run = wire([TOKEN_FILE, bad])
    assert run.rc != 0
    assert tree(etc) == before
    (refusal,) = [result for result in run.results if VALIDATE in result.task]
    assert said in refusal.message


def test_a_directory_that_may_not_be_written_to(wire, etc):
    run = wire([TOKEN_FILE, {**TOKEN_FILE, "path": "../../../../../../../../../../../../../proc/sysdig-token"}])
    assert "Cannot replace" in run.task(WRITE).message
    assert not (etc / "token").exists()


def test_no_entries_and_fifty_entries(wire, etc):
    assert changed(wire([]).succeeded()) == 0
    entries = [
        {**ENV_FILE, "path": f"default/e{number}", "variables": {"T": "{{ sysdig.token }}"}} for number in range(50)
    ]
    wire(entries).succeeded()
    assert len(list((etc / "default").iterdir())) == 50
    again = wire(entries, "-vvv").succeeded()
    assert changed(again) == 0
    assert modules(again) == 1


def test_variables_of_the_inventory_reach_the_role(playbook, etc):
    hosts = {"here": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}}
    playbook.write("inventory.yml", {"all": {"children": {"monitoring": {"hosts": hosts}}}})
    entry = {
        "type": "env_file",
        "path": str(etc / "env"),
        "variables": {"X": "{{ sysdig.token }} of {{ inventory_hostname }}"},
    }
    playbook.write("group_vars/monitoring.yml", {**GIVEN, "sysdig_integrations_list": [entry]})
    playbook.run_plays([{"hosts": "monitoring", "gather_facts": False, "roles": [ROLE]}]).succeeded()
    assert (etc / "env").read_text().splitlines()[1:] == [f'X="{TOKEN} of here"']


def test_a_template_of_the_user_is_not_confused_with_one_of_the_role(wire, playbook, etc):
    playbook.write("templates/env_file.j2", "mine {{ sysdig.region }} {{ entry.path }}\n")
    wire([{**TEMPLATE, "src": "env_file.j2"}]).succeeded()
    assert (etc / "mine.conf").read_text() == f"mine us-south {etc}/mine.conf\n"


def test_a_template_that_looks_like_data_stays_text(wire, playbook, etc):
    playbook.write("templates/mine.conf.j2", '{"b": "{{ sysdig.token }}",  "a": [1,2]}\n')
    wire([TEMPLATE]).succeeded()
    assert (etc / "mine.conf").read_text() == f'{{"b": "{TOKEN}",  "a": [1,2]}}\n'


def test_each_service_is_told_once_at_the_end_and_only_if_its_files_changed(playbook, etc):
    playbook.write("library/service.py", (DATA / "service.py").read_text())
    log = playbook.directory / "services.log"

    def env_file(name, service, **options):
        return {"type": "env_file", "path": f"{etc}/{name}", "service": service, **options}

    def run(*arguments, **variables):
        log.write_text("")
        roles = [
            [
                {**PROMETHEUS, "path": f"{etc}/prometheus/prometheus.yml", "service": "prometheus"},
                env_file("a", "both", service_action="reloaded"),
                env_file("b", "reloads", service_action="reloaded"),
            ],
            [env_file("c", "both"), env_file("d", "silent", service_action="none"), env_file("e", "")],
        ]
        keywords = {
            "pre_tasks": [{"ansible.builtin.set_fact": {"service_mgr": "service", "cacheable": True}}],
            "roles": [{"role": ROLE, "vars": {"sysdig_integrations_list": entries}} for entries in roles]
            + [{"role": ROLE, "when": False}],
            "tasks": [
                {"ansible.builtin.meta": "flush_handlers"},
                {
                    "ansible.builtin.include_role": {"name": ROLE},
                    "vars": {"sysdig_integrations_list": [env_file("f", "late")]},
                },
            ],
        }
        playbook.run_plays([play({**GIVEN, **variables}, **keywords)], *arguments).succeeded()
        return log.read_text().splitlines()

    assert run("--check") == []
    assert sorted(run()) == ["both restarted", "late restarted", "prometheus reloaded", "reloads reloaded"]
    assert run() == []
    # Prometheus reads its token file by itself.
    assert sorted(run(sysdig_integrations_token=NEXT_TOKEN)) == ["both restarted", "late restarted", "reloads reloaded"]


def test_backup(wire, etc):
    wire([TOKEN_FILE]).succeeded()
    run = wire([{**TOKEN_FILE, "backup": True}], sysdig_integrations_token=NEXT_TOKEN).succeeded()
    (report,) = run.task(WRITE).result["files"]
    assert Path(report["backup_file"]).read_text() == TOKEN
    assert stat.S_IMODE(Path(report["backup_file"]).stat().st_mode) == 0o600


def test_workload_protection(wire, etc):
    wire([ENV_FILE], sysdig_integrations_product="secure").succeeded()
    names = [line.partition("=")[0] for line in (etc / "default" / "exporter").read_text().splitlines()[1:]]
    assert names == ["SYSDIG_SECURE_API_TOKEN", "SYSDIG_SECURE_URL", "SECURE_API_TOKEN", "SDC_TOKEN", "SDC_URL"]
    run = wire([PROMETHEUS], sysdig_integrations_product="secure")
    assert "product secure has no remote_write endpoint" in run.task(WRITE).message


def test_the_wire_playbook_retrieves_the_token_once(playbook, simulator, etc):
    variables = {
        "sysdig_integrations_instance_id": GUID,
        "sysdig_integrations_region": "us-south",
        "sysdig_integrations_url": simulator.url,
        "sysdig_integrations_iam_url": simulator.url,
        "sysdig_integrations_ca_path": simulator.ca_file,
        "sysdig_integrations_timeout": "",
        "sysdig_integrations_list": [
            {"type": "token_file", "path": f"{etc}/{{{{ inventory_hostname }}}}/token"},
            {
                "type": "env_file",
                "path": f"{etc}/{{{{ inventory_hostname }}}}/env",
                "variables": {"A": "{{ sysdig.token }}", "B": "{{ sysdig.team_id }}"},
            },
        ],
    }
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    playbook.write("inventory.yml", {"all": {"hosts": dict.fromkeys(("one", "two", "three"), local)}})
    playbook.write("group_vars/all.yml", variables)
    playbook.environment["IBMCLOUD_API_KEY"] = API_KEY
    run = playbook.run_playbook("ibmcloud.sysdig.wire", "--diff", "-vvv").succeeded()
    token = simulator.token(GUID)
    assert {path.read_text() for path in etc.glob("*/token")} == {token}
    assert len(list(etc.glob("*/token"))) == 3
    assert token not in run.output
    assert API_KEY not in run.output
    assert [request["path"] for request in simulator.requests()].count("/api/token") == 1
    assert len(simulator.requests("iam")) == 1
    only_one = playbook.run_playbook("ibmcloud.sysdig.wire", "-e", "sysdig_integrations_hosts=two").succeeded()
    assert {result.host for result in only_one.results} == {"two"}


def test_a_failed_retrieval_is_readable(playbook, simulator, etc):
    variables = {
        "sysdig_integrations_instance_id": GUID,
        "sysdig_integrations_api_key": "sim-api-key-that-does-not-exist",
        "sysdig_integrations_url": simulator.url,
        "sysdig_integrations_iam_url": simulator.url,
        "sysdig_integrations_ca_path": simulator.ca_file,
    }
    run = playbook.run_plays([play(variables, [{**TOKEN_FILE, "path": f"{etc}/token"}])], "-vvv")
    assert run.rc != 0
    assert "BXNIM0415E" in run.task(WRITE).message
    assert "sim-api-key-that-does-not-exist" not in run.output
    assert not (etc / "token").exists()
