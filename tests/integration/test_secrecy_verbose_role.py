# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role with every type in runs that show all they can; ``playbook`` itself searches each run for secrets."""

from __future__ import annotations

import pytest
from role_plays import WRITE, changed, play, retrieving, tree
from simulator.ids import METRICS, OWNER_API_KEY

# What validators may do with a file that they dislike.
PRINT = "sh -c 'cat %s; grep -n . %s; exit 1'"
OTHERS_PASSWORD, OTHERS_KEY = "storage-password-5150", "99999999-0ld0-4000-8000-000000000000"
MINE = "{{ sysdig.token }} {{ vault_key }}\nkey={{ vault_key }} # {{ sysdig.token | b64encode }}\n"


@pytest.fixture
def wire(verbose, simulator):
    """Run the role with entries. Secrets are in the files for them, and in no others."""
    verbose.secrets |= {"a password of others": OTHERS_PASSWORD, "an access key of others": OTHERS_KEY}
    secret = ("dragent.yaml", "grafana.yaml", "env", "token", "mine", "prometheus-token", "otel-token")
    verbose.secret_files |= {f"host/{name}{copy}" for name in secret for copy in ("", ".*~")}
    # It held the password of others before. That ours is not in it, the tests of the role see to.
    verbose.secret_files |= {"host/prometheus.yml", "host/prometheus.yml.*~"}
    verbose.write("templates/mine.j2", MINE)

    def run(entries, *arguments, **variables):
        given = {**retrieving(simulator), "vault_key": OWNER_API_KEY, **variables}
        return verbose.run_plays([play(given, list(entries))], "-vvvvv", "--diff", *arguments)

    return run


def test_every_type_through_its_life(wire, entries, simulator, host):
    before = tree(host)
    backed_up = [{**entry, "backup": True} for entry in entries.values()]

    assert changed(wire(backed_up, "--check").succeeded()) == 1
    assert tree(host) == before
    assert changed(wire(backed_up).succeeded()) == 1
    assert changed(wire(backed_up).succeeded()) == 0
    first = simulator.token(METRICS)
    simulator.reset_token(METRICS, 101)
    assert changed(wire(backed_up).succeeded()) == 1
    kept = {path.name.partition(".")[0]: path for path in host.glob("*~") if first in path.read_text()}
    assert sorted(kept) == ["env", "grafana", "mine", "otel-token", "prometheus-token", "token"]
    assert {path.stat().st_mode & 0o777 for path in host.glob("*~")} == {0o600}
    gone = [{**entry, "state": "absent"} for entry in entries.values()]
    assert changed(wire(gone, "--check").succeeded()) == 1
    assert changed(wire(gone).succeeded()) == 1
    assert sorted(path.name for path in host.iterdir() if path not in host.glob("*~")) == [
        "dragent.yaml",
        "otel.yaml",
        "prometheus.yml",
    ]


@pytest.mark.parametrize("kind", ["prometheus", "agent", "env_file", "grafana", "token_file", "template"])
def test_validators_that_print_the_file_they_dislike(wire, entries, host, kind):
    before = tree(host)

    run = wire([{**entries[kind], "validate": PRINT}])

    assert "sh refuses the new" in run.task(WRITE).message
    assert "********" in run.task(WRITE).message
    assert tree(host) == before


BROKEN = {
    "undefined variable beside the token": "{{ sysdig.token }} {{ vault_key }} {{ undefined_variable }}",
    "undefined attribute of the result": "{{ sysdig.token.undefined }} {{ sysdig.missing }}",
    "error that repeats the token": "{{ ({})[sysdig.token] }}",
    "number of a token": "{{ sysdig.token | int / 0 }}",
    "syntax": "{{ sysdig.token",
}


@pytest.mark.parametrize("template", BROKEN.values(), ids=BROKEN)
def test_templates_that_fail(wire, entries, verbose, host, template):
    verbose.write("templates/mine.j2", template)
    before = tree(host)

    run = wire([entries["token_file"], entries["template"]])

    assert "cannot render mine.j2" in run.task(WRITE).message
    assert tree(host) == before


def test_configurations_that_cannot_be_merged_into(wire, entries, host):
    (host / "prometheus.yml").write_text(f"a: [{OTHERS_PASSWORD}\nb: 1\n")
    assert "cannot merge into" in wire([entries["prometheus"]]).task(WRITE).message
    (host / "prometheus.yml").write_bytes(b"password: " + OTHERS_PASSWORD.encode() + b"\xff\n")
    assert "is not text in UTF-8" in wire([entries["prometheus"]]).task(WRITE).message


@pytest.mark.parametrize(
    ("path", "status"), [("/identity/token", 400), ("/api/token", 401), ("/api/customer/accessKeys", 401)]
)
def test_services_that_repeat_what_they_got(wire, entries, simulator, host, path, status):
    before = tree(host)
    simulator.fault("echo", path=path, status=status, times=None)
    simulator.fault("echo", path="/v2/resource_instances", status=401, times=None)  # has access keys as well

    message = wire([entries["agent"], entries["prometheus"]]).task(WRITE).message

    assert "not understood" in message
    assert "********" in message
    assert tree(host) == before
