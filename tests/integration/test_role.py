# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role, run by the real ansible-playbook on this machine, with a throwaway directory as the host's /etc."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest
import yaml
from role_plays import (
    ALL,
    DATA,
    ENV_FILE,
    NEXT_TOKEN,
    PROMETHEUS,
    REMOTE_WRITE,
    TOKEN,
    TOKEN_FILE,
    URL,
    WRITE,
    changed,
    modules,
    tree,
)


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
    ours = {"name": "ours", "remote_write": {"queue_config": {"capacity": 5000}}, "create": True}
    wire([{**PROMETHEUS, **ours}]).succeeded()
    configuration = etc / "prometheus" / "prometheus.yml"
    assert yaml.safe_load(configuration.read_text()) == {
        "remote_write": [
            {
                "name": "ours",
                "url": REMOTE_WRITE,
                "authorization": {"credentials_file": f"{etc}/prometheus/ours-token"},
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
    assert "-  bearer_token: ******** (previous)" in run.stdout
    (entry,) = yaml.safe_load((etc / "prometheus" / "prometheus.yml").read_text())["remote_write"]
    assert set(entry) == {"name", "url", "authorization"}


def test_differences_in_clear_when_the_user_wants_to_see_them(wire, playbook):
    del playbook.secrets["the token"]
    run = wire([TOKEN_FILE], "--diff", sysdig_integrations_no_log=False).succeeded()
    assert f"+{TOKEN}" in run.stdout


def test_rotation_changes_only_what_holds_the_token(wire, etc, template):
    wire(ALL).succeeded()
    before = tree(etc)
    wire(ALL, "--diff", sysdig_integrations_token=NEXT_TOKEN).succeeded()
    after = tree(etc)
    rotated = {"prometheus/sysdig-token", "default/exporter", "token", "mine.conf"}
    assert {path for path in after if after[path] != before[path]} == rotated
    assert all(after[path][1] == before[path][1].replace(TOKEN.encode(), NEXT_TOKEN.encode()) for path in rotated)


def test_absent_takes_away_what_is_ours_and_needs_no_credential(wire, etc, template):
    before = tree(etc)
    wire(ALL).succeeded()
    gone = [{**entry, "state": "absent"} for entry in ALL]
    wire(gone, "--diff", sysdig_integrations_token="", sysdig_integrations_region="").succeeded()
    assert {path: content[:2] for path, content in tree(etc).items()} == {
        path: content[:2] for path, content in before.items()
    }
    assert changed(wire(gone, sysdig_integrations_token="").succeeded()) == 0


def test_absent_deletes_a_configuration_that_had_to_be_created_and_no_other(wire, etc):
    created = {**PROMETHEUS, "path": "new/prometheus.yml", "create": True}
    wire([created]).succeeded()
    assert yaml.safe_load((etc / "new" / "prometheus.yml").read_text()).keys() == {"remote_write"}
    gone = [{**created, "state": "absent"}]
    checked = wire(gone, "--check", "--diff").succeeded()
    assert changed(checked) == 1
    wire(gone).succeeded()
    assert list((etc / "new").iterdir()) == []
    assert changed(wire(gone).succeeded()) == 0
    for content in ("", "# Ours.\n"):
        (etc / "new" / "prometheus.yml").write_text(content)
        wire([created]).succeeded()
        wire(gone).succeeded()
        assert (etc / "new" / "prometheus.yml").read_text() == content


def test_what_was_added_to_a_created_configuration_stays(wire, etc):
    created = {**PROMETHEUS, "path": "new/prometheus.yml", "create": True}
    wire([created]).succeeded()
    path = etc / "new" / "prometheus.yml"
    path.write_text(path.read_text() + "global:\n  scrape_interval: 30s\n")
    wire([{**created, "state": "absent"}]).succeeded()
    assert yaml.safe_load(path.read_text()) == {"global": {"scrape_interval": "30s"}}


def test_no_entries_and_fifty_entries(wire, etc):
    none = wire([]).succeeded()
    assert changed(none) == 0
    assert none.stderr.count("sysdig_integrations_list has no entry") == 1
    entries = [
        {**ENV_FILE, "path": f"default/e{number}", "variables": {"T": {"from": "token"}}} for number in range(50)
    ]
    wire(entries).succeeded()
    assert len(list((etc / "default").iterdir())) == 50
    again = wire(entries, "-vvv").succeeded()
    assert changed(again) == 0
    assert modules(again) == 1


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
    assert "has no known remote_write endpoint. Give remote_write.url." in run.task(WRITE).message
