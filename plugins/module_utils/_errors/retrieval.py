# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""What can go wrong, and what a person can do about it: every error's wording is here, and nowhere else.

Each function returns an error to raise. Its text is one paragraph: what failed, what the service said, what to do now.
"""

from __future__ import annotations

import platform
import sys
from typing import Any, Iterable

from .._retrieval.endpoints import REGIONS
from .base import (
    ACCESS_KEY,
    CHECK,
    IAM_LOGIN,
    INSTANCE,
    TEAM,
    TOKEN,
    OptionError,
    ServiceError,
    TransportError,
)
from .phrases import duration, either, meant, sentence, shown

# --- Options ----------------------------------------------------------------------------------------------------------


def missing_credential(auth_method: str | None, credentials: list[str], variable: str) -> OptionError:
    """``credentials`` are the options that would do, and ``variable`` is the environment variable of the first."""
    wanted = f"The credential for auth_method={auth_method} is missing" if auth_method else "A credential is missing"
    without = "" if auth_method else ", or auth_method=container or vpc on such a host"
    return OptionError(
        credentials[0],
        f"{wanted}: neither the options nor the environment have one.",
        f"Give {either(credentials)}{without}; the environment variable for {credentials[0]} is {variable}.",
    )


def missing_option(option: str, reason: str) -> OptionError:
    return OptionError(option, f"{option} is missing: {reason}.", f"Give {option}.")


def missing_instance() -> OptionError:
    return OptionError(
        "instance_id",
        "The instance is missing.",
        "Give instance_id (its GUID or its CRN) or instance_name; `ibmcloud resource service-instances --long`"
        " shows them.",
    )


def missing_region() -> OptionError:
    return OptionError(
        "region",
        "The region is missing, and a GUID does not tell it.",
        "Give region (such as us-south), or url, or the instance's full CRN as instance_id.",
    )


def several(first: str, second: str, why: str = "only one of them can be used") -> OptionError:
    return OptionError(first, f"{first} and {second} are both given, and {why}.", f"Leave out {first} or {second}.")


def not_with(option: str, method: str, why: str) -> OptionError:
    return OptionError(option, f"{option} cannot be used with auth_method={method}: {why}.", f"Leave out {option}.")


def contradiction(option: str, value: str, instance_value: str) -> OptionError:
    return OptionError(
        option,
        f"{option}={value} contradicts the instance, whose {option} is {instance_value}.",
        f"Leave out {option}, or give the instance_id that belongs to it.",
    )


def blank(option: str) -> OptionError:
    return OptionError(option, f"{option} holds nothing but white space.", f"Give {option} a value, or leave it out.")


def control_character(option: str) -> OptionError:
    return OptionError(
        option,
        f"{option} holds a line break or another control character.",
        "Remove it: `| trim` in a template takes line breaks off both ends.",
    )


def not_ascii(option: str) -> OptionError:
    return OptionError(
        option,
        f"{option} holds a character that no such value has.",
        f"Copy {option} again; quotation marks may have been copied with it.",
    )


def not_an_integer(option: str, value: Any, at_least: int) -> OptionError:
    return OptionError(
        option, f"{option}={shown(value)} is not a whole number from {at_least} on.", f"Correct {option}."
    )


def not_a_choice(option: str, value: Any, choices: Iterable[str]) -> OptionError:
    return OptionError(option, f"{option}={shown(value)} is not one of {', '.join(choices)}.", f"Correct {option}.")


def malformed_instance(value: str, why: str) -> OptionError:
    return OptionError(
        "instance_id",
        f"instance_id={shown(value)} is neither a GUID nor the CRN of an instance: {why}.",
        "`ibmcloud resource service-instance NAME` shows both; the name itself goes into instance_name.",
    )


def foreign_crn(service: str, services: Iterable[str]) -> OptionError:
    return OptionError(
        "instance_id",
        f"instance_id is the CRN of another service: {shown(service)}.",
        f"Give the CRN of an instance of {either(services)}.",
    )


def malformed_region(value: str) -> OptionError:
    return OptionError(
        "region",
        f"region={shown(value)} is not a region.",
        f"A region is written like us-south.{meant(value, REGIONS)}",
    )


def malformed_url(option: str, value: str, why: str) -> OptionError:
    return OptionError(
        option,
        f"{option}={shown(value)} is not a base URL: {why}.",
        "Write it like https://host or https://host:port.",
    )


def insecure_url(option: str, value: str) -> OptionError:
    return OptionError(
        option,
        f"{option}={shown(value)} is not encrypted, and would carry secrets in clear.",
        f"Write {option} with https://, or set allow_http=true if you accept that.",
    )


def unusable_file(option: str, path: str, why: str) -> OptionError:
    return OptionError(
        option, f"{option}={path} cannot be used: {why}.", f"Correct {option} or the file, on {platform.node()}."
    )


def expired_token(when: str) -> OptionError:
    return OptionError(
        "iam_token",
        f"iam_token expired at {when}.",
        "Get a new one with `ibmcloud iam oauth-tokens`, or give api_key instead.",
    )


def missing_compute_resource_token(reason: str) -> OptionError:
    return OptionError(
        "cr_token_file",
        f"There is no compute resource token: {reason}.",
        "Check that the pod mounts one, and name its file with cr_token_file if it is in another place.",
    )


def unknown_option(name: str, known: Iterable[str]) -> OptionError:
    return OptionError(
        name,
        f"There is no option {name}.",
        f"See `ansible-doc -t lookup ibmcloud.sysdig.sysdig_token`.{meant(name, known)}",
    )


def missing_package(package: str) -> OptionError:
    return OptionError(
        "auth_method",
        f"The Python package {package} is missing on {platform.node()}, for {sys.executable}.",
        f"Install it there: {sys.executable} -m pip install {package}",
    )


# --- Transport --------------------------------------------------------------------------------------------------------


def unreachable(step: str, url: str, reason: str, attempts: int, unlisted_region: str | None) -> TransportError:
    """``unlisted_region`` is a region that nobody has listed: the likeliest reason for a host that does not exist."""
    hint = ""
    if unlisted_region and unlisted_region in url:
        hint = f" The region {unlisted_region} is not a known one.{meant(unlisted_region, REGIONS)}"
    return TransportError(
        step,
        f"{url} did not answer after {attempts} {'attempt' if attempts == 1 else 'attempts'} ({reason}).",
        f"Check the host name, the network and the proxy from {platform.node()}.{hint}",
        url=url,
    )


def uncallable(step: str, url: str) -> TransportError:
    """The library's words are left out: it tells neither the URL nor the proxy, whose password it may show."""
    return TransportError(
        step,
        f"{url} cannot be called: its host, or the proxy of the environment, is not written as an address is.",
        "Correct the URL, or the variable HTTPS_PROXY; a SOCKS proxy needs the Python package PySocks.",
        url=url,
    )


