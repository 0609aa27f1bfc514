# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Resolve raw option values into one validated and immutable Settings. Whatever is wrong is said before any call."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import Any, Mapping

from .._errors import options as errors
from .._errors.base import OptionError
from . import endpoints, parse
from .crn import Instance
from .endpoints import Endpoints
from .login import NO_LOGIN, Login, choose_login
from .sources import Places, Sources


@dataclass(frozen=True)
class Settings:
    """What one retrieval needs, valid and complete. ``timeout`` and ``deadline`` are seconds.

    A URL that is None has its default. ``login`` is NO_LOGIN when the token is known already. ``instance_id`` and
    ``region`` are None outside IBM Cloud, ``account`` is that of a CRN; what ``instance_name`` leads to is filled in by
    ``located``. ``sources`` are the options that they were resolved from.
    """

    login: Login
    iam_url: str | None
    resource_controller_url: str | None
    instance_id: str | None
    instance_name: str | None
    account: str | None
    resource_group_id: str | None
    product: str
    product_is_given: bool
    region: str | None
    endpoint_type: str
    url: str | None
    team_id: int | None
    team_name: str | None
    username: str | None
    check_token: bool
    verify: bool | str
    timeout: int
    retries: int
    sources: Sources = field(repr=False, compare=False)

    @property
    def deadline(self) -> int:
        """Seconds after which the whole retrieval is given up."""
        return self.timeout * (self.retries + 2)

    @property
    def endpoints(self) -> Endpoints:
        """The addresses of the instance."""
        return endpoints.endpoints(self.product, self.region, self.endpoint_type, self.url)

    @property
    def iam(self) -> str:
        """IAM's base URL; for a login with ``vpc``, that of the metadata service."""
        default = endpoints.METADATA_SERVICE if self.login.auth_method == "vpc" else None
        return self.iam_url or default or endpoints.iam(self.endpoint_type, self.region)

    @property
    def resource_controller(self) -> str:
        """The resource controller's base URL."""
        return self.resource_controller_url or endpoints.resource_controller(self.endpoint_type, self.region)

    @property
    def login_key(self) -> tuple[object, ...]:
        """Everything that decides whose IAM token a login gets, and from where. It holds the credential."""
        return (*self.login.identity, self.iam, self.verify)


def resolve(
    direct: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    fallback: Mapping[str, Any] | None = None,
    token_is_known: bool = False,
    places: Places | None = None,
) -> Settings:
    """Resolve and validate the options of one retrieval.

    Args:
        direct: values by the name of the option.
        environment: the variables, by default those of this process.
        fallback: what ranks below them.
        token_is_known: whether neither a credential nor an instance is needed.
        places: what messages call the environment and the fallback.

    Raises:
        OptionError: a value, or a combination of values, cannot be used.
    """
    variables = os.environ if environment is None else environment
    sources = Sources(direct, variables, fallback or {}, places or Places())
    try:
        return _resolved(sources, token_is_known)
    except OptionError as error:
        raise sources.explain(error) from None


def located(settings: Settings, instance: Instance) -> Settings:
    """Complete the settings with what the resource controller said of the instance.

    Raises:
        OptionError: the environment's variables for the instance's product cannot be used.
    """
    found = settings
    if instance.product not in (None, settings.product):
        sources = settings.sources
        product = {"product": instance.product}
        found = resolve({**sources.direct, **product}, sources.environment, sources.fallback, places=sources.places)
    region = instance.region or found.region
    return replace(found, login=settings.login, instance_id=instance.guid, account=instance.account, region=region)


def _resolved(sources: Sources, token_is_known: bool) -> Settings:
    instance, product, product_is_given = _instance_and_product(sources)
    login = NO_LOGIN if token_is_known else choose_login(sources)
    outside = login.is_outside_ibm_cloud
    instance_id, instance_name = (None, None) if outside else _wanted_instance(sources, instance, not token_is_known)
    allow_http = parse.boolean("allow_http", sources.get("allow_http"))
    url = parse.base_url("url", sources.text("url"), allow_http)
    region = _region(sources, instance, product, url, outside or instance_name is not None)
    if url is None and outside:
        raise errors.missing_option("url", "outside IBM Cloud nothing else tells where Sysdig is")
    if url is None and region is None and instance_name is None:
        raise errors.missing_region()
    resource_controller_url = sources.text("resource_controller_url")
    team_id, team_name, username = _team_and_user(sources, login)
    return Settings(
        login=login,
        iam_url=_iam_url(sources, login, region, allow_http),
        resource_controller_url=parse.base_url("resource_controller_url", resource_controller_url, allow_http),
        instance_id=instance_id,
        instance_name=instance_name,
        account=instance.account if instance and instance_id else None,
        resource_group_id=sources.text("resource_group_id"),
        product=product,
        product_is_given=product_is_given,
        region=region,
        endpoint_type=parse.choice("endpoint_type", sources.get("endpoint_type")),
        url=url,
        team_id=None if team_id is None else parse.integer("team_id", team_id),
        team_name=team_name,
        username=username,
        check_token=parse.boolean("check_token", sources.get("check_token")),
        verify=_verify(sources),
        timeout=parse.integer("timeout", sources.get("timeout")),
        retries=parse.integer("retries", sources.get("retries")),
        sources=sources,
    )


