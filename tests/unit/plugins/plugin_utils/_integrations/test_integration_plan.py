# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From entries to files, with the role's own table of types."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import PlanError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.plan import plan
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import IntegrationType

ROOT = Path(__file__).resolve().parents[5]
TABLE = ROOT / "roles" / "sysdig_integrations" / "vars" / "main" / "types.yml"
TYPES = {
    name: IntegrationType.from_row(row)
    for name, row in yaml.safe_load(TABLE.read_text())["sysdig_integrations_types"].items()
}
MONITOR = {
    "token": "the-token",
    "product": "monitor",
    "url": "https://us-south.monitoring.cloud.ibm.com",
    "endpoints": {"remote_write": "https://ingest.prws.us-south.monitoring.cloud.ibm.com/prometheus/remote/write"},
}
SECURE = {**MONITOR, "product": "secure", "endpoints": {"remote_write": None}}
ENV = {"type": "env_file", "path": "/etc/default/a"}


def test_prometheus_is_a_token_file_and_a_merged_configuration():
    token, configuration = plan([{"type": "prometheus"}], TYPES, MONITOR)
    assert (token.path, token.template, token.secret, token.merge) == (
        "/etc/prometheus/sysdig-token",
        "token_file.j2",
        True,
        None,
    )
    assert (token.service, token.validate, token.consumer_group) == ("", "", "prometheus")
    assert (configuration.path, configuration.template) == ("/etc/prometheus/prometheus.yml", "prometheus.yml.j2")
    assert not configuration.secret
    assert configuration.entry["token_path"] == token.path
    assert configuration.merge.match == ("name", "url")
    assert configuration.validate == "promtool check config %s"
    assert (configuration.service, configuration.service_action) == ("prometheus", "reloaded")


def test_the_token_file_lies_beside_the_configuration_and_has_its_own_mode():
    token, configuration = plan(
        [{"type": "prometheus", "path": "/srv/p/p.yml", "mode": "0644", "owner": "me", "group": "us"}], TYPES, MONITOR
    )
    assert (token.path, token.mode, token.owner, token.group) == ("/srv/p/sysdig-token", "", "me", "us")
    assert (configuration.mode, configuration.owner, configuration.group) == ("0644", "me", "us")


def test_an_absent_token_file_goes_after_the_configuration_that_names_it():
    files = plan([{"type": "prometheus", "state": "absent"}], TYPES, {})
    assert [file.path for file in files] == ["/etc/prometheus/prometheus.yml", "/etc/prometheus/sysdig-token"]


def test_an_entry_that_the_user_named_is_found_by_that_name_only():
    _token, configuration = plan([{"type": "prometheus", "remote_write": {"name": "mine"}}], TYPES, MONITOR)
    assert configuration.merge.match == ("name",)


@pytest.mark.parametrize(
    ("result", "names"),
    [
        (MONITOR, ["SYSDIG_MONITOR_API_TOKEN", "SYSDIG_MONITOR_URL", "SDC_TOKEN", "SDC_URL"]),
        (SECURE, ["SYSDIG_SECURE_API_TOKEN", "SYSDIG_SECURE_URL", "SECURE_API_TOKEN", "SDC_TOKEN", "SDC_URL"]),
    ],
)
def test_the_variables_that_clients_of_the_product_look_for(result, names):
    (file,) = plan([ENV], TYPES, result)
    expected = {name: "the-token" if name.endswith("TOKEN") else MONITOR["url"] for name in names}
    assert file.entry["variables"] == expected


def test_variables_of_the_user_replace_them_and_are_quoted():
    (file,) = plan([{**ENV, "variables": {"A": "a b", "B": 1, "C": True}}], TYPES, MONITOR)
    assert file.entry["variables"] == {"A": '"a b"', "B": "1", "C": "true"}


def test_empty_options_count_as_not_given_but_not_validate_and_service():
    _token, configuration = plan(
        [{"type": "prometheus", "path": "", "mode": "", "state": "", "service": "", "validate": ""}], TYPES, MONITOR
    )
    assert (configuration.path, configuration.mode, configuration.state) == (
        "/etc/prometheus/prometheus.yml",
        "",
        "present",
    )
    assert (configuration.service, configuration.validate) == ("", "")


def test_two_entries_may_merge_into_one_file_and_share_the_token_file():
    files = plan(
        [{"type": "prometheus"}, {"type": "prometheus", "remote_write": {"name": "second", "url": "https://b"}}],
        TYPES,
        MONITOR,
    )
    assert [file.path.rpartition("/")[2] for file in files] == ["sysdig-token", "prometheus.yml", "prometheus.yml"]


