# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the examples of README and guides, and miss no page that has some. The tests of AWX run those of docs/awx.md."""

from __future__ import annotations

import examples
import pytest
import yaml
from reader import ADMIN, run_play, run_tasks, written
from simulator.ids import ENABLED_ACCESS_KEY, METRICS, PROTECTION, PROTECTION_ACCESS_KEY, SHARED_EUROPE

ROOT = examples.ROOT
DOCS = ROOT / "docs"


def test_ways_in(project, simulator, host):
    tasks = [task for text in examples.of_page(DOCS / "ways_in.md") for task in examples.loaded(text, host)]

    tokens = run_tasks(project, simulator, tasks)

    metrics, of_one_team = simulator.token(METRICS), simulator.token(METRICS, 102)
    assert tokens == [
        *[metrics] * 5,
        *[of_one_team] * 2,
        *[metrics] * 4,
        *(simulator.token(PROTECTION), metrics, simulator.token(SHARED_EUROPE)),
        *(simulator.token(METRICS, 103), simulator.token(METRICS, 102)),
        simulator.customer_token("saas-monitor", ADMIN),
        simulator.customer_token("saas-monitor", "operator@customer.invalid", 9102),
    ]
    assert written(host)["token"] == metrics


def test_lookup_page(project, simulator, host):
    variables, key, teams, instances = examples.of_page(DOCS / "lookup.md")
    template, guarded = examples.of_page(DOCS / "lookup.md", "jinja")
    project.write("templates/page.j2", template + "{{ exporter_token }} {{ exporter_url }}\n" + guarded)
    requests_for_key = fake_password_manager(project)
    page = {"ansible.builtin.template": {"src": "page.j2", "dest": f"{host}/page", "mode": "0600"}, "no_log": True}
    tasks = [task for text in (key, teams, instances) for task in examples.loaded(text, host)]

    run_tasks(project, simulator, [*tasks, page], vars={"crns": [], **examples.loaded(variables, host)})

    files, metrics = written(host), simulator.token(METRICS)
    assert files["page"] == f"SDC_TOKEN={metrics}\n{metrics} {simulator.url}\n[]\n"
    assert requests_for_key.read_text() == "show ibmcloud/api-key\n"
    assert files["etc/exporter/Monitor Operations"] == metrics
    assert files["etc/exporter/SRE"] == simulator.token(METRICS, 102)
    assert files["etc/exporter/tokens"] == f"{metrics}\n{simulator.token(PROTECTION)}"
    assert len(simulator.requests("iam")) == 1


def fake_password_manager(project):
    """Put `pass` on the path, with the API key, and return the file that gets a line for each request."""
    log = project.directory.parent / "requests-for-key"
    command = project.write("bin/pass", f"#!/bin/sh\necho $* >> {log}\necho $IBMCLOUD_API_KEY\n")
    command.chmod(0o755)
    return log


def test_readme(project, simulator, host):
    _requirements, play, task = examples.of_page(ROOT / "README.md")
    (template,) = examples.of_page(ROOT / "README.md", "jinja")
    project.write("templates/page.j2", template)
    page = {"ansible.builtin.template": {"src": "page.j2", "dest": f"{host}/page", "mode": "0600"}, "no_log": True}
    token = simulator.token(METRICS)

    assert run_tasks(project, simulator, [*examples.loaded(task, host), page]) == [token]
    assert written(host)["page"] == f"SDC_TOKEN={token}\nSDC_URL={simulator.url}\n"

    services = run_play(project, host, examples.loaded(play, host))
    sre = simulator.token(METRICS, 102)
    assert written(host)["etc/prometheus/sysdig-token"] == sre
    assert f"SYSDIG_MONITOR_API_TOKEN={sre}\n" in written(host)["etc/default/sysdig-exporter"]
    assert services == ["prometheus reloaded", "sysdig-exporter restarted"]


