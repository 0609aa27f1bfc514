# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the examples of docs/recipes.md. The other side is its own code where that is installed, else a stand-in."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path

import ansible
import examples
import pytest
import yaml
from reader import run_play, run_tasks, written
from simulator.ids import ENABLED_ACCESS_KEY, METRICS, OWNER_API_KEY

PAGE = examples.ROOT / "docs" / "recipes.md"
INSTALLED = Path(ansible.__file__).resolve().parent.parent / "ansible_collections"
# What Sysdig's role does in the end: the whole file, which all users can read.
INSTALLATION = """\
- ansible.builtin.copy:
    dest: {host}/opt/draios/etc/dragent.yaml
    content: |
      customerid: {{{{ configuration.connection.access_key }}}}
      collector: {{{{ configuration.connection.custom_collector.url }}}}
      jmx: {{enabled: false}}
    mode: "0644"
"""
VAULT = """\
class LookupModule(__import__("ansible.plugins.lookup", fromlist=["LookupBase"]).LookupBase):
    def run(self, terms, variables=None, **options):
        with open("requests", "a") as log:
            log.write(" ".join([*terms, *map(str, options.values())]) + "\\n")
        return [{answer}]
"""
WRITE = """\
import json, os
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule({"path": {"required": True}, "data": {"type": "dict", "required": True},
                        "read_before_write": {"type": "bool"}}, supports_check_mode=True)
text, file = json.dumps(module.params["data"]), os.path.join("FOLDER", module.params["path"].replace("/", "."))
same = os.path.exists(file) and open(file).read() == text
if not (same and module.params["read_before_write"]):
    open(file, "w").write(text)
module.exit_json(changed=not same)
"""


def recipe(heading, host=None):
    """Return the examples below a heading: (YAML as data, templates)."""
    section = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    assert section, heading
    found = [examples.of_text(section, language) for language in ("yaml", "jinja")]
    return [examples.loaded(text, host) for text in found[0]], found[1]


def stand_in(project, path, text):
    """Put a file of a collection into the project, where Ansible looks first."""
    return project.write(f"collections/ansible_collections/{path}", text)


def test_every_recipe_is_run_here():
    headings = [line[3:] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("## ")]
    tested = Path(__file__).read_text(encoding="utf-8")

    assert [heading for heading in headings if any(recipe(heading, "/")) and f'"{heading}"' not in tested] == []


def test_prometheus_of_another_role(project, simulator, host):
    ((play,), _templates) = recipe("prometheus.yml belongs to the role prometheus.prometheus", host)

    run_play(project, host, play)

    assert written(host)["etc/prometheus/sysdig-token"] == simulator.token(METRICS)


@pytest.mark.skipif(not (INSTALLED / "grafana").exists(), reason="needs the package ansible, with grafana.grafana")
def test_grafana_of_another_role(project, simulator, host):
    """The other role writes its data sources as ever, before and after this one."""
    tasks = INSTALLED / "grafana/grafana/roles/grafana/tasks/datasources.yml"
    text = tasks.read_text().replace("/etc/", f"{host}/etc/").replace("owner: root", f"owner: '{os.getuid()}'")
    theirs = [task for task in yaml.safe_load(text) if "(provisioning)" in task["name"]]
    assert len(theirs) == 1
    theirs[0] |= {
        "become": False,
        "ansible.builtin.copy": {**theirs[0]["ansible.builtin.copy"], "group": str(os.getgid())},
    }
    del theirs[0]["notify"]
    stand_in(project, "grafana/grafana/roles/grafana/tasks/main.yml", theirs)
    other = {"grafana_use_provisioning": True, "grafana_datasources": [{"name": "Other", "type": "prometheus"}]}
    stand_in(project, "grafana/grafana/roles/grafana/defaults/main.yml", other)
    directory = host / "etc/grafana/provisioning/datasources"
    directory.mkdir(parents=True)

    for _run in range(2):
        ((play,), _templates) = recipe("Grafana belongs to the role grafana.grafana.grafana", host)
        services = run_play(project, host, play)

    assert services == ["grafana-server restarted"]
    of_files = {path.name: yaml.safe_load(path.read_text())["datasources"] for path in directory.iterdir()}
    assert {name: [each["name"] for each in sources] for name, sources in of_files.items()} == {
        "ansible.yml": ["Other"],
        "sysdig.yaml": ["sysdig"],
    }


