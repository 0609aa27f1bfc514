# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the supported versions of ansible-core, and how each is tested."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    """One release of ansible-core, and how it is tested.

    Attributes:
        core: the release. The newest of its series: older ones have known faults of their own.
        image: the container image to run in (see tools/containers), or None for this machine and its Python.
        hosts_python: the Python that modules run on, as "3.8", or None for the Python of the tests.
        sanity: whether ansible-test sanity runs too, and unit tests also in a short run.
    """

    core: str
    image: str | None = None
    hosts_python: str | None = None
    sanity: bool = False

    @property
    def series(self) -> str:
        """Return what people call the version: "2.16"."""
        return self.core.rpartition(".")[0]


# ansible-core 2.20 and newer want Python 3.12. The oldest Python for modules goes with the oldest ansible-core, which
# still knows it; the sanity tests with both ends: what lies between finds nothing else.
VERSIONS = (
    Version("2.16.19", hosts_python="3.8", sanity=True),
    Version("2.17.14"),
    Version("2.18.19"),
    Version("2.19.14"),
    Version("2.20.10", image="debian-13-controller"),
    Version("2.21.5", image="debian-13-controller", sanity=True),
)
