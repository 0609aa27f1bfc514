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
    return FACTS[product][address][endpoint_type].format(region=region) if address in FACTS[product] else None


@pytest.mark.parametrize(("product", "region", "endpoint_type"), ADDRESSES)
def test_every_address_is_the_documented_one(product, region, endpoint_type):
    api = documented(product, "api", endpoint_type, region)

    assert endpoints.endpoints(product, region, endpoint_type, url=None)._asdict() == {
        "api": api,
        "collector": documented(product, "collector", endpoint_type, region),
        "collector_port": FACTS[product]["collector"]["port"],
        "remote_write": documented(product, "remote_write", endpoint_type, region),
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


def test_iam_and_resource_controller_are_the_documented_ones():
    assert FACTS["iam"] == endpoints.IAM
    assert FACTS["resource_controller"] == endpoints.RESOURCE_CONTROLLER


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


@pytest.mark.parametrize(("service", "product"), FACTS["crn"]["service_to_product"].items())
def test_a_crn_gives_service_region_and_guid(service, product):
    crn = FACTS["crn"]["format"].format(
        cname="bluemix", ctype="public", service=service, region="us-south", account="0" * 32, guid=GUID.upper()
    )

    assert endpoints.parse_crn(crn) == (service, "us-south", GUID)
    assert endpoints.product_of_service(service) == product


def test_another_service_is_no_product():
    assert endpoints.product_of_service("cloud-object-storage") is None


@pytest.mark.parametrize(
    ("crn", "why"),
    [
        (f"crn:v1:bluemix:public:sysdig-monitor:us-south:a/0:{GUID}", "ten parts"),
        (f"crn:v2:bluemix:public:sysdig-monitor:us-south:a/0:{GUID}::", "begins with crn:v1"),
        (f"crn:v1:bluemix:public:sysdig-monitor:us-south:a/0:{GUID[:-1]}::", "not a GUID"),
        ("crn:v1:bluemix:public:sysdig-monitor:us-south:a/0:::", "not a GUID"),
        (f"crn:v1:bluemix:public:sysdig-monitor:us_south:a/0:{GUID}::", "not a region"),
        (f"crn:v1:bluemix:public:sysdig-monitor::a/0:{GUID}::", "not a region"),
    ],
)
def test_a_malformed_crn_is_refused_with_the_reason(crn, why):
    with pytest.raises(ValueError, match=why):
        endpoints.parse_crn(crn)


@pytest.mark.parametrize("region", [*endpoints.REGIONS, "xx-newplace", "eu-fr2"])
def test_a_region_need_not_be_listed(region):
    assert endpoints.is_region(region)


@pytest.mark.parametrize(
    "not_a_region", ["", "us", "US-SOUTH", "us-south-1", "us south", "us-south.example.com", "a/b"]
)
def test_what_is_written_otherwise_is_no_region(not_a_region):
    assert not endpoints.is_region(not_a_region)
