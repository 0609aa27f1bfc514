# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each address is resolved, connected to and asked for its certificate, all of them at once and for a limited time."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check import network


def address(url, authorities="", **more):
    parts = urlsplit(url)
    trust = {"authorities": authorities, **more}
    return {"host": parts.hostname, "port": parts.port, "is_tls": parts.scheme == "https", **trust}


def line(check, one):
    (found,) = check(programs=[{"addresses": [one]}])[0]
    return found["status"], found["message"]


@pytest.fixture
def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener.getsockname()[1]


def test_an_address_that_answers(check, simulator):
    status, message = line(check, address(simulator.url, simulator.ca_file))
    assert status == "ok"
    assert message.endswith(", answers, with a certificate that this host trusts")
    assert line(check, address(simulator.http_url))[1].endswith(", answers")


def test_a_name_that_does_not_exist(check):
    status, message = line(check, address("https://ingest.invalid:443"))
    assert status == "failed"
    assert message.startswith("the name ingest.invalid cannot be resolved: ")


def test_a_port_that_is_closed(check, closed_port):
    assert line(check, address(f"https://127.0.0.1:{closed_port}")) == (
        "failed",
        f"there is no connection to 127.0.0.1, port {closed_port}: Connection refused.",
    )


def test_certificates_that_are_not_trusted(check, simulator):
    for one, reason in (
        (address(simulator.url), "issuer"),
        (address(simulator.wrong_name_url, simulator.ca_file), "mismatch"),
        (address(simulator.expired_url, simulator.ca_file), "expired"),
        (address(simulator.http_url.replace("http:", "https:"), simulator.ca_file), ""),
    ):
        status, message = line(check, one)
        assert status == "failed"
        assert message.startswith("the TLS connection to ")
        assert reason in message


def test_a_certificate_that_the_program_does_not_verify(check, simulator):
    status, message = line(check, address(simulator.expired_url, verification=network.NONE))
    assert status == "ok"
    assert message.endswith(", answers; its certificate is not verified, as the entry says")


def test_a_private_certificate_whose_program_may_have_been_told_whom_to_trust(check, simulator):
    unsure = {"verification": network.UNKNOWN}
    status, message = line(check, address(simulator.url, **unsure))
    assert status == "unknown"
    assert message.startswith("this host does not trust 127.0.0.1, port ")
    assert line(check, address(simulator.url, simulator.ca_file, **unsure))[0] == "ok"
    # Whatever the program trusts, it gets no answer.
    http = simulator.http_url.replace("http:", "https:")
    assert line(check, address(http, **unsure))[0] == "failed"


def test_an_address_that_is_none(check):
    (found,) = check(programs=[{"addresses": []}])[0]
    assert (found["check"], found["status"]) == ("network", "unknown")


def test_a_file_of_authorities_that_is_missing(check, simulator):
    _status, message = line(check, address(simulator.url, "/no/such.pem"))
    assert message == "the file of authorities /no/such.pem cannot be used: No such file or directory."


def test_addresses_that_hang_are_given_up_together(check, monkeypatch):
    """One does not resolve, and one does not shake hands."""
    monkeypatch.setattr(network, "SECONDS", 1.0)
    release = threading.Event()
    resolve = socket.getaddrinfo

    def hanging(host, *arguments, **keywords):
        if host == "hangs.invalid":
            release.wait(30)
        return resolve(host, *arguments, **keywords)

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        urls = ["https://hangs.invalid:443", f"https://127.0.0.1:{port}"]
        lines, _files = check(programs=[{"addresses": [address(url) for url in urls]}])
    release.set()
    assert [each["message"] for each in lines] == [
        "the name hangs.invalid cannot be resolved: it timed out.",
        f"the TLS connection to 127.0.0.1, port {port}, fails: it timed out.",
    ]