def untrusted(step: str, url: str, reason: str) -> TransportError:
    remedy = "If a private authority signed it, name that authority's certificate with ca_path."
    if "expired" in reason:
        remedy = f"Whoever runs the service has to renew it, unless the clock of {platform.node()} is wrong."
    elif "match" in reason or "not valid for" in reason:
        remedy = "Check url and iam_url: the service is known by another name."
    return TransportError(step, f"the certificate of {url} is not trusted ({reason}).", remedy, url=url)


def gave_up(step: str, url: str, seconds: float, reason: str) -> TransportError:
    return TransportError(
        step,
        f"{url} gave no usable answer within the {seconds:g} seconds of the whole retrieval ({reason}).",
        "Try again later, or raise timeout or retries.",
        url=url,
    )


def asked_to_wait(step: str, url: str, status: int, pause: float, seconds: float) -> ServiceError:
    return ServiceError(
        step,
        f"{url} answered {status} and asks to wait {duration(pause)}, longer than is left of the {seconds:g} seconds of"
        " the whole retrieval.",
        "Try again after that time, or raise timeout or retries.",
        url=url,
        status=status,
    )


def redirected(step: str, url: str, status: int, target: str) -> TransportError:
    return TransportError(
        step,
        f"{url} answered {status} and points to {shown(target)}, which is not followed, because it would take the"
        " secret along.",
        "Check url, iam_url and region.",
        url=url,
        status=status,
    )


def unusable_answer(step: str, url: str, status: int, why: str) -> TransportError:
    return TransportError(
        step,
        f"{url} answered {status}, but {why}.",
        "Check that the URL is the service's own, and that no proxy or login page answers in its place.",
        url=url,
        status=status,
    )


# --- Services ---------------------------------------------------------------------------------------------------------

_REMEDIES: dict[tuple[str, int], str] = {
    (IAM_LOGIN, 400): "Check the credential: the API key may have been deleted, or belong to another account or IAM.",
    (IAM_LOGIN, 401): "The credential is locked, disabled or not known to this IAM.",
    (IAM_LOGIN, 403): "The credential may not log in from here: look at the account's IP address restrictions.",
    (INSTANCE, 401): "The resource controller does not accept the IAM token; it may have expired.",
    (TEAM, 401): "Sysdig does not accept the credential; check that the instance and the region belong together.",
    (TEAM, 404): "Check instance_id, region and url.",
    (TOKEN, 401): "Sysdig does not accept the credential; check that the instance and the region belong together.",
    (TOKEN, 404): "Check instance_id, region and url: this host does not know the instance.",
    (ACCESS_KEY, 401): "Sysdig does not accept the token; check that it belongs to this instance.",
    (ACCESS_KEY, 403): "The token's owner may not see access keys: retrieve with a credential that administers it.",
    (ACCESS_KEY, 404): "Check url and region: this host does not know access keys.",
    (CHECK, 401): "The token was retrieved, but is not valid (any more): it may just have been reset. Try again.",
}
_GENERAL_REMEDIES = {
    4: "Check the options of this step.",
    5: "The service has a problem; try again later.",
}


