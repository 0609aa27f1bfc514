# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A throwaway certificate authority, and the certificates that it issues to the simulator."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import trustme


class Certificates:
    """One authority; a right certificate, and two for tests of clients that ought to refuse.

    Attributes:
        ca_file: the authority's certificate, in PEM.
    """

    def __init__(self, directory: Path) -> None:
        self._authority = trustme.CA()
        self.ca_file = directory / "ca.pem"
        self._authority.cert_pem.write_to_path(str(self.ca_file))

    def valid(self) -> ssl.SSLContext:
        """For 127.0.0.1 and localhost."""
        return self._context(self._authority.issue_cert("127.0.0.1", "localhost"))

    def for_another_name(self) -> ssl.SSLContext:
        """For a host that this is not."""
        return self._context(self._authority.issue_cert("another-host.invalid"))

    def expired(self) -> ssl.SSLContext:
        """For the right host, until yesterday."""
        yesterday = datetime.datetime.now().astimezone() - datetime.timedelta(days=1)
        return self._context(self._authority.issue_cert("127.0.0.1", "localhost", not_after=yesterday))

    @staticmethod
    def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context
