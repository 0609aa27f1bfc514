# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of Prometheus as people write them, and our entry."""

from __future__ import annotations

URL = "https://ingest.prws.us-south.monitoring.cloud.ibm.com/prometheus/remote/write"
ELEMENT = {"name": "sysdig", "url": URL, "authorization": {"credentials_file": "/etc/prometheus/sysdig-token"}}

# Without an entry of ours: name, text.
WITHOUT_OURS = {
    "empty": "",
    "only comments": "# nothing here yet\n\n# really\n",
    "document start": "---\n",
    "prometheus default": """\
# my global config
global:
  scrape_interval:     15s # Set the scrape interval to every 15 seconds.
  evaluation_interval: 15s

# Load rules once.
rule_files:
  # - "first_rules.yml"
  - "second_rules.yml"

scrape_configs:
  # The job name is added as a label.
  - job_name: 'prometheus'

    # metrics_path defaults to '/metrics'
    static_configs:
      - targets: ['localhost:9090']
      # trailing comment
""",
    "dashes below the key": """\
global:
    scrape_interval: 15s
scrape_configs:
- job_name: node
  static_configs:
  - targets:
    - localhost:9100
remote_write:
- url: https://example.com/write   # ours since 2019
  queue_config: {capacity: 2500, max_shards: 10}
  # remote_timeout: 30s

# Rules come last.
rule_files: []
""",
    "dashes indented, comments around": """\
remote_write:
  # first
  - url: "https://example.com/a"
    write_relabel_configs:
      - source_labels: [__name__]
        regex: 'go_.*'
        action: drop
    # belongs to a

  # belongs to b
  - url: https://example.com/b

    # also b

# about scraping
scrape_configs: []
""",
    "wide dashes": "remote_write:\n    -   url: https://example.com/a\n        name: a\nglobal: {}\n",
    "flow list": "global: {scrape_interval: 15s}\nremote_write: [{url: https://example.com/a}]  # one\n",
    "flow list over lines": (
        "remote_write: [\n  {url: https://example.com/a},\n  {url: https://example.com/b},\n]\nglobal: {}\n"
    ),
    "json": '{"global": {"scrape_interval": "15s"}, "remote_write": [{"url": "https://example.com/a"}]}\n',
    "json without remote write": '{"global": {"scrape_interval": "15s"}}',
    "empty flow list": "remote_write: []  # nothing yet\nglobal:\n  scrape_interval: 15s\n",
    "null": "remote_write:\n# nothing yet\nglobal:\n  scrape_interval: 15s\n",
    "tilde": "remote_write: ~\nglobal:\n  scrape_interval: 15s\n",
    "anchors": """\
scrape_configs:
  - &defaults
    job_name: a
    tls_config: &tls {ca_file: /etc/ca.pem}
  - <<: *defaults
    job_name: b
    tls_config: *tls
remote_write:
  - url: https://example.com/a
    tls_config: *tls
""",
    "windows line ends": (
        "global:\r\n  scrape_interval: 15s # fifteen\r\nremote_write:\r\n- url: https://example.com/a\r\n# end\r\n"
    ),
    "unicode": (
        "# Überwachung für Zürich ☃ 😀\nglobal:\n  external_labels: {ort: 'Zürich 😀'}\n"
        "remote_write:\n  - url: https://example.com/ü\n# ende\n"
    ),
    "tabs in comments": "global: #\ttab\n  scrape_interval: 15s #\tanother\n#\tthird\n",
    "no newline at the end": "global:\n  scrape_interval: 15s",
    "document end": "---\nglobal:\n  scrape_interval: 15s\n...\n",
    "block scalar last": "global:\n  scrape_interval: 15s\nx: |\n  # not a comment\n  text\n\n",
    "element with block scalar": (
        "remote_write:\n  - url: https://example.com/a\n    name: |-\n      two\n      lines\n\nglobal: {}\n"
    ),
    "indented root": "  global:\n    scrape_interval: 15s\n  rule_files: []\n",
    "quoted and long": 'global: {external_labels: {a: "' + "long " * 60 + "\", 'b':   'it''s'}}\n",
}

# With an entry that is ours: name, text, what our entry must be afterwards.
WITH_OURS = {
    "by name": (
        "remote_write:\n  - name: sysdig # the one\n"
        "    url: https://old.example.com/write\n  - url: https://example.com/b\n",
        ELEMENT,
    ),
    "by url, token inline": (
        f"""\
remote_write:
- bearer_token: 11112222-old-token   # from the web UI
  # do not touch the queue
  queue_config:
    capacity: 2500   # tuned
  url: {URL}
- url: https://example.com/b
# end
""",
        {**ELEMENT, "queue_config": {"capacity": 2500}},
    ),
    "basic auth block": (
        f"""\
remote_write:
  - url: "{URL}"
    basic_auth:
      # from the vault
      username: apikey
      password: old   # rotated in May
    remote_timeout: 30s
global: {{}}
""",
        {**ELEMENT, "remote_timeout": "30s"},
    ),
    "credentials inline": (
        f"remote_write:\n  - name: sysdig\n    url: {URL}\n    authorization:\n"
        f"      type: Bearer # always\n      credentials: old # secret\n",
        {**ELEMENT, "authorization": {"type": "Bearer", "credentials_file": "/etc/prometheus/sysdig-token"}},
    ),
    "flow": (
        f'remote_write:\n  - {{url: "{URL}", bearer_token: old, remote_timeout: 30s}}   # flow\n',
        {**ELEMENT, "remote_timeout": "30s"},
    ),
    "flow, token first and last": (
        f'remote_write: [{{bearer_token_file: /old, url: "{URL}", bearer_token: old}}]\n',
        ELEMENT,
    ),
    "null authorization": (f"remote_write:\n- url: {URL}\n  authorization:\n  # none\nglobal: {{}}\n", ELEMENT),
    "windows line ends": (
        f"remote_write:\r\n- url: {URL}\r\n  bearer_token: old # x\r\n  # y\r\n  name:\r\n",
        ELEMENT,
    ),
    "already as it should be": (
        f"remote_write:\n  - url:   '{URL}'\n"
        f"    authorization: {{credentials_file:  /etc/prometheus/sysdig-token }} # ok\n    name: sysdig\n",
        ELEMENT,
    ),
}
