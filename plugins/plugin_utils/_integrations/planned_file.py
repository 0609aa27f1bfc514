# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""One file of a host, as an entry means it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.result import Result
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import MergeRules


class Program(NamedTuple):
    """Hold what to know of the program that an entry configures, to check whether it works.

    ``addresses`` are what it connects to, with the attributes of ``_host_check.network.Address``.
    """

    type: str
    name: str
    service: str
    addresses: list[dict[str, Any]]
    metrics_url: str
    is_default_url: bool
    has_access_key_only: bool


@dataclass(frozen=True)
class PlannedFile:
    """Hold one file on the host, with everything that is needed to write it.

    ``name`` is what the entry owns in the file, empty if that is the file. ``template`` is the name of the role's
    template, or what the user gave as ``src`` if ``template_is_users``. A template sees ``entry`` and ``result`` (as
    ``sysdig``). ``merge`` is there if the file is merged instead of written, and ``joined`` says whether the whole
    file is written from the parts of several entries. ``path_option`` is the option that gives
    it another path. ``options`` are those that only this type takes, as the user wrote them, and ``origin``
    says what the retrieval is of, by what people call it (``instance``, …). ``reader`` is the service whose process
    reads the file, and ``program`` is there for the file that an entry is about, if it is present.
    """

    label: str = field(compare=False)
    path: str
    path_option: str = field(compare=False)
    name: str
    state: str
    template: str
    template_is_users: bool
    entry: Mapping[str, Any]
    options: Mapping[str, Any] = field(compare=False)
    origin: Mapping[str, str] = field(compare=False)
    result: Result = field(repr=False)
    merge: MergeRules | None
    joined: bool
    create: bool
    secret: bool
    owner: str
    group: str
    mode: str
    consumer_group: str
    validate: str
    validate_timeout: int | None
    unsafe_writes: bool
    backup: bool
    service: str
    service_action: str
    reader: str = field(compare=False)
    program: Program | None = field(compare=False)

    @property
    def owns_a_part(self) -> bool:
        """Return whether other entries may have parts of the same file, which have other names."""
        return self.merge is not None or self.joined
