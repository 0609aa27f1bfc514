# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors and warnings of the role."""

from __future__ import annotations

from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import IAM_LOGIN
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import missing_section
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.options import not_a_choice
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.services import refused
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES

HEADING = "Role"

PROMETHEUS_YML = "/etc/prometheus/prometheus.yml"
FIRST, SECOND = "Entry 1 (prometheus)", "Entry 2 (prometheus)"

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "in_entry": [
        (not_a_choice("product", "Monitor", ("monitor", "secure")), SECOND),
        (not_a_choice("product", "Monitor", ("monitor", "secure")), "", "sysdig_integrations_{}".format),
    ],
    "with_former_file": [
        (
            refused(IAM_LOGIN, "https://iam.cloud.ibm.com/identity/token", 401, None, "Unauthorized"),
            "/etc/prometheus/sysdig-token",
            "2026-11-20 08:30:00 UTC",
        ),
    ],
    "cannot_evaluate": [("sysdig_integrations_api_key", "'vault_key' is undefined")],
    "short_token": [(3,)],
    "not_a_list": [("sysdig_integrations_list",)],
    "unknown_argument": [("details",)],
    "not_an_entry": [()],
    "missing_type": [(TYPES,)],
    "unknown_type": [("promtheus", TYPES)],
    "unknown_option": [("team", ("type", "path", "name"), ("team_id", "team_name"))],
    "missing": [("path",)],
    "not_one_line": [("owner",)],
    "not_absolute": [("path", "etc/exporter")],
    "not_a_mapping": [("remote_write",)],
    "not_names": [("pipelines",)],
    "not_a_mode": [("mode", "u=rw")],
    "not_a_port": [("settings.collector_port", "6443x")],
    "no_placeholder": [("validate",)],
    "not_a_name": [("team a", "only letters, digits, dots, dashes and underscores can be in it")],
    "name_in_mapping": [("remote_write",)],
    "same_file": [(PROMETHEUS_YML,)],
    "not_tags": [()],
    "tag_with_colon": [("role:web",)],
    "not_a_tag": [("web",)],
    "not_a_variable_name": [("SDC-TOKEN",)],
    "not_a_variable_value": [("SDC_TOKEN",)],
    "control_character_in_variable": [("SDC_TOKEN",)],
    "no_character_in_variable": [("SDC_TOKEN",)],
    "unknown_key": [("tokn", ("token", "url", "endpoints.collector"))],
    "no_value": [("endpoints.collector", "https://app.sysdigcloud.com")],
    "no_endpoint": [
        ("secure", "https://eu-de.security-compliance-secure.cloud.ibm.com", "remote_write", "remote_write.url")
    ],
    "no_preset": [("scanner", "monitor", ("secure",))],
    "tags_without_preset": [(("agent_container",),)],
    "cannot_render": [("exporter.conf.j2", "'port' is undefined")],
    "missing_configuration": [(PROMETHEUS_YML, "prometheus")],
    "cannot_merge": [("/etc/otelcol-contrib/config.yaml", missing_section("service.pipelines.metrics", 12))],
    "not_text": [(PROMETHEUS_YML,)],
    "masked_content": [(PROMETHEUS_YML,)],
    "not_in_yaml": [(0x7F,)],
    "misspelt_variable": [("sysdig_integrations_team", "sysdig_integrations_team_id or sysdig_integrations_team_name")],
    "sent_twice": [(PROMETHEUS_YML, "monitoring")],
    "nothing_to_do": [()],
}