def _instance_and_product(sources: Sources) -> tuple[Instance | None, str, bool]:
    """Return the instance, the product, and whether the product is more than the default.

    Which environment variables count depends on the product, and the product may follow from a CRN: so the direct
    instance is looked at first, then the product is settled, then the environment counts.
    """
    stated = sources.direct.get("product") or sources.fallback.get("product")
    of_url = endpoints.product_of_url(str(sources.direct.get("url", "")))
    product = parse.choice("product", stated) if stated else of_url
    direct = parse.instance(sources.direct.get("instance_id"))
    sources.product = product or (direct and direct.product) or "monitor"
    instance = direct
    if instance is None and "instance_name" not in sources.direct:
        instance = parse.instance(sources.get("instance_id"))
    if instance and instance.product:
        if product and product != instance.product:
            raise errors.contradiction("product", product, instance.product)
        product = sources.product = instance.product
    return instance, product or "monitor", product is not None


def _iam_url(sources: Sources, login: Login, region: str | None, allow_http: bool) -> str | None:
    """Return IAM's base URL, or with ``vpc`` that of the metadata service, which the environment does not name."""
    is_metadata_service = login.auth_method == "vpc"
    value = sources.direct.get("iam_url") if is_metadata_service else sources.get("iam_url")
    url = parse.base_url("iam_url", parse.text("iam_url", value), allow_http or is_metadata_service)
    is_by_region = sources.get("endpoint_type") == "private_classic" and login.needs_iam
    if url is None and region is None and is_by_region:
        raise errors.missing_option("region", "in classic infrastructure, IAM's private address depends on it")
    return url


def _wanted_instance(sources: Sources, instance: Instance | None, is_needed: bool) -> tuple[str | None, str | None]:
    """Return the GUID, or the name, of the instance to ask."""
    identifier, name = sources.one_of("instance_id", "instance_name")
    if identifier is None and name is None and is_needed:
        raise errors.missing_instance()
    return (instance.guid if identifier and instance else None), name


def _region(
    sources: Sources, instance: Instance | None, product: str, url: str | None, is_only_direct: bool
) -> str | None:
    """Return the region: the instance's own, else the option, else what the URL tells.

    ``is_only_direct``: a region in the environment does not count, because it may be another one than the instance's.
    """
    direct = parse.region(parse.text("region", sources.direct.get("region")))
    if instance and instance.region:
        if direct and direct != instance.region:
            raise errors.contradiction("region", direct, instance.region)
        return instance.region
    of_url = endpoints.region_of_url(url, product) if url else None
    return direct or of_url or (None if is_only_direct else parse.region(sources.text("region")))


def _team_and_user(sources: Sources, login: Login) -> tuple[str | None, str | None, str | None]:
    """Return ID or name of the team, and outside IBM Cloud whose token to read."""
    username = parse.path_segment("username", sources.text("username"))
    if not login.is_outside_ibm_cloud:
        if login is not NO_LOGIN and username is not None:
            why = "only an administrator's O(sysdig_api_token) can read another user's token"
            raise errors.incompatible("username", login.auth_method, why)
        return (*sources.one_of("team_id", "team_name"), None)
    for option in ("instance_id", "instance_name"):
        if option in sources.direct:
            raise errors.incompatible(option, "sysdig_token", "instances exist in IBM Cloud only")
    if username is None:
        for option in ("team_id", "team_name"):
            if option in sources.direct:
                why = "without O(username), Sysdig answers for the token's own team"
                raise errors.incompatible(option, "sysdig_token", why)
        return None, None, None  # one in the environment is for another tool
    team_id, team_name = sources.one_of("team_id", "team_name")
    if team_id is None and team_name is None:
        raise errors.missing_option("team_id", "O(username) needs it or O(team_name)")
    return team_id, team_name, username


def _verify(sources: Sources) -> bool | str:
    """Return what requests takes as ``verify``."""
    validate = parse.boolean("validate_certs", sources.get("validate_certs"))
    if sources.is_from_environment("validate_certs"):  # which says whether to be insecure
        validate = not validate
    authorities = parse.existing_path("ca_path", sources.get("ca_path")) if validate else None
    return authorities or validate
