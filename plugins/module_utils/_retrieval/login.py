# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Choose the credential that counts, and the way to log in that it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .._errors import options as errors
from . import credentials, parse
from .options import ASSUME, CREDENTIALS, OPTIONS
from .sources import Sources

# What a credential must pass; the others are secrets that go out as they are.
_CHECKS = {
    "api_key_file": credentials.api_key_from_file,
    "iam_token": credentials.iam_token,
    "cr_token_file": credentials.compute_resource_token,
}
_PROFILES = ("iam_profile_id", "iam_profile_name", "iam_profile_crn")
# How each method may name a trusted profile.
_PROFILES_OF = {"container": ("iam_profile_id", "iam_profile_name"), "vpc": _PROFILES, ASSUME: _PROFILES}
_WITHOUT_CREDENTIAL = ("container", "vpc")


@dataclass(frozen=True)
class Login:
    """Describe how to log in: the method, its credential (a secret), and a trusted profile.

    ``account_id`` is the account of a profile that is named by its name, ``metadata_version`` the version of the
    metadata service for ``vpc``. Its representation shows no secret.
    """

    auth_method: str
    credential: str | None = field(default=None, repr=False)
    profile_id: str | None = None
    profile_name: str | None = None
    profile_crn: str | None = None
    account_id: str | None = None
    metadata_version: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what messages must not show."""
        return () if self.credential is None else (self.credential,)

    @property
    def identity(self) -> tuple[str | None, ...]:
        """Return everything that changes who logs in. It holds the credential."""
        profile = (self.profile_id, self.profile_name, self.profile_crn, self.account_id)
        return (self.auth_method, self.credential, *profile, self.metadata_version)

    @property
    def needs_iam(self) -> bool:
        """Return whether the login is a request to IAM, so that its address matters."""
        return self.auth_method in ("api_key", ASSUME, "container")

    @property
    def is_outside_ibm_cloud(self) -> bool:
        """Return whether it is for Sysdig SaaS or an on-premises installation: no IAM, no instance."""
        return self.auth_method == "sysdig_token"


NO_LOGIN = Login("none")  # for a token that is known already


def choose_login(sources: Sources) -> Login:
    """Return the login of the one credential that counts: a direct one, else the environment's first, else the ini's.

    Raises:
        OptionError: there is none, two are given directly, or it does not fit ``auth_method``.
    """
    auth_method = sources.get("auth_method")
    if auth_method is not None:
        parse.choice("auth_method", auth_method)
    name, value = _credential(sources, auth_method)
    profiles = [option for option in _PROFILES if sources.get(option) is not None]
    method = auth_method or _implied_method(str(name), profiles)
    _check_profile(method, profiles, sources.get("iam_account_id") is not None)
    if method == "container":
        name = "cr_token_file"
    return Login(
        auth_method=method,
        credential=_CHECKS.get(name, parse.secret)(name, value) if name else None,
        profile_id=sources.text("iam_profile_id"),
        profile_name=sources.text("iam_profile_name"),
        profile_crn=sources.text("iam_profile_crn"),
        account_id=sources.text("iam_account_id"),
        metadata_version=_metadata_version(sources) if method == "vpc" else None,
    )


def _credential(sources: Sources, auth_method: str | None) -> tuple[str | None, Any]:
    """Return the option that counts and its value, or None for both where the method needs none."""
    direct = [name for name in CREDENTIALS if name in sources.direct]
    if len(direct) > 1:
        raise errors.mutually_exclusive(direct[0], direct[1])
    fitting = [name for name in CREDENTIALS if _fits(name, auth_method)]
    if auth_method is None and not direct and {"instance_id", "instance_name"} & sources.direct.keys():
        # Whoever gives an instance means IBM Cloud, whatever else is in the environment.
        fitting.remove("sysdig_api_token")
    if direct and direct[0] not in fitting:
        raise errors.incompatible(direct[0], str(auth_method), f"it is for O(auth_method)={CREDENTIALS[direct[0]]}")
    for level in range(3):
        for name in fitting:
            value = sources.candidates(name)[level]
            if value is not None:
                return name, value
    if auth_method not in _WITHOUT_CREDENTIAL:
        variables = OPTIONS[fitting[0]].variables(sources.product)
        places = sources.places
        raise errors.missing_credential(auth_method, fitting, variables, places.environment, places.note)
    return None, None


def _fits(credential: str, auth_method: str | None) -> bool:
    implied = CREDENTIALS[credential]
    return auth_method in (None, implied) or (auth_method == ASSUME and implied == "api_key")


def _implied_method(credential: str, profiles: list[str]) -> str:
    """Return what a credential means; a key together with a trusted profile means to assume it."""
    implied = CREDENTIALS[credential]
    return ASSUME if implied == "api_key" and profiles else implied


def _check_profile(auth_method: str, profiles: list[str], has_account: bool) -> None:
    """Refuse a trusted profile that is missing, named twice, or named in a way that the method does not know."""
    for option in profiles:
        if option not in _PROFILES_OF.get(auth_method, ()):
            raise errors.incompatible(option, auth_method, "it names a trusted profile for another way to log in")
    if len(profiles) > 1:
        raise errors.mutually_exclusive(profiles[0], profiles[1])
    if auth_method == "container" and not profiles:
        raise errors.missing_option("iam_profile_id", "O(auth_method)=container needs it or O(iam_profile_name)")
    if auth_method == ASSUME:
        _check_assumed_profile(profiles, has_account)
    elif has_account:
        why = "it is the account of a trusted profile that an API key assumes by name"
        raise errors.incompatible("iam_account_id", auth_method, why)


def _check_assumed_profile(profiles: list[str], has_account: bool) -> None:
    """Refuse a trusted profile without a name, and a name without its account: names are unique within one only."""
    if not profiles:
        also = "O(iam_profile_crn), or O(iam_profile_name) with O(iam_account_id)"
        raise errors.missing_option("iam_profile_id", f"O(auth_method)=assume needs it, {also}")
    if profiles == ["iam_profile_name"] and not has_account:
        raise errors.missing_option("iam_account_id", "an API key assumes O(iam_profile_name) of one account")
    if profiles != ["iam_profile_name"] and has_account:
        raise errors.mutually_exclusive("iam_account_id", profiles[0])


def _metadata_version(sources: Sources) -> str:
    return parse.choice("metadata_service_version", str(sources.get("metadata_service_version")))
