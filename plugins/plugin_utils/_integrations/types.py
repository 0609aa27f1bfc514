# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The table of types. A new type is a row here, a template of the role, and its documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import MergeRules

TAGS = "tags"
_CONTAINER = {
    "ACCESS_KEY": "access_key",
    "COLLECTOR": "endpoints.collector",
    "COLLECTOR_PORT": "endpoints.collector_port",
    "TAGS": TAGS,
}
_SCANNER = {"SYSDIG_ACCESS_KEY": "access_key", "SYSDIG_COLLECTOR": "endpoints.collector", "SYSDIG_API_URL": "url"}


@dataclass(frozen=True)
class IntegrationType:
    """Describe what is particular about a type.

    ``options``: options of an entry that only some types take; a type with ``token_path`` keeps the token in a file of
    its own. ``path``, ``validate``, ``service``, ``service_action``: what an entry of this type has unless it says
    otherwise; a type without ``path`` requires one, and ``{name}`` in it stands for the entry's name. ``template``: in
    the role's ``templates``; a type without one requires the option ``src``. ``merge``: how the rendered template is
    merged into a file that belongs to others; without it the whole file is ours. ``joined``: several entries make one
    environment file, whose variables are lists with a value of each. ``secret``: the file (not the token file) holds a
    secret. ``group``: of the program that reads the files. ``endpoint``: the endpoint of the instance
    that the type cannot do without, unless the entry gives ``endpoint_option``. ``access_key_option``: the type needs
    the access key, unless the entry gives this option. Both options are written like ``settings.collector``.
    ``authorities_option``: where an entry names a file with the authority of that endpoint's certificate, on the host.
    ``proxy_option``: where an entry names the URL of a proxy to that endpoint.
    ``unverified``: where an entry says whether the certificate is verified, and the value with which it is not.
    ``metrics_url``: where the program says how many samples it has sent, unless it was moved.
    ``presets``: by name and product, names of environment variables and the key of the result that each of them holds,
    or TAGS for the entry's own; the preset that an entry does not name is the one without a name.
    """

    options: tuple[str, ...] = ()
    path: str = ""
    template: str = ""
    merge: MergeRules | None = None
    joined: bool = False
    secret: bool = True
    group: str = ""
    validate: str = ""
    service: str = ""
    service_action: str = "restarted"
    endpoint: str = ""
    endpoint_option: str = ""
    access_key_option: str = ""
    authorities_option: str = ""
    proxy_option: str = ""
    unverified: tuple[str, bool] | None = None
    metrics_url: str = ""
    presets: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)


TYPES: dict[str, IntegrationType] = {
    "prometheus": IntegrationType(
        options=("name", "token_path", "remote_write", "create", "metrics_url"),
        path="/etc/prometheus/prometheus.yml",
        template="prometheus.yml.j2",
        merge=MergeRules(
            list="remote_write",
            match=("name", "url"),
            # Prometheus accepts one authentication; these are the others, and the token in plain text.
            replaces=(
                *("bearer_token", "bearer_token_file", "basic_auth", "oauth2", "sigv4", "azuread", "google_iam"),
                *("authorization.type", "authorization.credentials"),
            ),
        ),
        secret=False,
        group="prometheus",
        validate="promtool check config %s",
        service="prometheus",
        service_action="reloaded",
        endpoint="remote_write",
        endpoint_option="remote_write.url",
        authorities_option="remote_write.tls_config.ca_file",
        proxy_option="remote_write.proxy_url",
        unverified=("remote_write.tls_config.insecure_skip_verify", True),
        metrics_url="http://127.0.0.1:9090/metrics",
    ),
    "agent": IntegrationType(
        options=("tags", "settings", "create"),
        path="/opt/draios/etc/dragent.yaml",
        template="dragent.yaml.j2",
        merge=MergeRules(),
        # The agent watches the file, and restarts itself if it is running.
        service="dragent",
        endpoint="collector",
        endpoint_option="settings.collector",
        access_key_option="settings.customerid",
        authorities_option="settings.ca_certificate",
        unverified=("settings.ssl_verify_certificate", False),
    ),
    "env_file": IntegrationType(
        options=("preset", "variables", "tags"),
        template="env_file.j2",
        presets={
            # What sdcclient, the command line scanner and the Terraform provider look for.
            "": {
                "monitor": {
                    "SYSDIG_MONITOR_API_TOKEN": "token",
                    "SYSDIG_MONITOR_URL": "url",
                    "SDC_TOKEN": "token",
                    "SDC_URL": "url",
                },
                "secure": {
                    "SYSDIG_SECURE_API_TOKEN": "token",
                    "SYSDIG_SECURE_URL": "url",
                    "SECURE_API_TOKEN": "token",
                    "SDC_TOKEN": "token",
                    "SDC_URL": "url",
                },
            },
            # What the containers of the agent and of the scanners look for.
            "agent_container": {"monitor": _CONTAINER, "secure": _CONTAINER},
            "scanner": {"secure": _SCANNER},
        },
    ),
    "grafana": IntegrationType(
        options=("name", "is_default", "org_id"),
        path="/etc/grafana/provisioning/datasources/{name}.yaml",
        template="grafana.yaml.j2",
        group="grafana",
        service="grafana-server",
    ),
    "otel": IntegrationType(
        options=("name", "token_path", "exporter", "pipelines", "create"),
        path="/etc/otelcol-contrib/config.yaml",
        template="otel.yaml.j2",
        merge=MergeRules(
            members=("service.extensions", "service.pipelines.*.exporters"),
            owned=("extensions.*", "exporters.*"),
            # What else a pipeline consists of is not for us to say.
            existing=("service.pipelines.*",),
        ),
        secret=False,
        group="otelcol-contrib",
        service="otelcol-contrib",
        endpoint="remote_write",
        endpoint_option="exporter.endpoint",
        authorities_option="exporter.tls.ca_file",
        proxy_option="exporter.proxy_url",
        unverified=("exporter.tls.insecure_skip_verify", True),
    ),
    "vmagent": IntegrationType(
        options=("name", "token_path", "remote_write", "metrics_url"),
        path="/etc/vmagent/sysdig.env",
        template="vmagent.j2",
        joined=True,
        secret=False,
        # Of Debian's package, which has no service for vmagent.
        group="_victoria-metrics",
        service="vmagent",
        endpoint="remote_write",
        endpoint_option="remote_write.url",
        authorities_option="remote_write.tlsCAFile",
        proxy_option="remote_write.proxyURL",
        unverified=("remote_write.tlsInsecureSkipVerify", True),
        metrics_url="http://127.0.0.1:8429/metrics",
    ),
    "alloy": IntegrationType(
        options=("name", "token_path", "remote_write"),
        path="/etc/alloy/{name}.alloy",
        template="alloy.j2",
        secret=False,
        group="alloy",
        service="alloy",
        endpoint="remote_write",
        endpoint_option="remote_write.url",
        authorities_option="remote_write.tls_config.ca_file",
        proxy_option="remote_write.proxy_url",
        unverified=("remote_write.tls_config.insecure_skip_verify", True),
    ),
    "token_file": IntegrationType(template="token_file.j2"),
    "template": IntegrationType(options=("src",)),
}