def refused(step: str, url: str, status: int, code: str | None, message: str) -> ServiceError:
    """A service answered ``status`` with its own ``code`` (or None) and ``message``."""
    if status == 429:
        remedy = "Too many calls; try again later, from fewer places, or raise retries."
    else:
        remedy = _REMEDIES.get((step, status)) or _GENERAL_REMEDIES.get(status // 100, "Check url and iam_url.")
    said = ": ".join(part for part in (code, message) if part)
    return ServiceError(
        step,
        f"{url} answered {status}{': ' + sentence(said) if said else '.'}",
        remedy,
        url=url,
        status=status,
        code=code,
    )


def access_denied(denied: ServiceError, iam_only: bool | None) -> ServiceError:
    """A 403 explained. ``iam_only`` says whether the instance forbids API tokens, None if that could not be seen.

    IBM's documentation gives the same answer for ``IAM_ONLY`` instances as Sysdig gives for missing privileges.
    """
    setting = "the instance allows IAM tokens only (external_api_auth=IAM_ONLY), and gives no API token"
    rights = "the credential lacks a role on the instance, or is not a member of the team"
    open_instance = "set external_api_auth to ANY with `ibmcloud resource service-instance-update`"
    grant = "grant the credential at least the Writer role on the instance (and the team)"
    causes, remedy = {
        True: (setting, f"To get one, {open_instance}."),
        False: (rights, f"To get one, {grant}."),
        None: (f"either {setting}, or {rights}", f"To get one, {open_instance}, or {grant}."),
    }[iam_only]
    return ServiceError(denied.step, f"{denied.problem} It means that {causes}.", remedy, **denied.facts)


def refused_outside(denied: ServiceError) -> ServiceError:
    """A 401 or 403 to a Sysdig token, outside IBM Cloud."""
    remedy = "Check sysdig_api_token: it may have been reset, or belong to another installation than url."
    if denied.facts.get("status") == 403:
        remedy = "Only an administrator's sysdig_api_token reads another user's token; check username and the team too."
    return ServiceError(denied.step, denied.problem, remedy, **denied.facts)


def refused_profile(denied: ServiceError) -> ServiceError:
    """A refusal to a pod or a virtual server."""
    remedy = "Check that the trusted profile exists, and that it is linked to this pod or virtual server."
    return ServiceError(denied.step, denied.problem, remedy, **denied.facts)


def unknown_team(option: str, value: int | str, teams: dict[int, str]) -> ServiceError:
    listed = ", ".join(f"{name} ({number})" for number, name in sorted(teams.items())) or "none"
    return ServiceError(
        TEAM,
        f"{option}={shown(value)} is not one of the credential's teams in this instance.",
        f"Its teams are: {listed}.{meant(str(value), teams.values())}",
        option=option,
    )


def unknown_instance(name: str, visible: Iterable[str]) -> ServiceError:
    visible = sorted(set(visible))
    return ServiceError(
        INSTANCE,
        f"the credential sees no instance with instance_name={shown(name)}.",
        f"The ones it sees are: {', '.join(visible) or 'none'}.{meant(name, visible)}",
        option="instance_name",
    )


def other_instance(name: str, asked: str, crns: Iterable[str]) -> ServiceError:
    """Instances of that name exist, but none with what was ``asked`` for besides."""
    return ServiceError(
        INSTANCE,
        f"instance_name={shown(name)} exists, but not with {asked}.",
        f"Leave that out, or correct it; what exists is {', '.join(sorted(crns))}.",
        option="instance_name",
    )


def ambiguous_instance(name: str, crns: Iterable[str]) -> ServiceError:
    return ServiceError(
        INSTANCE,
        f"several instances are called {shown(name)}.",
        "Give the CRN of one as instance_id, or narrow the search with product, region or resource_group_id:"
        f" {', '.join(sorted(crns))}.",
        option="instance_name",
    )


def inactive_instance(name: str, state: str) -> ServiceError:
    return ServiceError(
        INSTANCE,
        f"the instance {shown(name)} is {state}.",
        "Give an active one; `ibmcloud resource service-instances` shows them.",
    )


def no_enabled_access_key(url: str, disabled: int) -> ServiceError:
    """``disabled`` is the number of keys that are listed, but must not be used."""
    listed = f"has {disabled} disabled and no enabled access key" if disabled else "has no access key"
    return ServiceError(
        ACCESS_KEY, f"the instance {listed}.", "Enable or add one in its settings, under Agent Installation.", url=url
    )
