# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word what a check of a host finds wrong, or cannot find out. Runs on Python 3.6."""

from typing import Iterable, Optional

from .base import SysdigError
from .phrases import duration, either

FILE, NETWORK, SERVICE, DELIVERY, AGENT = "file", "network", "service", "delivery", "agent"
TOKEN, ACCESS_KEY, ENTRIES = "token", "access key", "entries"
INSTANCE, TEAMS, RECORD = "instance", "teams", "record"


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


def other_content(path: str) -> Finding:
    return Finding(
        FILE, f"{path} is not what the entry says.", "Run the role, with --check --diff first to see the difference."
    )


def readable_by_others(path: str, mode: int) -> Finding:
    return Finding(FILE, f"{path} can be read by all users (mode {mode:04o}).", "Run the role, which closes it.")


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


def disabled_key(path: str, key: str) -> Finding:
    return Finding(
        ACCESS_KEY, f"the access key {key} in {path} is disabled.", "Run the role, which writes an enabled one."
    )


def unlisted_key(path: str, key: str) -> Finding:
    return Finding(
        ACCESS_KEY, f"the access key {key} in {path} is not one of the instance.", "Run the role, or correct the entry."
    )


def keys_not_listed(reason: str) -> Finding:
    return Finding(
        ACCESS_KEY,
        f"whether the access key is enabled is not known: {reason}",
        "Use a credential that sees access keys (Monitor: Reader, Workload Protection: Manager).",
        is_unknown=True,
    )


# --- Tokens -----------------------------------------------------------------------------------------------------------


def refused_token(path: str, reason: str) -> Finding:
    return Finding(
        TOKEN,
        f"the instance does not accept the token in {path}, which was revoked or is of another instance: {reason}",
        "Run the role, which writes the current token.",
    )


def token_of_other_team(path: str, team: int, wanted: Optional[int]) -> Finding:
    requested = f"the team {wanted}" if wanted is not None else "the default team"
    return Finding(
        TOKEN, f"the token in {path} is of the team {team}, and the entry is for {requested}.", "Run the role."
    )


def other_token(path: str) -> Finding:
    return Finding(
        TOKEN,
        f"the token in {path} is accepted, but is not the one of the entry's credential.",
        "Run the role, or find out whose token it is.",
    )


# --- Without a host ---------------------------------------------------------------------------------------------------


def no_instance(account: str) -> Finding:
    return Finding(
        INSTANCE,
        f"the credential sees no instance of Monitoring or Workload Protection in the account {account}.",
        "Create one, or grant the credential a role on it.",
    )


def outside_ibm_cloud() -> Finding:
    return Finding(
        INSTANCE,
        "the credential is for Sysdig outside IBM Cloud, where there are no instances to list.",
        "Check with entries instead, without check_credential_only.",
        is_unknown=True,
    )


def closed_to_control_node(problem: Finding) -> Finding:
    return Finding(
        NETWORK,
        f"seen from the control node, {problem.problem}",
        "Only hosts need this address: the check of a host says whether it reaches it.",
        is_unknown=True,
    )


# --- The check itself -------------------------------------------------------------------------------------------------


def record_not_written(path: str, reason: str) -> Finding:
    return Finding(RECORD, f"the record cannot be written to {path}: {reason}.", "Name another file as check_record.")


def record_without_credential_only() -> Finding:
    return Finding(
        RECORD, "check_record records the check of a credential only.", "Set check_credential_only=true beside it."
    )


def nothing_to_check(given: str, entries: Iterable[str]) -> Finding:
    listed = list(entries)
    return Finding(
        ENTRIES,
        f"there is no entry to check{given}.",
        f"There are {either(listed)}." if listed else "Set sysdig_integrations_list for this host.",
    )
