# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where calls go when no URL is given: a proxy that nobody serves shows the first one."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import TransportError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import retrieve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from simulator.ids import METRICS
from web_tokens import web_token

PRIVATE, CLASSIC = {"endpoint_type": "private"}, {"endpoint_type": "private_classic"}
TOKEN = {"iam_token": web_token()}
GUID = {"instance_id": METRICS, "region": "eu-de"}
ADDRESSES = [
    ({"api_key": "my-key", **GUID}, "https://iam.cloud.ibm.com/identity/token"),
    ({"api_key": "my-key", **GUID, **PRIVATE}, "https://private.iam.cloud.ibm.com/identity/token"),
    ({**TOKEN, "instance_name": "x"}, "https://resource-controller.cloud.ibm.com/v2/resource_instances"),
    ({"api_key": "my-key", **GUID, **CLASSIC}, "https://private.eu-de.iam.cloud.ibm.com/identity/token"),
    (
        {**TOKEN, "instance_name": "x", "region": "eu-de", **PRIVATE},
        "https://private.us-south.resource-controller.cloud.ibm.com/v2/resource_instances",
    ),
    (
        {**TOKEN, "instance_name": "x", "region": "us-east", **CLASSIC},
        "https://private.us-east.resource-controller.cloud.ibm.com/v2/resource_instances",
    ),
    ({**TOKEN, **GUID, **CLASSIC}, "https://private.eu-de.monitoring.cloud.ibm.com/api/token"),
    (
        {**TOKEN, "instance_name": "x", **PRIVATE},
        "https://private.resource-controller.cloud.ibm.com/v2/resource_instances",
    ),
    ({**TOKEN, **GUID}, "https://eu-de.monitoring.cloud.ibm.com/api/token"),
    ({**TOKEN, **GUID, **PRIVATE}, "https://private.eu-de.monitoring.cloud.ibm.com/api/token"),
    ({**TOKEN, **GUID, "region": "eu-fr2"}, "https://eu-fr2.monitoring.cloud.ibm.com/api/token"),
    (
        {**TOKEN, **GUID, "product": "secure", **PRIVATE},
        "https://private.eu-de.security-compliance-secure.cloud.ibm.com/api/token",
    ),
    ({"sysdig_api_token": "my-token", "url": "https://sysdig.invalid/api/"}, "https://sysdig.invalid/api/token"),
]


@pytest.mark.parametrize(("options", "url"), ADDRESSES)
def test_without_urls_the_products_own_addresses_are_used(monkeypatch, options, url):
    for name in ("https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with pytest.raises(TransportError) as failed:
        retrieve(resolve({**options, "retries": 0, "timeout": 1}, {}))

    assert failed.value.facts["url"] == url