@pytest.mark.parametrize(
    ("page", "path"),
    [
        (ROOT / "roles/sysdig_integrations/README.md", "etc/prometheus/sysdig-token"),
        (DOCS / "rotation.md", "etc/grafana/provisioning/datasources/sysdig.yaml"),
    ],
    ids=["the role's page", "rotation"],
)
def test_plays_with_the_role(project, simulator, host, page, path):
    (play,) = examples.of_page(page)

    run_play(project, host, examples.loaded(play, host))

    assert simulator.token(METRICS) in written(host)[path]


def test_integrations(project, simulator, host):
    project.write("templates/exporter.conf.j2", "{{ sysdig.token }} {{ sysdig.endpoints.collector }}\n")
    entries = [entry for text in examples.of_page(DOCS / "integrations.md") for entry in examples.loaded(text, host)]
    role = {"role": "ibmcloud.sysdig.sysdig_integrations", "vars": {"sysdig_integrations_list": entries}}

    services = run_play(project, host, [{"hosts": "monitoring", "roles": [role]}])

    files, token = written(host), simulator.token(METRICS)
    assert files["etc/prometheus/sysdig-token"] == files["etc/otelcol-contrib/sysdig-token"] == token
    assert files["etc/exporter/token"] == token
    assert files["etc/exporter/exporter.conf"] == f"{token} ingest.us-south.monitoring.cloud.ibm.com\n"
    assert f"Bearer {token}" in files["etc/grafana/provisioning/datasources/sysdig-production.yaml"]
    assert f"SDC_TOKEN={token}\n" in files["etc/default/sysdig-exporter"]
    agent = yaml.safe_load(files["opt/draios/etc/dragent.yaml"])
    assert (agent["customerid"], agent["tags"]) == (ENABLED_ACCESS_KEY, "role:web,site:fra")
    written_to = {
        each.get("name"): each for each in yaml.safe_load(files["etc/prometheus/prometheus.yml"])["remote_write"]
    }
    assert written_to["sysdig"]["queue_config"]["capacity"] == 5000
    assert written_to["team-a"]["authorization"]["credentials_file"] == f"{host}/etc/prometheus/team-a-token"
    assert files["etc/prometheus/team-a-token"] == simulator.token(METRICS, 102)
    assert files["etc/prometheus/protection-token"] == simulator.token(PROTECTION)
    assert f"SECURE_API_TOKEN={simulator.token(PROTECTION)}\n" in files["etc/default/scanner"]
    assert f"ACCESS_KEY={ENABLED_ACCESS_KEY}\n" in files["etc/sysdig-agent.env"]
    assert "TAGS=role:web\n" in files["etc/sysdig-agent.env"]
    assert f"SYSDIG_ACCESS_KEY={PROTECTION_ACCESS_KEY}\n" in files["etc/sysdig-scanner.env"]
    assert files["etc/vmagent/sysdig-token"] == files["etc/alloy/sysdig-token"] == token
    assert f"remoteWrite_bearerTokenFile={host}/etc/vmagent/sysdig-token\n" in files["etc/vmagent/sysdig.env"]
    collector = yaml.safe_load(files["etc/otelcol-contrib/config.yaml"])
    assert "prometheusremotewrite/sysdig" in collector["service"]["pipelines"]["metrics"]["exporters"]
    assert {line.split()[0] for line in services} == {
        *("prometheus", "dragent", "sysdig-exporter", "grafana-server", "otelcol-contrib", "exporter"),
        *("vmagent", "alloy"),
    }


def test_faq(project, simulator, host):
    include, checked = (examples.loaded(text, host) for text in examples.of_page(DOCS / "faq.md"))

    project.run(checked).succeeded()
    project.run([*include, *checked], "--tags", "sysdig").succeeded()

    assert simulator.token(METRICS) in written(host)["mine"]


def test_no_page_is_left_out():
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("roles/*/README.md")]

    assert {page.relative_to(ROOT).as_posix() for page in pages if examples.of_page(page)} == {
        *(
            "README.md",
            "docs/awx.md",
            "docs/faq.md",
            "docs/getting_started.md",
            "docs/integrations.md",
            "docs/lookup.md",
        ),
        *("docs/recipes.md", "docs/rotation.md", "docs/ways_in.md", "roles/sysdig_integrations/README.md"),
    }