def test_a_mode_that_yaml_made_a_number_is_the_mode_it_was():
    (file,) = plan([{**ENV, "mode": 0o640}], TYPES, MONITOR)
    assert file.mode == "0640"


# Entry or entries, and what the one sentence must say.
WRONG = [
    ("text", "Entry 1 must be a mapping"),
    ({}, f"Entry 1: type is missing; the types are {', '.join(TYPES)}."),
    ({"type": "promtheus"}, "Entry 1: 'promtheus' is not one of the types"),
    ({**ENV, "pth": "/x"}, "Entry 1 (env_file): pth is not an option of this type"),
    ({**ENV, "remote_write": {}}, "Entry 1 (env_file): remote_write is not an option of this type"),
    ({"type": "env_file"}, "Entry 1 (env_file): path is missing."),
    ({"type": "token_file", "path": ""}, "Entry 1 (token_file): path is missing."),
    ({**ENV, "path": "etc/a"}, "path must be the absolute path of a file, not 'etc/a'"),
    ({**ENV, "path": "/etc/"}, "path must be the absolute path of a file, not '/etc/'"),
    ({**ENV, "path": "/etc/a\nb"}, "path must be text in one line"),
    ({**ENV, "path": ["/etc/a"]}, "path must be text in one line"),
    ({"type": "template", "path": "/x"}, "Entry 1 (template): src is missing."),
    ({**ENV, "state": "gone"}, "state must be one of present, absent, not 'gone'"),
    ({**ENV, "service_action": "kill"}, "service_action must be one of restarted, reloaded, none, not 'kill'"),
    ({**ENV, "mode": "u=rw"}, "mode must be quoted octal digits such as '0640', not 'u=rw'"),
    ({**ENV, "mode": 640}, "mode must be quoted octal digits"),
    ({**ENV, "mode": True}, "mode must be quoted octal digits"),
    ({**ENV, "mode": "0999"}, "mode must be quoted octal digits"),
    ({**ENV, "validate": "true"}, "validate must contain %s"),
    ({**ENV, "variables": ["A"]}, "variables must be a mapping"),
    ({**ENV, "variables": {"1A": "x"}}, "in variables, '1A' is not a name"),
    ({**ENV, "variables": {"A-B": "x"}}, "in variables, 'A-B' is not a name"),
    ({**ENV, "variables": {"A": "x\ny"}}, "in variables, the value of A has a line break"),
    ({**ENV, "variables": {"A": ["x"]}}, "in variables, the value of A must be text or a number"),
    ({"type": "prometheus", "remote_write": "x"}, "remote_write must be a mapping"),
    ({"type": "prometheus", "token_path": "/etc/prometheus/prometheus.yml"}, "are the same file"),
    ([ENV, {**ENV, "type": "token_file"}], "Entry 1 (env_file) and Entry 2 (token_file) both write /etc/default/a"),
    ([ENV, {**ENV, "path": "/etc//default/./a", "mode": "0400"}], "both write /etc/default/a"),
    ([{"type": "prometheus"}, {"type": "token_file", "path": "/etc/prometheus/prometheus.yml"}], "both write"),
    (
        [{"type": "prometheus"}, {"type": "prometheus", "mode": "0600", "remote_write": {"name": "b"}}],
        "both merge into /etc/prometheus/prometheus.yml, but with different values of mode",
    ),
    (
        [{"type": "prometheus"}, {"type": "prometheus", "state": "absent", "remote_write": {"name": "b"}}],
        "both write /etc/prometheus/sysdig-token",
    ),
]


@pytest.mark.parametrize(("entries", "said"), WRONG)
def test_what_is_wrong_is_said_in_one_sentence(entries, said):
    with pytest.raises(PlanError) as refusal:
        plan(entries if isinstance(entries, list) else [entries], TYPES, MONITOR)
    assert said in str(refusal.value)
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)


def test_the_number_of_the_entry_is_said():
    with pytest.raises(PlanError, match=r"^Entry 3 \(template\): src is missing\.$"):
        plan([ENV, {"type": "prometheus"}, {"type": "template", "path": "/x"}], TYPES, MONITOR)


def test_workload_protection_has_no_remote_write():
    with pytest.raises(
        PlanError, match=r"product secure at .* has no known remote_write endpoint; give remote_write\.url"
    ):
        plan([{"type": "prometheus"}], TYPES, SECURE)
    plan([{"type": "prometheus", "remote_write": {"url": "https://example.com"}}], TYPES, SECURE)


def test_a_column_that_does_not_exist_is_an_error():
    with pytest.raises(TypeError, match="unknown columns: pth"):
        IntegrationType.from_row({"pth": "/x"})
