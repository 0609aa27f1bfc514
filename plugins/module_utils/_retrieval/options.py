# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""State the options in a table: name, type, default, secrecy, environment and documentation of each, stated once.

Everything else that speaks of an option is derived from here: the module's argument spec, the documentation fragments,
the resolution of values in settings.py, and the test that holds the role's argument_specs.yml to the same names.
"""

from __future__ import annotations

import sys
from typing import Any, Iterable, NamedTuple

ASSUME = "assume"  # of ``auth_method``: an API key assumes a trusted profile


class Option(NamedTuple):
    """Describe one option.

    ``environment`` lists the variables that may have the option, the first one first; ``{PRODUCT}`` in a
    name stands for ``MONITOR`` or ``SECURE``. ``secret`` options are never logged and have no key in an ini file.
    ``limits`` are the least and the largest value of a number.
    """

    description: tuple[str, ...]
    type: str = "str"
    default: Any = None
    choices: tuple[str, ...] | None = None
    environment: tuple[str, ...] = ()
    secret: bool = False
    limits: tuple[int, int] = (0, sys.maxsize)

    def variables(self, product: str) -> tuple[str, ...]:
        """Return the environment variables for ``product`` (``monitor`` or ``secure``), the first one first."""
        return tuple(name.format(PRODUCT=product.upper()) for name in self.environment)


OPTIONS: dict[str, Option] = {
    "auth_method": Option(
        (
            "How to log in.",
            "By default inferred from the credential: O(api_key) and O(api_key_file) mean V(api_key), O(iam_token)"
            " means V(iam_token), O(cr_token_file) means V(container), O(sysdig_api_token) means V(sysdig_token).",
            "V(assume) is an API key that assumes a trusted profile. An API key with an option of a trusted profile"
            " implies it.",
            "V(container) is a pod on IBM Cloud Kubernetes Service, Red Hat OpenShift or Code Engine. V(vpc) is a"
            " virtual server or bare metal server on VPC with instance metadata enabled. Both need a trusted profile.",
            "V(sysdig_token) is for Sysdig SaaS and on-premises installations, outside IBM Cloud.",
        ),
        choices=("api_key", "iam_token", ASSUME, "container", "vpc", "sysdig_token"),
    ),
    "api_key": Option(
        ("IBM Cloud API key, of a user or of a service ID.",),
        environment=("IC_API_KEY", "IBMCLOUD_API_KEY", "SYSDIG_IBM_{PRODUCT}_API_KEY"),
        secret=True,
    ),
    "api_key_file": Option(
        (
            "File that holds the IBM Cloud API key: the key alone, or the JSON that"
            " C(ibmcloud iam api-key-create --file) writes.",
            "It is read where the retrieval runs: on the control node for role and lookup, on the host for the module.",
        ),
        type="path",
        environment=("IBMCLOUD_API_KEY_FILE",),
    ),
    "iam_token": Option(
        (
            "An IAM access token, as C(ibmcloud iam oauth-tokens) prints it, with or without C(Bearer).",
            "An expired one is refused before any request is made.",
        ),
        environment=("IC_IAM_TOKEN", "IBMCLOUD_IAM_TOKEN"),
        secret=True,
    ),
    "iam_profile_id": Option(
        ("ID of the trusted profile to use, for O(auth_method=assume), O(auth_method=container), O(auth_method=vpc).",)
    ),
    "iam_profile_name": Option(
        (
            "Name of the trusted profile to use, instead of O(iam_profile_id).",
            "O(auth_method=assume) needs O(iam_account_id) too, because a name is unique within an account only.",
        )
    ),
    "iam_profile_crn": Option(
        ("CRN of the trusted profile to use, instead of O(iam_profile_id). Not for O(auth_method=container).",)
    ),
    "iam_account_id": Option(("ID of the account that O(iam_profile_name) is in, for O(auth_method=assume).",)),
    "cr_token_file": Option(
        (
            "File that holds the compute resource token, for V(container).",
            "By default the places where IBM Cloud Kubernetes Service, Red Hat OpenShift and Code Engine mount it.",
        ),
        type="path",
    ),
    "metadata_service_version": Option(
        (
            "Version of the API of the metadata service, for O(auth_method=vpc).",
            "Bare metal servers need V(2025-08-26).",
        ),
        default="2022-03-01",
        choices=("2022-03-01", "2025-08-26"),
    ),
    "sysdig_api_token": Option(
        (
            "A Sysdig API token, to retrieve another one from Sysdig SaaS or an on-premises installation. Requires"
            " O(url).",
        ),
        environment=("SYSDIG_{PRODUCT}_API_TOKEN",),
        secret=True,
    ),
    "username": Option(
        (
            "User whose token to retrieve, with O(sysdig_api_token) of an administrator. Requires O(team_id) or"
            " O(team_name).",
            "By default the token of the caller in its current team.",
        ),
    ),
    "iam_url": Option(
        (
            "Base URL of IAM. By default it follows from O(endpoint_type), in classic infrastructure also from"
            " O(region).",
            "With O(auth_method=vpc), base URL of the metadata service, which is not taken from the environment. By"
            " default C(http://169.254.169.254). Where secure access is enabled, set C(https://api.metadata.cloud.ibm.com).",
        ),
        environment=("IBMCLOUD_IAM_API_ENDPOINT", "SYSDIG_IBM_{PRODUCT}_IAM_URL"),
    ),
    "instance_id": Option(
        (
            "The instance of IBM Cloud Monitoring or Workload Protection: its GUID, or its full CRN.",
            "A CRN also gives O(product) and O(region).",
        ),
        environment=("SYSDIG_IBM_{PRODUCT}_INSTANCE_ID",),
    ),
    "instance_name": Option(
        (
            "Name of the instance, instead of O(instance_id). It is looked up in the resource controller, which"
            " also gives O(product) and O(region).",
        ),
    ),
    "resource_group_id": Option(
        ("ID of the resource group of O(instance_name). By default all visible ones are searched.",)
    ),
    "resource_controller_url": Option(
        ("Base URL of the resource controller. By default it follows from O(endpoint_type) and O(region).",),
        environment=("IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT",),
    ),
    "product": Option(
        (
            "V(monitor) is IBM Cloud Monitoring (Sysdig Monitor), V(secure) is IBM Cloud Security and Compliance Center"
            " Workload Protection (Sysdig Secure).",
            "By default it follows from a CRN in O(instance_id) or from O(instance_name), else V(monitor).",
        ),
        choices=("monitor", "secure"),
    ),
    "region": Option(
        ("Region of the instance, such as V(us-south) or V(eu-de). Needed with a GUID, unless O(url) is given.",),
        environment=("IC_REGION", "IBMCLOUD_REGION"),
    ),
    "endpoint_type": Option(
        (
            "Whether to use the public endpoints, or the private ones, which are reachable only inside IBM Cloud.",
            "V(private) is for a VPC, V(private_classic) for classic infrastructure. They differ only for IAM and the"
            " resource controller.",
            "Private endpoints are service endpoints: a virtual private endpoint gateway serves agents only.",
        ),
        default="public",
        choices=("public", "private", "private_classic"),
    ),
    "url": Option(
        (
            "Base URL of the Sysdig API, instead of the one that follows from O(product), O(region) and"
            " O(endpoint_type).",
            "A trailing C(/), C(/api) or C(/api/) is removed.",
        ),
        environment=("SYSDIG_{PRODUCT}_URL",),
    ),
    "team_id": Option(
        ("ID of the team whose token to retrieve. By default the default team of the caller.",),
        type="int",
        limits=(1, sys.maxsize),
        environment=("SYSDIG_{PRODUCT}_TEAM_ID",),
    ),
    "team_name": Option(
        ("Name of the team whose token to retrieve, instead of O(team_id).",),
        environment=("SYSDIG_{PRODUCT}_TEAM_NAME",),
    ),
    "check_token": Option(
        ("Check with one more request (C(GET /api/users/me)) that Sysdig accepts the token, and of which team it is.",),
        type="bool",
        default=False,
    ),
    "validate_certs": Option(
        (
            "Whether to verify the certificates of the services.",
            "The environment variable says the opposite: V(true) there means V(false) here.",
        ),
        type="bool",
        default=True,
        environment=("SYSDIG_{PRODUCT}_INSECURE_TLS",),
    ),
    "ca_path": Option(
        (
            "File or directory with the certificates of the authorities to trust, in PEM format.",
            "By default those that come with the Python package C(requests). The system's own are trusted if they are"
            " named: C(/etc/ssl/certs/ca-certificates.crt) on Debian and Ubuntu, C(/etc/pki/tls/certs/ca-bundle.crt) on"
            " Red Hat, C(/etc/ssl/ca-bundle.pem) on SUSE.",
        ),
        type="path",
        environment=("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"),
    ),
    "allow_http": Option(
        (
            "Allow URLs with C(http://). Otherwise they are refused, except on loopback, because they would carry"
            " secrets in plain text.",
        ),
        type="bool",
        default=False,
    ),
    "timeout": Option(
        (
            "Timeout of one request, in seconds.",
            "The whole retrieval, with all requests, retries and backoff, times out after O(timeout) * (O(retries) + 2)"
            " seconds.",
        ),
        type="int",
        default=15,
        limits=(1, 3600),
    ),
    "retries": Option(
        (
            "How often a request is repeated after the status 429, 500, 502, 503 or 504, or after no response.",
            "The backoff between attempts grows, and follows the C(Retry-After) of the service.",
        ),
        type="int",
        default=3,
        limits=(0, 100),
    ),
}

LOOKUP_OPTIONS: dict[str, Option] = {
    "details": Option(
        ("Return the whole result as a dictionary, instead of the token alone.",),
        type="bool",
        default=False,
    ),
    "cache": Option(
        (
            "Reuse what an earlier reference in the same playbook run has retrieved.",
            "Nothing is kept from one playbook run to the next.",
        ),
        type="bool",
        default=True,
    ),
    "token": Option(
        (
            "A token that you already have. It is returned unchanged, with the endpoints if O(details=true).",
            "No request is made, and no credential is needed.",
        ),
        secret=True,
    ),
}

# Of the module sysdig_access_key: each task says for itself what to do, so module_defaults of a group must not.
ACCESS_KEY_OPTIONS: dict[str, Option] = {
    "state": Option(
        (
            "V(present) ensures an enabled access key of the requested team, or without a team if none is requested. If"
            " there is none, one is created, unless a team is requested: the service creates only access keys without a"
            " team. Access keys of IBM Cloud Monitoring have no teams.",
            "V(disabled) cuts off the agents that use O(access_key), at once. V(enabled) makes it valid again; agents"
            " that were cut off must be restarted.",
            "V(absent) disables O(access_key) and deletes it.",
        ),
        default="present",
        choices=("present", "disabled", "enabled", "absent"),
    ),
    "rotate": Option(
        (
            "With O(state=present), create an access key even if there is one that fits. Each run creates another one.",
            "Other access keys stay enabled.",
        ),
        type="bool",
        default=False,
    ),
    "access_key": Option(
        ("The access key to disable, enable or delete. Required unless O(state=present).",),
        secret=True,
    ),
}

# The way to log in that each credential implies, in the order in which several in the environment are preferred.
CREDENTIALS: dict[str, str] = {
    "api_key": "api_key",
    "api_key_file": "api_key",
    "iam_token": "iam_token",
    "cr_token_file": "container",
    "sysdig_api_token": "sysdig_token",
}

# Options that belong together: whoever names one of them means none of those that a lower level names.
GROUPS: dict[str, tuple[str, ...]] = {
    "credential": (
        *("auth_method", *CREDENTIALS),
        *("iam_profile_id", "iam_profile_name", "iam_profile_crn", "iam_account_id"),
    ),
    "instance": ("instance_id", "instance_name", "resource_group_id"),
    "team": ("team_id", "team_name"),
}

# Only one of each may have a value; at the same level of precedence, both are an error.
ALTERNATIVES = (("instance_id", "instance_name"), ("team_id", "team_name"))


def environment_variables(options: Iterable[Option]) -> dict[str, None]:
    """Return every variable that may have one of the options, in order, each once."""
    return dict.fromkeys(name for option in options for p in ("monitor", "secure") for name in option.variables(p))


def argument_spec(options: dict[str, Option] | None = None) -> dict[str, dict[str, Any]]:
    """Return a module's argument spec, as AnsibleModule takes it, by default that of the retrieval's options."""
    return {
        # no_log is always stated: AnsibleModule warns about names such as cr_token_file otherwise.
        name: {**_type_of(option), "no_log": option.secret}
        for name, option in (OPTIONS if options is None else options).items()
    }


def documentation(options: dict[str, Option]) -> dict[str, Any]:
    """Return the ``options`` part of a documentation fragment."""
    return {
        name: {"description": [*option.description, *_environment_sentence(option)], **_type_of(option)}
        for name, option in options.items()
    }


def definitions(options: dict[str, Option]) -> dict[str, Any]:
    """Return types of options, and where a plugin finds them besides its arguments, for Ansible's configuration.

    A secret has no ini key: such files are shared and readable.
    """
    section = "sysdig_token"
    return {
        name: {
            **_type_of(option),
            "vars": [{"name": f"{section}_{name}"}],
            **({} if option.secret else {"ini": [{"section": section, "key": name}]}),
        }
        for name, option in options.items()
    }


def _type_of(option: Option) -> dict[str, Any]:
    """Return type, default and choices: what a specification and a documentation have in common.

    A default that the environment may replace is not Ansible's to fill in.
    """
    stated: dict[str, Any] = {"type": option.type}
    if option.default is not None and not option.environment:
        stated["default"] = option.default
    if option.choices is not None:
        stated["choices"] = list(option.choices)
    return stated


def _environment_sentence(option: Option) -> list[str]:
    """Return what the documentation says of the environment, if the option may be there."""
    if not option.environment:
        return []
    names = [
        " or ".join(f"E({variable})" for variable in environment_variables([Option((), environment=(name,))]))
        for name in option.environment
    ]
    by_product = ", depending on O(product)" if any("{PRODUCT}" in name for name in option.environment) else ""
    taken = f"If it is not given, it is taken from the environment: {', then '.join(names)}{by_product}."
    return [taken] if option.default is None else [taken, f"Without both it is V({str(option.default).lower()})."]
