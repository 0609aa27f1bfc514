# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses are the ones that the public documentation lists, and a CRN says where its instance is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import endpoints

GUID = "01234567-89ab-cdef-0123-456789abcdef"
FACTS = json.loads((Path(__file__).parent / "fixtures" / "endpoints.json").read_text(encoding="utf-8"))
ADDRESSES = [
    (product, region, endpoint_type)
    for product in ("monitor", "secure")
    for region in FACTS[product]["regions"]
    for endpoint_type in ("public", "private")
]


def documented(product, address, endpoint_type, region):
    if address not in FACTS[product]:
        return None
    return FACTS[product][address][endpoint_type].format(region=region)


def documented_remote_write(product, endpoint_type, region):
    facts = FACTS[product].get("remote_write", {})
    if region in facts.get("overrides", {}):
        return facts["overrides"][region][endpoint_type]
    return (
        documented(product, "remote_write", endpoint_type, region)
        if region in facts.get("regions_listed", [])
        else None
    )


@pytest.mark.parametrize(("product", "region", "endpoint_type"), ADDRESSES)
def test_every_address_is_the_documented_one(product, region, endpoint_type):
    api = documented(product, "api", endpoint_type, region)

    assert endpoints.endpoints(product, region, endpoint_type, url=None)._asdict() == {
        "api": api,
        "collector": documented(product, "collector", endpoint_type, region),
        "collector_port": FACTS[product]["collector"]["port"],
        "remote_write": documented_remote_write(product, endpoint_type, region),
        "prometheus": f"{api}/prometheus",
    }


@pytest.mark.parametrize(("product", "region", "endpoint_type"), ADDRESSES)
def test_the_region_of_a_documented_api_url_is_recognised(product, region, endpoint_type):
    api = documented(product, "api", endpoint_type, region)
    other_product = "secure" if product == "monitor" else "monitor"

    assert endpoints.region_of_url(api, product) == region
    assert endpoints.region_of_url(api, other_product) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://sysdig.example.com",
        "https://us-south.monitoring.cloud.ibm.com.example.com",
        "https://example.com/us-south.monitoring.cloud.ibm.com",
        "https://private.monitoring.cloud.ibm.com",
    ],
)
def test_no_region_is_read_out_of_another_url(url):
    assert endpoints.region_of_url(url, "monitor") is None


@pytest.mark.parametrize("region", FACTS["monitor"]["remote_write"]["regions_without_documented_address"] + ["xx-new"])
@pytest.mark.parametrize("endpoint_type", ["public", "private"])
def test_no_address_for_remote_write_is_invented(region, endpoint_type):
    assert endpoints.endpoints("monitor", region, endpoint_type, url=None).remote_write is None


def test_classic_infrastructure_has_sysdigs_private_addresses():
    classic, private = (endpoints.endpoints("monitor", "eu-de", kind, None) for kind in ("private_classic", "private"))

    assert classic == private


@pytest.mark.parametrize("region", ["us-south", "eu-de", None])
def test_iam_has_the_documented_addresses(region):
    facts = FACTS["iam"]

    assert endpoints.iam("public", region) == facts["public"]
    assert endpoints.iam("private", region) == facts["private"]
    assert facts["private_classic"].startswith(endpoints.IAM["private_classic"])
    assert endpoints.iam("private_classic", "eu-de") == "https://private.eu-de.iam.cloud.ibm.com"


@pytest.mark.parametrize(
    ("endpoint_type", "region", "documented"),
    [
        ("public", "eu-de", FACTS["resource_controller"]["public"]),
        ("private", "us-south", FACTS["resource_controller"]["private"]),
        ("private", "us-east", FACTS["resource_controller"]["private"]),
        ("private", None, FACTS["resource_controller"]["private"]),
        ("private", "eu-de", FACTS["resource_controller"]["private_other"][0]),
        ("private_classic", "us-south", FACTS["resource_controller"]["private_other"][0]),
        ("private_classic", "us-east", FACTS["resource_controller"]["private_other"][1]),
        ("private_classic", "eu-de", FACTS["resource_controller"]["private_other"][0]),
    ],
)
def test_the_resource_controller_has_the_documented_addresses(endpoint_type, region, documented):
    assert endpoints.resource_controller(endpoint_type, region) == documented


