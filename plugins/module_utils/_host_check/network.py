# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Look from this host at the addresses that its programs send to: name resolution, TCP and TLS, all at once."""

import socket
import ssl
import threading
import time
from typing import Any, Dict, List, NamedTuple, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import host_checks as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.host_checks import Finding

SECONDS = 5.0  # that an address may take
# How a program verifies a certificate: as this host does, or not at all, or in a way that nobody has said.
REQUIRED, NONE, UNKNOWN = "required", "none", "unknown"
_TIMED_OUT = "it timed out"


class Address(NamedTuple):
    """Hold what to connect to. ``authorities`` is a file of certificates, empty for those of the host.

    ``verification`` is one of REQUIRED, NONE and UNKNOWN.
    """

    host: str
    port: int
    is_tls: bool
    authorities: str = ""
    verification: str = REQUIRED

    def __str__(self) -> str:
        return f"{self.host}, port {self.port}"

    @property
    def trust(self) -> str:
        """Return what was proven of the certificate, as the end of a sentence."""
        if not self.is_tls:
            return ""
        if self.verification == NONE:
            return "; its certificate is not verified, as the entry says"
        return ", with a certificate that this host trusts"


def look(addresses: List[Address]) -> Dict[Address, Optional[Finding]]:
    """Connect to all addresses at once, and return what is wrong with each. What is not done in time timed out."""
    attempts = {address: _Attempt(address) for address in addresses}
    until = time.monotonic() + SECONDS
    # Nothing stops a name resolution that hangs, but the end of the process.
    threads = [threading.Thread(target=attempt.run, args=(until,), daemon=True) for attempt in attempts.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until + 0.5 - time.monotonic()))
    return {address: attempt.problem for address, attempt in attempts.items()}


class _Attempt:
    """Try one address. ``problem`` is what is wrong as far as the attempt has come: at first, that nothing answers."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.problem: Optional[Finding] = errors.unresolved(address.host, _TIMED_OUT)

    def run(self, until: float) -> None:
        """Resolve, connect and shake hands."""
        address = self._address
        try:
            found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            self.problem = errors.unresolved(address.host, _reason(error))
            return
        self.problem = errors.not_connected(address.host, address.port, _TIMED_OUT)
        try:
            connection = _connected([entry[4] for entry in found], until)
        except OSError as error:
            self.problem = errors.not_connected(address.host, address.port, _reason(error))
            return
        with connection:
            self.problem = errors.untrusted(address.host, address.port, _TIMED_OUT) if address.is_tls else None
            connection.settimeout(max(0.1, until - time.monotonic()))
            self.problem = _tls_problem(connection, address) if address.is_tls else None


def _connected(candidates: List[Any], until: float) -> socket.socket:
    """Connect to the first candidate that answers; each has its share of the time.

    Raises:
        OSError: none answers.
    """
    problem = OSError("no address")
    for left in range(len(candidates), 0, -1):
        share = max(0.1, (until - time.monotonic()) / left)
        try:
            return socket.create_connection(candidates[-left][:2], timeout=share)
        except OSError as error:
            problem = error
    raise problem


def _tls_problem(connection: socket.socket, address: Address) -> Optional[Finding]:
    try:
        context = ssl.create_default_context(cafile=address.authorities or None)
    except OSError as error:
        return errors.unusable_authorities(address.authorities, _reason(error))
    if address.verification == NONE:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        context.wrap_socket(connection, server_hostname=address.host).close()
    except (OSError, ValueError) as error:
        is_unsure = address.verification == UNKNOWN and _is_untrusted(error)
        return (errors.untrusted_here if is_unsure else errors.untrusted)(address.host, address.port, _reason(error))
    return None


def _is_untrusted(error: Exception) -> bool:
    """Return whether the certificate is what is wrong. Python 3.6 tells by a reason, or by a class for names."""
    return isinstance(error, ssl.CertificateError) or getattr(error, "reason", "") == "CERTIFICATE_VERIFY_FAILED"


def _reason(error: Exception) -> str:
    """Return the reason in the system's words, without its number."""
    if isinstance(error, socket.timeout):
        return _TIMED_OUT
    detail = getattr(error, "verify_message", "") or getattr(error, "reason", "") or getattr(error, "strerror", "")
    return str(detail or error).rstrip(".")
