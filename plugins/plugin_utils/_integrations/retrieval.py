# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Which options an entry's retrieval has, when the entry, the role and other levels each name some.

An option comes from the highest level that names it. Some belong together, so that one that is named above replaces
others below:

============================================== ==================================================================
named above                                    not taken from lower levels
============================================== ==================================================================
a credential, an instance, a team              the others of its group (``options.GROUPS``)
a credential                                   ``username``: it is of that credential
a CRN, or a ``url`` of IBM Cloud               ``product`` and ``region``, which it says; a ``url`` of IBM Cloud
an instance                                    a credential of an installation outside IBM Cloud
a credential of an installation outside        the instance, ``region``
an instance, or a credential outside           a ``url`` that is named together with another of these
anything but how to call                       ``token``, a token that is known already
============================================== ==================================================================

All others stand alone. So do ``iam_url`` and ``resource_controller_url``, which are the same for all instances, and
``team_id``: it may not exist in another instance, but that is an error, while the default team's token would not be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.endpoints import product_of_url
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import GROUPS, OPTIONS

# How to call, not what to retrieve.
CALL_OPTIONS = frozenset(("check_token", "validate_certs", "ca_path", "allow_http", "timeout", "retries"))
_PLACES = (*GROUPS["instance"], "sysdig_api_token")


class Values(Protocol):
    """Option values by name, evaluated when they are looked at. None and the empty string are not given."""

    def get(self, name: str, /) -> Any:
        """Return the value, or None."""


class Level(NamedTuple):
    """Hold a place where options are named, and how they are written there, with braces for the option's own name."""

    values: Values
    written: str = "{}"


class Retrieval(NamedTuple):
    """Hold the options of one retrieval, how the user wrote each, and a token that is known already, if any."""

    options: Mapping[str, Any]
    written: Mapping[str, str]
    token: str | None


def combine(levels: Sequence[Level]) -> Retrieval:
    """Combine the ``levels``, the highest first. Looks at no value that a higher level replaces."""
    options: dict[str, Any] = {}
    written: dict[str, str] = {}
    token = None
    for level in levels:
        if token is None and options.keys() <= CALL_OPTIONS:
            token = _given(level.values, "token")
        for name, value in _supplied(level.values, options, token is not None).items():
            options[name], written[name] = value, level.written.format(name)
    return Retrieval(options, written, token)


def _supplied(values: Values, above: Mapping[str, Any], token_is_known: bool) -> dict[str, Any]:
    """Return what one level supplies, below the options that are named ``above`` it."""
    replaced = _replaced(above) | set(GROUPS["credential"] if token_is_known else ())
    supplied = {
        name: value
        for name in OPTIONS
        if name not in above and name not in replaced and (value := _given(values, name)) is not None
    }
    if _names("instance", above) and _is_outside(supplied):
        replaced |= {*GROUPS["credential"], "username"}
    if "url" in supplied and _is_of_another_place(supplied["url"], values, above):
        replaced.add("url")
    return {name: value for name, value in supplied.items() if name not in replaced}


def _replaced(above: Mapping[str, Any]) -> set[str]:
    """Return the options that ``above`` replaces wherever they are named."""
    replaced = {name for group, names in GROUPS.items() if _names(group, above) for name in names}
    if _names("credential", above):
        replaced.add("username")
    if _is_outside(above):
        replaced |= {*GROUPS["instance"], "region"}
    if _says_where(above):
        replaced |= {"product", "region"}
    return replaced


def _is_of_another_place(url: Any, values: Values, above: Mapping[str, Any]) -> bool:
    if _says_where(above) and product_of_url(str(url)):
        return True
    is_settled = _names("instance", above) or _is_outside(above)
    return is_settled and any(_given(values, name) is not None for name in _PLACES)


def _says_where(options: Mapping[str, Any]) -> bool:
    is_crn = str(options.get("instance_id", "")).strip().lower().startswith("crn:")
    return is_crn or product_of_url(str(options.get("url", ""))) is not None


def _is_outside(options: Mapping[str, Any]) -> bool:
    return "sysdig_api_token" in options or options.get("auth_method") == "sysdig_token"


def _names(group: str, options: Mapping[str, Any]) -> bool:
    return not options.keys().isdisjoint(GROUPS[group])


def _given(values: Values, name: str) -> Any:
    value = values.get(name)
    return None if value == "" else value
