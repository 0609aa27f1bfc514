# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Which credential counts, and which way to log in it means."""

from __future__ import annotations

from dataclasses import dataclass, field

from .._errors import options as errors
from . import parse
from .options import CREDENTIALS, OPTIONS
from .sources import Sources

# What a credential must pass; the others are secrets that go out as they are.
_CHECKS = {
    "api_key_file": parse.api_key_from_file,
    "iam_token": parse.iam_token,
    "cr_token_file": parse.path,
}
_PROFILES = ("iam_profile_id", "iam_profile_name", "iam_profile_crn")
_PROFILES_OF = {"container": ("iam_profile_id", "iam_profile_name"), "vpc": _PROFILES}


@dataclass(frozen=True)
class Login:
    """How to log in: the method, its credential (a secret; for ``container`` the file it is in), and a trusted profile.

    Its representation shows no secret.
    """

    auth_method: str
    credential: str | None = field(default=None, repr=False)
    profile_id: str | None = None
    profile_name: str | None = None
    profile_crn: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What messages must not show."""
        is_secret = self.credential is not None and self.auth_method != "container"
        return (self.credential or "",) if is_secret else ()

    @property
    def is_outside_ibm_cloud(self) -> bool:
        """Whether it is for Sysdig SaaS or an on-premises installation: no IAM, no instance."""
        return self.auth_method == "sysdig_token"


NO_LOGIN = Login("none")  # for a token that is known already


def choose_login(sources: Sources) -> Login:
    """The one credential that counts: a given one, else the first in the environment, else one from an ini file.

    Raises OptionError when there is none, when two are given, or when it does not fit ``auth_method``.
    """
    auth_method = sources.get("auth_method")
    if auth_method is not None:
        parse.choice("auth_method", auth_method)
    direct = [name for name in CREDENTIALS if name in sources.direct]
    if len(direct) > 1:
        raise errors.mutually_exclusive(direct[0], direct[1])
    fitting = [name for name in CREDENTIALS if auth_method in (None, CREDENTIALS[name])]
    if auth_method is None and not direct and {"instance_id", "instance_name"} & sources.direct.keys():
        fitting.remove(
            "sysdig_api_token"
        )  # whoever gives an instance means IBM Cloud, whatever else is in the environment
    if direct and direct[0] not in fitting:
        raise errors.incompatible(direct[0], auth_method, f"it is for O(auth_method)={CREDENTIALS[direct[0]]}")
    name, value = next(
        (
            (name, value)
            for level in range(3)
            for name in fitting
            if (value := sources.candidates(name)[level]) is not None
        ),
        (None, None),
    )
    if name is None and auth_method not in _PROFILES_OF:
        raise errors.missing_credential(auth_method, fitting, OPTIONS[fitting[0]].variables(sources.product))
    login = Login(
        auth_method=auth_method or CREDENTIALS[str(name)],
        credential=_CHECKS.get(name, parse.secret)(name, value) if name else None,
        profile_id=sources.text("iam_profile_id"),
        profile_name=sources.text("iam_profile_name"),
        profile_crn=sources.text("iam_profile_crn"),
    )
    _check_profile(login.auth_method, [option for option in _PROFILES if sources.get(option) is not None])
    return login


def _check_profile(auth_method: str, named: list[str]) -> None:
    """A trusted profile is named once, in a way that the method knows."""
    for option in named:
        if option not in _PROFILES_OF.get(auth_method, ()):
            raise errors.incompatible(option, auth_method, "it names a trusted profile for another way to log in")
    if len(named) > 1:
        raise errors.mutually_exclusive(named[0], named[1])
    if auth_method == "container" and not named:
        raise errors.missing_option("iam_profile_id", "O(auth_method)=container needs it or O(iam_profile_name)")
