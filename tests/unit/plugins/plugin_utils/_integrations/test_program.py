# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check has to know of an entry's program: what it connects to, and whose certificates it trusts."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.entries import EntryError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.plan import plan
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.result import Result
from planning import AGENT, ENV, MONITOR, PROMETHEUS, SECURE, planned

REMOTE_WRITE = "ingest.prws.us-south.monitoring.cloud.ibm.com"
OTEL, VMAGENT, ALLOY = {"type": "otel"}, {"type": "vmagent"}, {"type": "alloy"}


def addresses(entry, result=None):
    return planned(entry, result)[-1].program.addresses


@pytest.mark.parametrize(
    ("entry", "host", "port", "is_tls"),
    [
        (PROMETHEUS, REMOTE_WRITE, 443, True),
        ({**PROMETHEUS, "remote_write": {"url": "http://relay:9201/write"}}, "relay", 9201, False),
        ({**PROMETHEUS, "remote_write": {"proxy_url": "http://proxy:3128"}}, "proxy", 3128, False),
        ({**OTEL, "exporter": {"proxy_url": "http://proxy:3128"}}, "proxy", 3128, False),
        ({**VMAGENT, "remote_write": {"proxyURL": "http://proxy:3128"}}, "proxy", 3128, False),
        ({**ALLOY, "remote_write": {"proxy_url": "https://proxy"}}, "proxy", 443, True),
        ({**PROMETHEUS, "remote_write": {"proxy_url": "socks5://proxy"}}, "proxy", 1080, False),
        ({**OTEL, "exporter": {"proxy_url": "socks5h://proxy:1081"}}, "proxy", 1081, False),
        (AGENT, "ingest.us-south.monitoring.cloud.ibm.com", 6443, True),
        ({**AGENT, "settings": {"collector": "c", "collector_port": "6666", "ssl": "false"}}, "c", 6666, False),
        ({**AGENT, "settings": {"http_proxy": {"proxy_host": "p", "proxy_port": 3128}}}, "p", 3128, False),
        (ENV, "us-south.monitoring.cloud.ibm.com", 443, True),
    ],
)
def test_what_it_connects_to(entry, host, port, is_tls):
    (address,) = addresses(entry)
    assert (address["host"], address["port"], address["is_tls"]) == (host, port, is_tls)


def test_an_agent_of_workload_protection_sends_to_the_api_too():
    assert [address["port"] for address in addresses(AGENT, SECURE)] == [6443, 443]


def test_a_url_of_which_only_the_program_knows_the_host_is_no_address():
    assert addresses({**OTEL, "exporter": {"endpoint": "${env:REMOTE_WRITE}"}}) == []


@pytest.mark.parametrize(
    ("entry", "verification"),
    [
        (PROMETHEUS, "required"),
        ({**PROMETHEUS, "remote_write": {"tls_config": {"insecure_skip_verify": True}}}, "none"),
        ({**PROMETHEUS, "remote_write": {"tls_config": {"insecure_skip_verify": False}}}, "required"),
        ({**OTEL, "exporter": {"tls": {"insecure_skip_verify": "true"}}}, "none"),
        ({**VMAGENT, "remote_write": {"tlsInsecureSkipVerify": "True"}}, "none"),
        ({**ALLOY, "remote_write": {"tls_config": {"insecure_skip_verify": True}}}, "none"),
        ({**AGENT, "settings": {"ssl_verify_certificate": False}}, "none"),
        ({**AGENT, "settings": {"ssl_verify_certificate": True}}, "required"),
        ({**AGENT, "settings": {"ca_certificate": "root.cert"}}, "unknown"),
        (ENV, "required"),
    ],
)
def test_whether_it_verifies_certificates(entry, verification):
    (address,) = addresses(entry)
    assert address["verification"] == verification


def test_whom_it_trusts():
    (address,) = addresses({**PROMETHEUS, "remote_write": {"tls_config": {"ca_file": "/etc/ssl/ours.pem"}}})
    assert address["authorities"] == "/etc/ssl/ours.pem"
    (address,) = addresses({**AGENT, "settings": {"ca_certificate": "root.cert"}})
    assert address["authorities"] == ""


@pytest.mark.parametrize(("entry", "verification"), [(ENV, "unknown"), (PROMETHEUS, "required")])
def test_with_a_private_certificate_only_some_types_say_whom_they_trust(entry, verification):
    files = plan([entry], lambda entry, label: Result(MONITOR, is_private=True))
    assert [address["verification"] for address in files[-1].program.addresses] == [verification]


@pytest.mark.parametrize(
    ("settings", "option"),
    [
        ({"collector_port": "6443x"}, "settings.collector_port='6443x'"),
        ({"collector_port": 65536}, "settings.collector_port=65536"),
        ({"http_proxy": {"proxy_host": "p", "proxy_port": "x"}}, "settings.http_proxy.proxy_port='x'"),
    ],
)
def test_a_port_that_is_none_is_refused(settings, option):
    with pytest.raises(EntryError, match=f"^Entry 1 .agent.: {option} is not a port"):
        planned({**AGENT, "settings": settings})
