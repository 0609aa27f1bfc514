# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of the Sysdig agent and the OpenTelemetry Collector as people write them, and our parts of them."""

from __future__ import annotations

AGENT = {
    "customerid": "00000000-feed-4000-8000-000000000011",
    "collector": "ingest.us-south.monitoring.cloud.ibm.com",
    "ssl": True,
    "collector_port": 6443,
    "tags": "role:web,site:fra",
    "log": {"console_priority": "error"},
}

AGENT_SAMPLES = {
    "empty": "",
    "only comments": "# Sysdig agent\n# customerid: ADD_YOUR_KEY\n",
    "as the installer writes it": """\
customerid: 11112222-old-key
tags: "role:web"
collector: ingest.eu-de.monitoring.cloud.ibm.com
collector_port: 6443
ssl: true
sysdig_capture_enabled: false
""",
    "two customer ids left by an editor": """\
customerid: first-old-key
customerid: second-old-key   # the one that counts
ssl: on
""",
    "commented and quoted": """\
# Looked after by the platform team
'customerid': '11112222-old-key'   # from the web UI
"tags": 'role:db,site:ams'

log:
    file_priority: info      # chatty

# nothing else
""",
    "flow": "{customerid: old, ssl: false, log: {file_priority: info}}\n",
    "json": '{"customerid": "old", "blacklisted_ports": [6443, 443]}\n',
    "nulls": "customerid:\ntags: ~\nlog:\nsecurity: {k8s_audit_server_enabled: true}\n",
    "prometheus scraping": """\
prometheus:
  enabled: true
  process_filter:
  - include:
      process.name: java
      conf: {port: 8080, path: "/metrics"}
  - exclude:
      port: [22, 23]   # ssh
""",
    "anchors": """\
app_checks:
  - name: redis
    pattern: &match {comm: redis-server}
    conf: &local {host: 127.0.0.1}
  - name: redis-sentinel
    pattern: *match
    conf: {<<: *local, port: 26379}
""",
    "windows line ends": "customerid: old # key\r\nlog:\r\n  file_priority: info\r\n# end\r\n",
    "unicode": "# Rechner in Zürich ☃\ncustomerid: alt\nevents: {note: 'Zürich 😀'}\n",
    "block scalar": "customerid: old\nnote: |\n  # not a comment\n  two lines\n\nssl: false\n",
    "document markers": "---\ncustomerid: old\n...\n",
    "no newline at the end": "tags: a:b\ncustomerid: old",
}

EXTENSION, EXPORTER = "bearertokenauth/sysdig", "prometheusremotewrite/sysdig"
COLLECTOR = {
    "extensions": {EXTENSION: {"filename": "/etc/otelcol-contrib/sysdig-token"}},
    "exporters": {EXPORTER: {"endpoint": "https://example.com/write", "auth": {"authenticator": EXTENSION}}},
    "service": {"extensions": [EXTENSION], "pipelines": {"metrics": {"exporters": [EXPORTER]}}},
}

COLLECTOR_SAMPLES = {
    "as the package ships it": """\
# To limit exposure, bind to localhost
extensions:
  health_check:
  pprof:
    endpoint: 0.0.0.0:1777

receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317

  # Collect own metrics
  prometheus:
    config:
      scrape_configs:
      - job_name: 'otel-collector'
        scrape_interval: 10s
        static_configs:
        - targets: ['0.0.0.0:8888']

processors:
  batch:

exporters:
  debug:
    verbosity: detailed

service:

  pipelines:

    traces:
      receivers: [otlp]
      processors: [batch]
      exporters: [debug]

    metrics:
      receivers: [otlp, prometheus]
      processors: [batch]
      exporters: [debug]

  extensions: [health_check, pprof]
""",
    "no extensions yet": """\
receivers: {otlp: {protocols: {grpc: {}}}}
exporters:
    debug: {}   # only that
service:
    pipelines:
        metrics:
            receivers: [otlp]
            exporters: [debug]
""",
    "block lists": """\
extensions:
  health_check: {}
exporters:
  debug: {}
service:
  extensions:
  - health_check   # for the load balancer
  # - zpages
  pipelines:
    metrics/host:
      exporters:
      - debug
    metrics:
      exporters:
      - debug   # to see them
      # - file
""",
    "dashes indented": """\
service:
  extensions:
    - health_check
  pipelines:
    metrics:
      exporters:
        - debug
exporters:
  debug: {}
""",
    "json": '{"exporters": {"debug": {}}, "service": {"pipelines": {"metrics": {"exporters": ["debug"]}}}}\n',
    "environment and anchors": """\
exporters:
  otlp/a: &tls
    tls: {ca_file: "${env:CA_FILE}"}
  otlp/b: {<<: *tls, endpoint: b:4317}
service:
  pipelines:
    metrics: {exporters: [otlp/a, otlp/b]}   # both
""",
    "nulls and empty lists": """\
extensions:
exporters: {debug: {}}
service:
  extensions: []
  pipelines:
    metrics:
      exporters: [debug]
""",
    "windows line ends": "service:\r\n  pipelines:\r\n    metrics:\r\n      exporters: [debug] # x\r\n# end\r\n",
    "ours of an earlier run, tuned by hand": f"""\
extensions:
  {EXTENSION}:
    filename: /old/place
    scheme: Bearer   # as it is by default
exporters:
  {EXPORTER}:
    endpoint: https://old.example.com/write
    remote_write_queue: {{queue_size: 2000}}
service:
  extensions: [{EXTENSION}]
  pipelines: {{metrics: {{exporters: [{EXPORTER}, debug]}}}}
""",
}
