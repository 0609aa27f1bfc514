# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word what a host finds wrong in a check, or cannot find out. Runs on Python 3.6."""

from .base import SysdigError
from .phrases import duration

FILE, NETWORK, SERVICE, DELIVERY, AGENT = "file", "network", "service", "delivery", "agent"


class Finding(SysdigError):
    """Report what a check has found. ``is_unknown``: it could not find out whether something is wrong."""

    def __init__(self, check: str, problem: str, remedy: str, is_unknown: bool = False) -> None:
        super().__init__(check, problem, remedy)
        self.is_unknown = is_unknown

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}"


# --- Files ------------------------------------------------------------------------------------------------------------


def missing_file(path: str) -> Finding:
    return Finding(FILE, f"{path} does not exist.", "Run the role.")


def readable_by_others(path: str, mode: int) -> Finding:
    return Finding(FILE, f"{path} can be read by all users (mode {mode:04o}).", "Run the role, which closes it.")


def readable_by_group(path: str, group: str, mode: int) -> Finding:
    return Finding(
        FILE,
        f"{path} can be read by the group {group} (mode {mode:04o}).",
        "Run the role, which closes it, or name the group in the entry.",
    )


def other_owner(path: str, owner: str, group: str, mode: int) -> Finding:
    return Finding(
        FILE,
        f"{path} belongs to {owner} and the group {group} (mode {mode:04o}), who are not those of the entry.",
        "Run the role, or name owner, group and mode in the entry.",
    )


def closed_to_reader(path: str, reader: str, reason: str) -> Finding:
    return Finding(
        FILE,
        f"{reader} cannot read {path}: {reason}.",
        "Run the role, give the group of its reader as group of the entry, or open the directories above the file.",
    )


def cannot_become(path: str, reader: str) -> Finding:
    return Finding(
        FILE, f"whether {reader} can read {path} is not known.", "Run the check with become: true.", is_unknown=True
    )


# --- Network ----------------------------------------------------------------------------------------------------------


def no_address() -> Finding:
    return Finding(
        NETWORK,
        "the address that this entry sends to is no URL with a host.",
        "Write it out, or look yourself whether the host reaches it.",
        is_unknown=True,
    )


def unresolved(host: str, reason: str) -> Finding:
    return Finding(
        NETWORK,
        f"the name {host} cannot be resolved: {reason}.",
        "Correct the address, or this host's name resolution.",
    )


def not_connected(host: str, port: int, reason: str) -> Finding:
    return Finding(
        NETWORK,
        f"there is no connection to {host}, port {port}: {reason}.",
        "Allow it in the firewalls and security groups between, or use another endpoint_type.",
    )


def untrusted(host: str, port: int, reason: str) -> Finding:
    return Finding(
        NETWORK,
        f"the TLS connection to {host}, port {port}, fails: {reason}.",
        "Trust the authority of its certificate on this host, or look for a proxy that replaces the certificate.",
    )


def untrusted_here(host: str, port: int, reason: str) -> Finding:
    """Say so of an instance with a private certificate: its program may have been told whom to trust."""
    return Finding(
        NETWORK,
        f"this host does not trust {host}, port {port}: {reason}.",
        "Its program has to know whom to trust, as the control node does: add the authority to this host, or name it.",
        is_unknown=True,
    )


def unusable_authorities(path: str, reason: str) -> Finding:
    return Finding(
        NETWORK, f"the file of authorities {path} cannot be used: {reason}.", "Correct the file, or its path."
    )


# --- Services ---------------------------------------------------------------------------------------------------------


def no_systemd(service: str) -> Finding:
    return Finding(
        SERVICE,
        f"systemd does not run here, so the state of {service} is not known.",
        "Ask the service manager of this host.",
        True,
    )


def unknown_service(service: str) -> Finding:
    return Finding(SERVICE, f"systemd does not know the service {service}.", "Install it, or set service.")


def not_running(service: str, state: str) -> Finding:
    return Finding(
        SERVICE,
        f"the service {service} is {state}.",
        f"Start it; `journalctl --unit={service}` may say why it stopped.",
    )


def not_reloaded(service: str, path: str) -> Finding:
    return Finding(
        SERVICE,
        f"the service {service} has not read {path} since it changed.",
        f"Run `systemctl reload-or-restart {service}`.",
    )


def changed_in_future(service: str, path: str) -> Finding:
    return Finding(
        SERVICE,
        f"whether {service} has read {path} is not known: the file's time is in the future.",
        f"Correct the clock of this host, run `touch {path}`, then `systemctl reload-or-restart {service}`.",
        is_unknown=True,
    )


# --- Delivery ---------------------------------------------------------------------------------------------------------


def no_metrics(url: str, reason: str, is_default: bool) -> Finding:
    return Finding(
        DELIVERY,
        f"the metrics at {url} cannot be read: {reason}.",
        "Give the address of its own metrics as metrics_url of the entry.",
        is_unknown=is_default,
    )


def no_receiver(url: str, name: str) -> Finding:
    return Finding(
        DELIVERY,
        f"the metrics at {url} know no receiver {name}.",
        "Reload the program, or correct metrics_url, which may be another one's.",
    )


def not_delivering(numbers: str) -> Finding:
    return Finding(
        DELIVERY,
        f"no samples arrive: {numbers}.",
        "If the token and the network are right, read the program's log, which has the answers of the receiver.",
    )


def failing(numbers: str) -> Finding:
    return Finding(
        DELIVERY,
        f"samples fail while the check looks: {numbers}.",
        "If the token and the network are right, read the program's log, which has the answers of the receiver.",
    )


def failed_before(numbers: str) -> Finding:
    return Finding(
        DELIVERY,
        f"whether samples still fail is not known: {numbers}.",
        "Check again: some have failed since the program was started, and none was sent while the check looked.",
        is_unknown=True,
    )


def late(seconds: float, numbers: str) -> Finding:
    return Finding(
        DELIVERY,
        f"the newest sample that was sent is {duration(seconds)} old: {numbers}.",
        "Read the program's log, which has the answers of the receiver.",
    )


# --- Agent ------------------------------------------------------------------------------------------------------------


def not_connected_agent(service: str, collector: str) -> Finding:
    return Finding(
        AGENT,
        f"no process of {service} is connected to {collector}.",
        "Look at the access key and the network above, and into /opt/draios/logs/draios.log.",
    )


def hidden_connections(service: str) -> Finding:
    return Finding(
        AGENT,
        f"whether {service} is connected to its collector is not known: its connections are not shown to this user.",
        "Run the check with become: true.",
        is_unknown=True,
    )
