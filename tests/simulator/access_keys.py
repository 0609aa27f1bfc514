# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access keys that agents authenticate with, as they are right now."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .inhabitants import AccessKey, Tenant

KEY_NAMESPACE = uuid.UUID("00000000-feed-4000-8000-000000000000")


class AccessKeys:
    """The keys of every tenant. Not thread-safe: the simulator calls it under its lock.

    All methods that take a key raise KeyError if the tenant has no such key.
    """

    def __init__(self, tenants: Iterable[Tenant]) -> None:
        self._first = {tenant.id: tenant.access_keys for tenant in tenants}
        self.reset()

    def reset(self) -> None:
        """Back to the keys of world.json."""
        self._keys = {tenant_id: {key.key: key for key in keys} for tenant_id, keys in self._first.items()}
        self._every_key = {tenant_id: [key.key for key in keys] for tenant_id, keys in self._first.items()}

    def of(self, tenant_id: str) -> list[AccessKey]:
        """A tenant's keys, enabled or not, in the order of their creation here."""
        return list(self._keys[tenant_id].values())

    def ever(self, tenant_id: str) -> list[str]:
        """All keys that a tenant has or had, in the order of their creation here."""
        return self._every_key[tenant_id]

    def owner(self, key: str) -> tuple[str, AccessKey] | None:
        """Whose key that is: the tenant's id, and the key."""
        return next(((tenant_id, keys[key]) for tenant_id, keys in self._keys.items() if key in keys), None)

    def create(self, tenant_id: str, **attributes: Any) -> AccessKey:
        """A new key, enabled unless the attributes say otherwise."""
        number = len(self._every_key[tenant_id])
        latest = max((key.date_created for key in self.of(tenant_id)), default=0)
        fresh = {
            "key": str(uuid.uuid5(KEY_NAMESPACE, f"{tenant_id}/{number}")),
            "enabled": True,
            # Two keys of the same millisecond would have no order.
            "date_created": max(_now(), latest + 1),
        }
        key = AccessKey(**{**fresh, **attributes})
        self._keys[tenant_id][key.key] = key
        self._every_key[tenant_id].append(key.key)
        return key

    def disable(self, tenant_id: str, key: str) -> AccessKey:
        """The key, disabled from now on if it was not before."""
        old = self._keys[tenant_id][key]
        return self._put(tenant_id, replace(old, enabled=False, date_disabled=_now()) if old.enabled else old)

    def enable(self, tenant_id: str, key: str) -> AccessKey:
        """The key, enabled. It still tells when it was last disabled."""
        return self._put(tenant_id, replace(self._keys[tenant_id][key], enabled=True))

    def delete(self, tenant_id: str, key: str) -> None:
        """Forget a disabled key.

        Raises:
            ValueError: the key is enabled.
        """
        if self._keys[tenant_id][key].enabled:
            raise ValueError("an enabled access key cannot be deleted")
        del self._keys[tenant_id][key]

    def _put(self, tenant_id: str, key: AccessKey) -> AccessKey:
        self._keys[tenant_id][key.key] = key
        return key


def _now() -> int:
    """Milliseconds since the epoch."""
    return int(time.time() * 1000)