def test_advice_knows_every_documented_region_and_no_other():
    assert set(endpoints.REGIONS) == {*FACTS["monitor"]["regions"], *FACTS["secure"]["regions"]}


@pytest.mark.parametrize("product", ["monitor", "secure"])
def test_a_url_replaces_the_api_and_leaves_collector_and_remote_write_to_the_region(product):
    found = endpoints.endpoints(product, "eu-de", "private", url="https://proxy.example.com/sysdig")

    assert found.api == "https://proxy.example.com/sysdig"
    assert found.prometheus == "https://proxy.example.com/sysdig/prometheus"
    assert found.collector == documented(product, "collector", "private", "eu-de")
    assert found.remote_write == documented(product, "remote_write", "private", "eu-de")


def test_without_a_region_remote_write_follows_the_url_and_there_is_no_collector():
    assert endpoints.endpoints("monitor", None, "public", url="https://sysdig.example.com")._asdict() == {
        "api": "https://sysdig.example.com",
        "collector": None,
        "collector_port": None,
        "remote_write": "https://sysdig.example.com/prometheus/remote/write",
        "prometheus": "https://sysdig.example.com/prometheus",
    }


@pytest.mark.parametrize("region", [*endpoints.REGIONS, "xx-newplace", "eu-fr2"])
def test_a_region_need_not_be_listed(region):
    assert endpoints.is_region(region)


@pytest.mark.parametrize(
    "not_a_region", ["", "us", "US-SOUTH", "us-south-1", "us south", "us-south.example.com", "a/b"]
)
def test_what_is_written_otherwise_is_no_region(not_a_region):
    assert not endpoints.is_region(not_a_region)


REMOTE_WRITES = (
    "https://ingest.prws.eu-de.monitoring.cloud.ibm.com/prometheus/remote/write",
    "https://ingest.prws.private.eu-de.monitoring.cloud.ibm.com/prometheus/remote/write",
    "https://ingest.eu-de.monitoring.cloud.ibm.com/prometheus/remote/write",
    "https://ingest.private.eu-de.monitoring.cloud.ibm.com/prometheus/remote/write",
)
APIS = ("https://eu-de.monitoring.cloud.ibm.com", "https://private.eu-de.monitoring.cloud.ibm.com")


@pytest.mark.parametrize("url", REMOTE_WRITES)
@pytest.mark.parametrize("written", [str, lambda url: f"{url}/", lambda url: url.replace("eu-de", "EU-DE")])
def test_a_remote_write_is_recognised_under_each_of_its_addresses(url, written):
    assert endpoints.equivalent_addresses(written(url)) == REMOTE_WRITES


@pytest.mark.parametrize("url", APIS)
@pytest.mark.parametrize("path", ["", "/prometheus", "/api"])
def test_an_api_is_recognised_under_each_of_its_addresses(url, path):
    assert endpoints.equivalent_addresses(url + path) == tuple(each + path for each in APIS)


@pytest.mark.parametrize(
    "url",
    [
        "https://sysdig.example.com/prometheus/remote/write",
        "https://ingest.prws.eu-de.monitoring.cloud.ibm.com/prometheus/remote/writes",
        "https://ingest.prws.a.b.monitoring.cloud.ibm.com/prometheus/remote/write",
        "https://eu-de.monitoring.cloud.ibm.com.example.com",
        "http://[",
    ],
)
def test_any_other_address_is_its_own_alone(url):
    assert endpoints.equivalent_addresses(url) == (url,)


@pytest.mark.parametrize(("product", "region", "endpoint_type"), ADDRESSES)
def test_every_address_in_use_is_equivalent_to_the_one_of_the_other_network(product, region, endpoint_type):
    one, other = (endpoints.endpoints(product, region, kind, None) for kind in ("public", "private"))

    for address in ("api", "remote_write", "prometheus"):
        if getattr(one, address):
            both = {getattr(one, address), getattr(other, address)}
            assert both <= set(endpoints.equivalent_addresses(getattr(one, address)))
