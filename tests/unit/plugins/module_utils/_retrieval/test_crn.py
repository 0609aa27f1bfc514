# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A CRN says which instance it is of, and a wrong one what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.crn import ForeignService, parse_crn

GUID = "01234567-89ab-cdef-0123-456789abcdef"
FACTS = json.loads((Path(__file__).parent / "fixtures" / "endpoints.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("service", "product"), FACTS["crn"]["service_to_product"].items())
def test_a_crn_gives_guid_product_region_and_account(service, product):
    crn = FACTS["crn"]["format"].format(
        cname="bluemix", ctype="public", service=service, region="us-south", account="0" * 32, guid=GUID.upper()
    )

    assert parse_crn(crn) == (GUID, product, "us-south", "0" * 32)


@pytest.mark.parametrize("place", ["us-south", "global", ""])
@pytest.mark.parametrize("guid", [GUID, ""])
def test_another_service_is_named_whatever_else_its_crn_lacks(place, guid):
    with pytest.raises(ForeignService, match="cloud-object-storage"):
        parse_crn(f"crn:v1:bluemix:public:cloud-object-storage:{place}:a/0:{guid}::")


@pytest.mark.parametrize("scope", ["", "o/0", "a/"])
def test_a_crn_without_an_account_has_none(scope):
    assert parse_crn(f"crn:v1:bluemix:public:sysdig-monitor:us-south:{scope}:{GUID}::").account is None


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
        parse_crn(crn)
