# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word the errors of the retrieval's options. No call was made.

Each function returns an error to raise: what is wrong, and what to do about it. Options are written as O(api_key).
"""

from __future__ import annotations

import platform
import sys
from typing import Any, Iterable

from .base import OptionError
from .phrases import did_you_mean, either, options, shown

# --- What is missing, or does not go together -------------------------------------------------------------------------


def missing_credential(
    auth_method: str | None, credentials: list[str], variables: Iterable[str], place: str, note: str
) -> OptionError:
    """``credentials`` are the options that would do, ``variables`` are the environment variables of the first.

    ``place`` says whose environment was looked at, and ``note`` what a user may not expect of it.
    """
    wanted = f"The credential for O(auth_method)={auth_method} is missing" if auth_method else "A credential is missing"
    without = "" if auth_method else ", or O(auth_method)=container or vpc on such a host"
    return OptionError(
        credentials[0],
        f"{wanted}: neither the options nor the environment of {place} have one.",
        f"Give {options(credentials)}{without}; or set {either(variables)} in that environment.{note and ' ' + note}",
    )


def missing_option(option: str, reason: str) -> OptionError:
    return OptionError(option, f"O({option}) is missing: {reason}.", f"Give O({option}).")


def missing_instance() -> OptionError:
    return OptionError(
        "instance_id",
        "The instance is missing.",
        "Give O(instance_id) (its GUID or its CRN) or O(instance_name);"
        " `ibmcloud resource service-instances --long` shows them.",
    )


def missing_region() -> OptionError:
    return OptionError(
        "region",
        "The region is missing, and a GUID does not tell it.",
        "Give O(region) (such as us-south), or O(url), or the instance's full CRN as O(instance_id).",
    )


def mutually_exclusive(first: str, second: str) -> OptionError:
    return OptionError(
        first,
        f"O({first}) and O({second}) are both given, and only one of them can be used.",
        f"Leave out O({first}) or O({second}).",
    )


def incompatible(option: str, method: str, why: str) -> OptionError:
    return OptionError(
        option, f"O({option}) cannot be used with O(auth_method)={method}: {why}.", f"Leave out O({option})."
    )


def contradiction(option: str, value: str, instance_value: str) -> OptionError:
    return OptionError(
        option,
        f"O({option})={value} contradicts the instance, whose {option} is {instance_value}.",
        f"Leave out O({option}), or give the O(instance_id) that belongs to it.",
    )


def unknown_option(name: str, module: str, known: Iterable[str]) -> OptionError:
    """Leave out the value: it may be a secret."""
    return OptionError(name, f"There is no option {name}.", f"See `ansible-doc {module}`.{did_you_mean(name, known)}")


def not_for_a_group(option: str, group: str) -> OptionError:
    return OptionError(
        option,
        f"O({option}) is in the module_defaults of {group}, where it would count for tasks that do not mean it.",
        f"Take O({option}) out there, and give it to each task that needs it.",
    )


# --- Values -----------------------------------------------------------------------------------------------------------


def blank(option: str) -> OptionError:
    return OptionError(
        option, f"O({option}) holds nothing but white space.", f"Give O({option}) a value, or leave it out."
    )


def control_character(option: str) -> OptionError:
    return OptionError(
        option,
        f"O({option}) holds a line break or another control character.",
        "Remove it.",
        in_template="`| trim` in a template takes line breaks off both ends.",
    )


def not_ascii(option: str) -> OptionError:
    return OptionError(
        option, f"O({option}) holds a character that no such value has.", f"Copy O({option}) again, without it."
    )


def quoted(option: str) -> OptionError:
    return OptionError(
        option,
        f"O({option}) holds quotation marks around its value.",
        "Remove them; what sets the value, such as `docker run --env-file`, may take them for a part of it.",
    )


def not_an_iam_token() -> OptionError:
    return OptionError(
        "iam_token",
        "O(iam_token) is not an IAM access token, which has three parts separated by dots.",
        "Give what `ibmcloud iam oauth-tokens` prints; if it is an API key, give it as O(api_key).",
    )


def not_an_integer(option: str, value: Any, at_least: int) -> OptionError:
    remedy = f"Give a number as O({option})"
    if option == "team_id":
        remedy += "; the name of a team goes into O(team_name)"
    return OptionError(option, f"O({option})={shown(value)} is not a whole number from {at_least} on.", f"{remedy}.")


def not_a_choice(option: str, value: Any, choices: Iterable[str]) -> OptionError:
    return OptionError(
        option, f"O({option})={shown(value)} is not one of {', '.join(choices)}.", f"Correct O({option})."
    )


def malformed_instance(value: str, why: str) -> OptionError:
    return OptionError(
        "instance_id",
        f"O(instance_id)={shown(value)} is neither a GUID nor the CRN of an instance: {why}.",
        "`ibmcloud resource service-instance NAME` shows both; the name itself goes into O(instance_name).",
    )


def foreign_crn(service: str, services: Iterable[str]) -> OptionError:
    return OptionError(
        "instance_id",
        f"O(instance_id) is the CRN of another service: {shown(service)}.",
        f"Give the CRN of an instance of {either(services)}.",
    )


def malformed_region(value: str, regions: Iterable[str]) -> OptionError:
    return OptionError(
        "region",
        f"O(region)={shown(value)} is not a region.",
        f"A region is written like us-south.{did_you_mean(value, regions)}",
    )


def malformed_url(option: str, value: str, why: str) -> OptionError:
    return OptionError(
        option,
        f"O({option})={shown(value)} is not a base URL: {why}.",
        "Write it like https://host or https://host:port.",
    )


def insecure_url(option: str, value: str) -> OptionError:
    return OptionError(
        option,
        f"O({option})={shown(value)} is not encrypted, and would carry secrets in plain text.",
        f"Write O({option}) with https://, or set O(allow_http)=true if you accept that.",
    )


def unusable_file(option: str, path: str, why: str) -> OptionError:
    return OptionError(
        option, f"O({option})={path} cannot be used: {why}.", f"Correct O({option}) or the file, on {platform.node()}."
    )


def expired_token(when: str) -> OptionError:
    return OptionError(
        "iam_token",
        f"O(iam_token) expired at {when}.",
        "Get a new one with `ibmcloud iam oauth-tokens`, or give O(api_key) instead.",
    )


def missing_compute_resource_token(reason: str) -> OptionError:
    return OptionError(
        "cr_token_file",
        f"There is no compute resource token: {reason}.",
        "Check that the pod mounts one, and name its file with O(cr_token_file) if it is in another place.",
    )


def missing_package(package: str) -> OptionError:
    return OptionError(
        "auth_method",
        f"The Python package {package} is missing on {platform.node()}, for {sys.executable}.",
        f"Install it there: {sys.executable} -m pip install {package}",
    )
