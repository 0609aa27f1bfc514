# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the EXAMPLES of modules and lookups, and miss none that has no test."""

from __future__ import annotations

import os

import examples
from reader import run_tasks, written
from simulator.ids import ENABLED_ACCESS_KEY, EUROPE, METRICS, PROTECTION

PLUGINS = examples.ROOT / "plugins"
OWNS = {"owner: root": f"owner: '{os.getuid()}'", "group: root": f"group: '{os.getgid()}'"}


def test_module_sysdig_token(project, simulator, host):
    owns = {**OWNS, "01234567-89ab-cdef-0123-456789abcdef": EUROPE, "4711": "302", "Scanning": "Audit"}
    tasks = examples.loaded(examples.of_plugin(PLUGINS / "modules/sysdig_token.py"), host, owns)

    tokens = run_tasks(project, simulator, tasks)

    assert tokens == [simulator.token(METRICS), simulator.token(EUROPE, 302), simulator.token(PROTECTION, 202)]
    assert written(host)["etc/exporter/token"] == simulator.token(METRICS)


def test_module_sysdig_access_key(project, simulator, host):
    tasks = examples.loaded(examples.of_plugin(PLUGINS / "modules/sysdig_access_key.py"), host, OWNS)

    run_tasks(project, simulator, tasks)

    # The first key that was enabled is deleted at the end, and another one was created before.
    assert written(host)["etc/exporter/access-key"] == ENABLED_ACCESS_KEY
    enabled = [key["key"] for key in simulator.access_keys(METRICS) if key["enabled"]]
    assert len(enabled) == 1
    assert ENABLED_ACCESS_KEY not in [key["key"] for key in simulator.access_keys(METRICS)]


def test_lookup_sysdig_token(project, simulator, host):
    text = examples.of_plugin(PLUGINS / "lookup/sysdig_token.py")

    run_tasks(project, simulator, examples.loaded(text, host, {**OWNS, "4711": "102"}))

    files = written(host)
    assert files["etc/exporter/token"] == simulator.token(METRICS, 102)
    assert files["etc/exporter/exporter.conf"] == f"{simulator.token(METRICS)} {simulator.url}\n"
    assert files["etc/exporter/tokens"] == f"{simulator.token(METRICS)}\n{simulator.token(EUROPE)}"


def test_lookup_sysdig_access_key(project, simulator, host):
    text = examples.of_plugin(PLUGINS / "lookup/sysdig_access_key.py")

    run_tasks(project, simulator, examples.loaded(text, host, OWNS))

    assert written(host)["etc/exporter/access-key"] == ENABLED_ACCESS_KEY


def test_module_config_files(project, simulator, host):
    text = examples.of_plugin(PLUGINS / "modules/config_files.py")

    run_tasks(project, simulator, examples.loaded(text, host))

    files = written(host)
    assert files["etc/prometheus/sysdig-token"] == simulator.token(METRICS)
    assert files["etc/prometheus/prometheus.yml"] == "scrape_configs: []\n"


def test_module_integrations(project, simulator, host):
    text = examples.of_plugin(PLUGINS / "modules/integrations.py")

    run_tasks(project, simulator, examples.loaded(text, host))

    assert written(host)["mine"] == f"{simulator.token(METRICS)} {simulator.url}\n"


def test_module_agent_status(project, simulator, host):
    text = examples.of_plugin(PLUGINS / "modules/agent_status.py")
    (task,) = examples.loaded(text, host, {"service: dragent": "service: no-such-service"})
    (host / "opt/draios/etc/dragent.yaml").write_text("customerid: the-new-key\n")
    look = {"name": "Look", "ansible.builtin.set_fact": {"key": "{{ status.key }}", "seen": "{{ status.processes }}"}}
    keys = {"new_key": "the-new-key", "old_key": "the-old-key"}

    run = project.run([{**task, "register": "status"}, look], vars=keys).succeeded()

    assert (run.fact("key"), run.fact("seen")) == ("new", [])


def test_module_host_check(project, host):
    text = examples.of_plugin(PLUGINS / "modules/host_check.py")
    (task,) = examples.loaded(text, host, {"reader: exporter": "reader: root"})
    (host / "etc/exporter").mkdir(parents=True, exist_ok=True)
    (host / "etc/exporter/token").write_text("a-token-in-a-file")
    (host / "etc/exporter/token").chmod(0o600)

    run = project.run([task]).succeeded()

    lines = run.task("Check that a file can be read by the service that needs it").result["lines"]
    assert [(line["check"], line["status"]) for line in lines] == [("file", "ok")]


def test_module_rotation(project, simulator, host):
    text = examples.of_plugin(PLUGINS / "modules/rotation.py")
    (task,) = examples.loaded(text, host)
    entries = [{"type": "agent", "service": "agent-of-mine"}]

    run = project.run([task], vars={"sysdig_integrations_list": entries}).succeeded()

    result = run.task("Look for the agent in the variables of the host").result
    assert (result["has_agent"], result["service"]) == (True, "agent-of-mine")
    assert result["path"] == "/opt/draios/etc/dragent.yaml"
    assert simulator.requests() == []


def test_no_plugin_is_left_out():
    plugins = {*PLUGINS.glob("modules/*.py"), *PLUGINS.glob("lookup/*.py")}

    assert {path.stem for path in plugins} == {
        *("agent_status", "config_files", "host_check", "integrations", "rotation"),
        *("sysdig_access_key", "sysdig_token"),
    }
