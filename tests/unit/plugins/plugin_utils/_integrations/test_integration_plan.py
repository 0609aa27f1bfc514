# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From entries to files: what each type has by default, and what an entry says instead."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES
from planning import AGENT, ENV, MONITOR, PROMETHEUS, SECURE, planned


def test_prometheus_is_a_token_file_and_a_merged_configuration():
    token, configuration = planned(PROMETHEUS)
    assert (token.path, token.template, token.secret, token.merge) == (
        *("/etc/prometheus/sysdig-token", "token_file.j2", True),
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
    token, configuration = planned(
        {"type": "prometheus", "path": "/srv/p/p.yml", "mode": "0644", "owner": "me", "group": "us"}
    )
    assert (token.path, token.mode, token.owner, token.group) == ("/srv/p/sysdig-token", "", "me", "us")
    assert (configuration.mode, configuration.owner, configuration.group) == ("0644", "me", "us")


def test_an_absent_token_file_goes_after_the_configuration_that_names_it():
    files = planned({**PROMETHEUS, "state": "absent"})
    assert [file.path for file in files] == ["/etc/prometheus/prometheus.yml", "/etc/prometheus/sysdig-token"]


@pytest.mark.parametrize("kind", ["prometheus", "otel"])
def test_the_name_of_an_entry_is_in_the_file_and_in_the_name_of_the_token_file(kind):
    token, configuration = planned({"type": kind, "name": "team-a", "path": "/srv/c.yml"})
    assert (token.path, token.name) == ("/srv/team-a-token", "")
    assert (configuration.name, configuration.entry["id"]) == ("team-a", "team-a")


def test_the_name_of_a_data_source_makes_its_file_and_uid():
    (file,) = planned({"type": "grafana", "name": "Sysdig of Team A!"})
    assert file.path == "/etc/grafana/provisioning/datasources/sysdig-of-team-a.yaml"
    assert (file.entry["name"], file.entry["id"], file.name) == ("Sysdig of Team A!", "sysdig-of-team-a", "")


@pytest.mark.parametrize(
    ("result", "names"),
    [
        (MONITOR, ["SYSDIG_MONITOR_API_TOKEN", "SYSDIG_MONITOR_URL", "SDC_TOKEN", "SDC_URL"]),
        (SECURE, ["SYSDIG_SECURE_API_TOKEN", "SYSDIG_SECURE_URL", "SECURE_API_TOKEN", "SDC_TOKEN", "SDC_URL"]),
    ],
)
def test_the_variables_that_clients_of_the_product_look_for(result, names):
    (file,) = planned(ENV, result)
    expected = {name: "the-token" if name.endswith("TOKEN") else MONITOR["url"] for name in names}
    assert file.entry["variables"] == expected


def test_variables_of_the_user_replace_them_and_are_quoted():
    (file,) = planned({**ENV, "variables": {"A": "a b", "B": 1, "C": True, "D": ""}})
    assert file.entry["variables"] == {"A": '"a b"', "B": "1", "C": "true", "D": '""'}


def test_a_variable_may_be_any_part_of_the_result():
    keys = {"A": "token", "B": "access_key", "C": "endpoints.collector", "D": "product"}
    (file,) = planned({**ENV, "variables": {name: {"from": key} for name, key in keys.items()}})
    assert file.entry["variables"] == {
        "A": "the-token",
        "B": "the-access-key",
        "C": "ingest.us-south.monitoring.cloud.ibm.com",
        "D": "monitor",
    }


def never():
    raise AssertionError("the access key was retrieved")


def test_a_preset_for_the_container_of_the_agent():
    entry = {**ENV, "preset": "agent_container"}
    result = {**MONITOR, "endpoints": {"collector": "c.example.com", "collector_port": 6443}}
    (file,) = planned(entry, result)
    expected = {"ACCESS_KEY": "the-access-key", "COLLECTOR": "c.example.com", "COLLECTOR_PORT": "6443"}
    assert file.entry["variables"] == expected
    (file,) = planned({**entry, "tags": {"role": "web", "site": "a b"}, "variables": {"COLLECTOR": "d"}}, result)
    assert file.entry["variables"] == {**expected, "COLLECTOR": "d", "TAGS": '"role:web,site:a b"'}


def test_a_preset_for_scanners():
    (file,) = planned({**ENV, "preset": "scanner"}, SECURE)
    assert file.entry["variables"] == {
        "SYSDIG_ACCESS_KEY": "the-access-key",
        "SYSDIG_COLLECTOR": "ingest.example.com",
        "SYSDIG_API_URL": MONITOR["url"],
    }


def test_vmagent_is_a_token_file_and_an_environment_file():
    token, environment = planned({"type": "vmagent"})
    assert (token.path, token.secret, token.joined, token.service) == ("/etc/vmagent/sysdig-token", True, False, "")
    assert (environment.path, environment.secret, environment.joined) == ("/etc/vmagent/sysdig.env", False, True)
    assert (environment.service, environment.service_action) == ("vmagent", "restarted")
    assert {token.consumer_group, environment.consumer_group} == {"_victoria-metrics"}


def test_the_access_key_is_retrieved_only_if_something_needs_it():
    planned([ENV, PROMETHEUS, {**AGENT, "settings": {"customerid": "mine"}}], access_key=never)
    for entry in (
        AGENT,
        {**AGENT, "settings": {"customerid": ""}},
        {**ENV, "variables": {"A": {"from": "access_key"}}},
    ):
        with pytest.raises(AssertionError, match="was retrieved"):
            planned(entry, access_key=never)


def test_an_absent_entry_retrieves_nothing():
    def refuse(entry, label):
        raise AssertionError(label)

    entries = [{"type": kind, "path": "/x", "src": "s", "state": "absent"} for kind in TYPES if kind == "template"]
    entries += [{"type": kind, "path": f"/{kind}", "state": "absent"} for kind in TYPES if kind != "template"]
    token_files = [kind for kind, row in TYPES.items() if "token_path" in row.options]
    assert len(planned(entries, access_key=refuse)) == len(TYPES) + len(token_files)


def test_empty_options_count_as_not_given_but_not_validate_and_service():
    _token, configuration = planned(
        {"type": "prometheus", "path": "", "mode": "", "state": "", "service": "", "validate": "", "owner": None}
    )
    assert (configuration.path, configuration.mode, configuration.state, configuration.owner) == (
        *("/etc/prometheus/prometheus.yml", ""),
        *("present", ""),
    )
    assert (configuration.service, configuration.validate) == ("", "")


def test_what_replaces_an_address_counts_as_not_given_when_empty():
    _token, configuration = planned({**PROMETHEUS, "remote_write": {"url": "", "queue_config": {"capacity": 1}}})
    assert configuration.entry["remote_write"] == {"queue_config": {"capacity": 1}}


def test_a_mode_that_yaml_made_a_number_is_the_mode_it_was():
    (file,) = planned({**ENV, "mode": 0o640})
    assert file.mode == "0640"


@pytest.mark.parametrize("value", [7, 7.0, "7"])
def test_a_number_may_be_written_as_templates_write_it(value):
    (file,) = planned({**ENV, "validate_timeout": value})
    assert file.validate_timeout == 7


def test_switches_are_read_in_all_spellings_of_ansible():
    (file,) = planned({**ENV, "unsafe_writes": "yes", "backup": "True"})
    assert (file.unsafe_writes, file.backup, file.create) == (True, True, False)
