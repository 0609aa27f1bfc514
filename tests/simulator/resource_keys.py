# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource keys (service credentials): what the resource controller shows of one, and to whom.

Sources: IBM Cloud documentation, "Connecting services to apps": whoever has a lesser role than the key sees
`{"REDACTED": "REDACTED"}`, and credentials of one-time view (the default since 2025-08-04) are shown to nobody
afterwards; Monitoring, "Managing access keys", for the names of the credentials. Assumed: which of the two values
stands for one-time view.
"""

from __future__ import annotations

import uuid
from typing import Any

from .inhabitants import Instance, ResourceKey
from .roles import suffices

NAMESPACE = uuid.UUID("00000000-beef-4000-8000-000000000000")
DOMAINS = {"monitor": "monitoring.cloud.ibm.com", "secure": "security-compliance-secure.cloud.ibm.com"}


def describe(instance: Instance, key: ResourceKey, role: str) -> dict[str, Any]:
    """One resource of the list, for somebody with that role on the instance."""
    guid = str(uuid.uuid5(NAMESPACE, f"{instance.guid}/{key.name}"))
    crn = f"{instance.crn.removesuffix('::')}:resource-key:{guid}"
    return {
        "id": crn,
        "guid": guid,
        "crn": crn,
        "url": f"/v2/resource_keys/{guid}",
        "name": key.name,
        "state": "active",
        "account_id": instance.account,
        "resource_group_id": instance.resource_group_id,
        "source_crn": instance.crn,
        "resource_instance_url": f"/v2/resource_instances/{instance.guid}",
        "role": f"crn:v1:bluemix:public:iam::::serviceRole:{key.role}",
        "iam_compatible": True,
        "onetime_credentials": key.one_time,
        "credentials": _credentials(instance, key, role),
    }


def _credentials(instance: Instance, key: ResourceKey, role: str) -> dict[str, str]:
    if key.one_time:
        return {"REDACTED": "REDACTED_EXPLICIT"}
    if not suffices(role, key.role):
        return {"REDACTED": "REDACTED"}
    host = f"{instance.region}.{DOMAINS[str(instance.product)]}"
    return {
        "Sysdig Access Key": key.access_key,
        "Sysdig Collector Endpoint": f"ingest.{host}",
        "Sysdig Endpoint": f"https://{host}",
        "apikey": key.api_key,
        "iam_apikey_description": f"Auto-generated for key {key.name}",
        "iam_apikey_name": key.name,
        "iam_role_crn": f"crn:v1:bluemix:public:iam::::serviceRole:{key.role}",
    }