def test_an_agent_that_others_install(project, simulator, host):
    heading = "The agent is installed by Sysdig's role or IBM's script"
    configuration = host / "opt/draios/etc/dragent.yaml"
    configuration.unlink()
    stand_in(project, "sysdig/agent/roles/agent_install/tasks/main.yml", INSTALLATION.format(host=host))
    project.write("templates/host-shield.yaml.j2", recipe(heading, host)[1][0])

    for _run in range(2):
        services = run_play(project, host, recipe(heading, host)[0][0])

    agent = yaml.safe_load(configuration.read_text())
    assert (agent["customerid"], agent["tags"], agent["jmx"]) == (ENABLED_ACCESS_KEY, "site:fra", {"enabled": False})
    assert stat.S_IMODE(configuration.stat().st_mode) == 0o640
    shield = yaml.safe_load((host / "opt/draios/etc/host-shield.yaml").read_text())
    assert shield["features"]["posture"]["host_posture"]["enabled"] is True
    assert services == ["dragent restarted"]


def test_a_credential_of_systemd(project, simulator, host):
    ((play,), _templates) = recipe("A systemd credential", host)

    services = run_play(project, host, play)

    assert written(host)["etc/credstore/sysdig-token"] == simulator.token(METRICS)
    assert services == ["sysdig-exporter restarted"]


def test_a_secret_of_kubernetes(project, host):
    ((play,), (template,)) = recipe("The agent in Kubernetes", host)
    project.write("templates/sysdig-agent-secret.yaml.j2", template)

    run_play(project, host, play)

    manifest = yaml.safe_load(written(host)["etc/kubernetes/sysdig-agent-secret.yaml"])
    assert base64.b64decode(manifest["data"]["access-key"]).decode() == ENABLED_ACCESS_KEY


@pytest.mark.parametrize(
    ("number", "requests"),
    [(0, "ibmcloud\n"), (1, "IBM Cloud api key Operations\n"), (2, "secrets-manager secret --output json --id 4711\n")],
    ids=["HashiCorp", "1Password", "Secrets Manager"],
)
def test_an_api_key_in_a_vault(project, simulator, host, number, requests):
    """It is fetched once for all hosts, and nothing else has the key."""
    examples_of_page, _templates = recipe("The API key is in a vault", host)
    play, variables = examples_of_page[0], examples_of_page[number]
    if number:
        play[0]["pre_tasks"][0]["ansible.builtin.set_fact"] = variables
    del project.environment["IBMCLOUD_API_KEY"]
    project.environment["PYTHONDONTWRITEBYTECODE"] = "1"  # of the stand-ins, which have the key
    answers = {"vault_kv2_get": {"secret": {"api_key": OWNER_API_KEY}}, "onepassword": OWNER_API_KEY}
    for name, answer in answers.items():
        collection = "community/hashi_vault" if name.startswith("vault") else "community/general"
        stand_in(project, f"{collection}/plugins/lookup/{name}.py", VAULT.format(answer=repr(answer)))
    command = project.write(
        "bin/ibmcloud", f"#!/bin/sh\necho $* >> requests\necho '{json.dumps({'payload': OWNER_API_KEY})}'\n"
    )
    command.chmod(0o755)
    here = {"ansible_connection": "local", "ansible_become": False, "secret_id": "4711"}
    hosts = {name: {"ansible_python_interpreter": "{{ ansible_playbook_python }}", **here} for name in ("one", "two")}
    project.write("inventory.yml", {"all": {"children": {"monitoring": {"hosts": hosts}}}})

    run_play(project, host, play)

    assert written(host)["etc/prometheus/sysdig-token"] == simulator.token(METRICS)
    assert (project.directory / "requests").read_text() == requests


def test_an_access_key_for_a_vault(project, simulator, host):
    vault = host / "vault"
    vault.mkdir()
    text = WRITE.replace("FOLDER", str(vault))
    stand_in(project, "community/hashi_vault/plugins/modules/vault_kv2_write.py", text)
    ((play,),), _templates = recipe("An access key goes into a vault", host)

    run_tasks(project, simulator, play["tasks"])
    first = (vault / "sysdig.agents").stat().st_mtime_ns
    run_tasks(project, simulator, play["tasks"])

    collector = "ingest.us-south.monitoring.cloud.ibm.com"
    assert json.loads((vault / "sysdig.agents").read_text()) == {
        "access_key": ENABLED_ACCESS_KEY,
        "collector": collector,
    }
    assert (vault / "sysdig.agents").stat().st_mtime_ns == first


def test_a_program_of_ones_own(project, simulator, host):
    configuration = host / "etc/forwarder/forwarder.conf"
    configuration.parent.mkdir()
    configuration.write_text("output = sysdig\n")

    for _run in range(2):
        ((play,), _templates) = recipe("A program without a type", host)
        services = run_play(project, host, play)

    token = f"{host}/etc/forwarder/sysdig-token"
    assert written(host)["etc/forwarder/sysdig-token"] == simulator.token(METRICS)
    block = f"# BEGIN sysdig\ntoken_file = {token}\n# END sysdig\n"
    assert configuration.read_text() == f"output = sysdig\n{block}"
    assert services == ["forwarder restarted"] * 2  # by the role and by the play, and not in the second run
