# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between services, or between their pages, and is off until a test switches it on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TEAM_HEADERS = ("SysdigTeamID", "TeamID")
PRODUCTS = ("monitor", "secure")


@dataclass
class Modes:
    """The modes that are on.

    Attributes:
        require_instance_id: the REST API of an instance on IBM Cloud refuses an API token without IBMInstanceID:
            Workload Protection's pages send it in every call, Monitor's in some. An IAM token always needs it.
        ignored_team_header: by product, the one of the two headers that its API does not know. Whoever sends only that
            one gets the default team, without an error.
        bare_metal: the metadata service is a bare metal server's, which has none of the older paths.
    """

    require_instance_id: bool = False
    ignored_team_header: dict[str, str] = field(default_factory=dict)
    bare_metal: bool = False

    @classmethod
    def read(cls, document: dict[str, Any]) -> Modes:
        """The modes that a test asks for; the others are off.

        Raises:
            ValueError: there is no such product or header.
            TypeError: there is no such mode.
        """
        modes = cls(**document)
        ignored = modes.ignored_team_header
        if not {*ignored} <= {*PRODUCTS} or not {*ignored.values()} <= {*TEAM_HEADERS}:
            raise ValueError(f"ignored_team_header is one of {TEAM_HEADERS} for one of {PRODUCTS}, not {ignored}")
        return modes

    def team_headers(self, product: str) -> tuple[str, ...]:
        """The headers by which a product's API selects the team."""
        return tuple(name for name in TEAM_HEADERS if name != self.ignored_team_header.get(product))
