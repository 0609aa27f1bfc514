# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way in: which options it takes, which requests they become, and what comes back."""

from __future__ import annotations

import json

from expected import ME, TEAMS, TOKEN, Expected, Way, by_assuming, by_key, by_pod, by_virtual_server, listing
from simulator.ids import (
    ACCOUNT,
    CR_TOKEN,
    DEPLOYMENT_PROFILE,
    IAM_ONLY,
    METRICS,
    ODD_NAME,
    ODD_NAMES_KEY,
    ONE_TEAM_KEY,
    OTHER_ACCOUNT,
    OTHER_ACCOUNT_ID,
    OTHER_PROFILE,
    OWNER_API_KEY,
    PROFILE,
    PROTECTION,
    PROTECTION_EUROPE,
    READER_KEY,
    SHARED_EUROPE,
    SHARED_GROUP,
    TWIN_MONITOR,
    TWIN_SECURE,
    VIEWER_KEY,
    profile_crn,
)

PROFILE_CRN = profile_crn(PROFILE)
ADMIN, OPERATOR = "admin@customer.invalid", "operator@customer.invalid"
AUDITOR = "auditor@on-premises.invalid"


class Ways(Expected):
    """The table."""

    def all(self) -> dict[str, Way]:
        """Every way by its name."""
        return {
            **self.credentials(),
            **self.instance_names(),
            **self.teams(),
            **self.denials(),
            **self.checks(),
            **self.outside_ibm_cloud(),
        }

    def credentials(self) -> dict[str, Way]:
        """What people hold, for an instance that they name by its CRN, or by GUID and region."""
        crn, jwt = {"instance_id": self.crn(METRICS)}, self.simulator.iam_token()
        pod = {**crn, "cr_token_file": self.file("cr_token", f"{CR_TOKEN}\n")}
        server, reader = {**crn, "auth_method": "vpc"}, {**crn, "api_key": READER_KEY}
        plain, made = self.file("key", f"{OWNER_API_KEY}\n"), {"name": "key", "apikey": OWNER_API_KEY}
        token, result = self.get_token(METRICS), self.result(METRICS)
        return {
            "API key and CRN": Way({**crn, "api_key": OWNER_API_KEY}, [by_key(), token], result),
            "API key, GUID and region": Way(
                {"api_key": OWNER_API_KEY, "instance_id": METRICS, "region": "us-south"},
                [by_key(), token],
                result,
            ),
            "API key and CRN of secure": Way(
                {"api_key": OWNER_API_KEY, "instance_id": self.crn(PROTECTION)},
                [by_key(), self.get_token(PROTECTION)],
                self.result(PROTECTION),
            ),
            "key file": Way({**crn, "api_key_file": plain}, [by_key(), token], result),
            "key file of the command line": Way(
                {**crn, "api_key_file": self.file("key.json", json.dumps(made))}, [by_key(), token], result
            ),
            "IAM token": Way({**crn, "iam_token": jwt}, [token], result),
            "IAM token with Bearer": Way({**crn, "iam_token": f"Bearer {jwt}"}, [token], result),
            "IAM token as printed": Way({**crn, "iam_token": f"IAM token:  Bearer {jwt}\n"}, [token], result),
            "expired IAM token": Way(
                {**crn, "iam_token": self.simulator.iam_token(lifetime=-60)}, [], error=("iam_token expired at 2",)
            ),
            "pod, profile by ID": Way({**pod, "iam_profile_id": PROFILE}, [by_pod(profile_id=PROFILE), token], result),
            "pod, profile by name": Way(
                {**pod, "iam_profile_name": "monitoring-hosts"},
                [by_pod(profile_name="monitoring-hosts"), token],
                result,
            ),
            "pod, profile of others": Way(
                {**pod, "iam_profile_name": "other-hosts"},
                [by_pod(profile_name="other-hosts")],
                error=("IAM login failed", "BXNIM0398E", "trusted profile"),
            ),
            "API key and profile by ID": Way(
                {**reader, "iam_profile_id": DEPLOYMENT_PROFILE},
                [*by_assuming(READER_KEY, profile_id=DEPLOYMENT_PROFILE), token],
                result,
            ),
            "API key and profile by CRN": Way(
                {**reader, "iam_profile_crn": profile_crn(DEPLOYMENT_PROFILE)},
                [*by_assuming(READER_KEY, profile_crn=profile_crn(DEPLOYMENT_PROFILE)), token],
                result,
            ),
            "API key and profile by name": Way(
                {**reader, "auth_method": "assume", "iam_profile_name": "deployment", "iam_account_id": ACCOUNT},
                [*by_assuming(READER_KEY, profile_name="deployment", account=ACCOUNT), token],
                result,
            ),
            "API key and profile that does not trust it": Way(
                {**reader, "iam_profile_id": OTHER_PROFILE},
                by_assuming(READER_KEY, profile_id=OTHER_PROFILE),
                error=("IAM login failed", "BXNIM0398E", "trusts the owner of the API key"),
            ),
            "virtual server": Way(server, [*by_virtual_server(), token], result),
            "virtual server, profile by ID": Way(
                {**server, "iam_profile_id": PROFILE}, [*by_virtual_server({"id": PROFILE}), token], result
            ),
            "virtual server, profile by CRN": Way(
                {**server, "iam_profile_crn": PROFILE_CRN},
                [*by_virtual_server({"crn": PROFILE_CRN}), token],
                result,
            ),
            "virtual server, profile by name": Way(
                {**server, "iam_profile_name": "monitoring-hosts"},
                [*by_virtual_server({"name": "monitoring-hosts"}), token],
                result,
            ),
            "bare metal server": Way(
                {**server, "metadata_service_version": "2025-08-26"},
                [*by_virtual_server(version="2025-08-26"), token],
                result,
            ),
        }

    def instance_names(self) -> dict[str, Way]:
        """An instance by its name, over all pages, with what narrows the search."""
        owner, odd = {"api_key": OWNER_API_KEY}, {"api_key": ODD_NAMES_KEY}
        shared = {**owner, "instance_name": "shared-name"}
        group = "2222222222222222bbbbbbbbbbbbbbbb"
        odd_name = "%C3%9Cberwachung+%26+Metrik+%231%2F2"
        both_pages = [listing("name=shared-name"), listing("start=Mw%3D%3D&limit=3&name=shared-name")]
        every_page = [listing(""), *(listing(f"start={start}%3D%3D&limit=3") for start in ("Mw", "Ng", "OQ"))]
        return {
            "name": Way(
                {**owner, "instance_name": "metrics"},
                [by_key(), listing("name=metrics"), self.get_token(METRICS)],
                self.result(METRICS),
            ),
            "name with any character, in an unlisted region": Way(
                {**odd, "instance_name": "Überwachung & Metrik #1/2"},
                [by_key(ODD_NAMES_KEY), listing(f"name={odd_name}"), self.get_token(ODD_NAME)],
                self.result(ODD_NAME),
            ),
            "name of secure": Way(
                {**owner, "instance_name": "protection"},
                [by_key(), listing("name=protection"), self.get_token(PROTECTION)],
                self.result(PROTECTION),
            ),
            "name in a resource group": Way(
                {**shared, "resource_group_id": group},
                [by_key(), listing(f"name=shared-name&resource_group_id={group}"), self.get_token(SHARED_GROUP)],
                self.result(SHARED_GROUP),
            ),
            "name in a region, on the second page": Way(
                {**shared, "region": "eu-de"},
                [by_key(), *both_pages, self.get_token(SHARED_EUROPE)],
                self.result(SHARED_EUROPE),
            ),
            "name of one product": Way(
                {**odd, "instance_name": "twins", "product": "secure"},
                [by_key(ODD_NAMES_KEY), listing("name=twins"), self.get_token(TWIN_SECURE)],
                self.result(TWIN_SECURE),
            ),
            "name of two products": Way(
                {**odd, "instance_name": "twins"},
                [by_key(ODD_NAMES_KEY), listing("name=twins")],
                error=("several", "'twins'", self.crn(TWIN_MONITOR), self.crn(TWIN_SECURE)),
            ),
            "name of several": Way(
                shared,
                [by_key(), *both_pages],
                error=("several", "product, region or resource_group_id", self.crn(SHARED_EUROPE)),
            ),
            "name of none": Way(
                {**owner, "instance_name": "metrix"},
                [by_key(), listing("name=metrix"), *every_page],
                error=("'metrix'", "metrics, metrics-europe, metrics-iam-only", "Did you mean metrics?"),
            ),
            "name of an inactive one": Way(
                {**owner, "instance_name": "metrics-retired"},
                [by_key(), listing("name=metrics-retired")],
                error=("'metrics-retired'", "is inactive"),
            ),
        }

    def teams(self) -> dict[str, Way]:
        """A team by ID or name, in both products."""
        monitor = {"api_key": OWNER_API_KEY, "instance_id": self.crn(METRICS)}
        secure = {"api_key": OWNER_API_KEY, "instance_id": self.crn(PROTECTION)}
        quoted = '50% "Quoted" \\ + ?&=é'
        return {
            "team by ID": Way(
                {**monitor, "team_id": 102},
                [by_key(), self.get_token(METRICS, team=102)],
                self.result(METRICS, 102),
            ),
            "team of secure by ID": Way(
                {**secure, "team_id": "202"},
                [by_key(), self.get_token(PROTECTION, team=202)],
                self.result(PROTECTION, 202),
            ),
            "team by name": Way(
                {**monitor, "team_name": "Größe: A/B test"},
                [by_key(), self.get_token(METRICS, TEAMS), self.get_token(METRICS, team=103)],
                self.result(METRICS, 103, "Größe: A/B test"),
            ),
            "team by name with quotes": Way(
                {"api_key": ODD_NAMES_KEY, "instance_id": self.crn(ODD_NAME), "team_name": quoted},
                [by_key(ODD_NAMES_KEY), self.get_token(ODD_NAME, TEAMS), self.get_token(ODD_NAME, team=1102)],
                self.result(ODD_NAME, 1102, quoted),
            ),
            "team of secure by name": Way(
                {**secure, "team_name": "Audit"},
                [by_key(), self.get_token(PROTECTION, TEAMS), self.get_token(PROTECTION, team=202)],
                self.result(PROTECTION, 202, "Audit"),
            ),
            "team by a wrong name": Way(
                {**monitor, "team_name": "Monitor Operation"},
                [by_key(), self.get_token(METRICS, TEAMS)],
                error=(
                    "team_name='Monitor Operation'",
                    "Operations (101), SRE (102)",
                    "Did you mean Monitor Operations?",
                ),
            ),
            "team by a wrong ID": Way(
                {**monitor, "team_id": 999},
                [by_key(), self.get_token(METRICS, team=999), self.get_token(METRICS, TEAMS)],
                error=("team_id=999", "Monitor Operations (101), SRE (102)"),
            ),
        }

    def denials(self) -> dict[str, Way]:
        """A bare 403, told apart as far as the IAM token, the CRN and the resource controller let us."""

        def denied(key: str, guid: str, *error: str, sees: bool = True) -> Way:
            requests = [by_key(key), self.get_token(guid), *([listing(f"guid={guid}")] if sees else [])]
            return Way({"api_key": key, "instance_id": self.crn(guid)}, requests, error=error)

        return {
            "instance for IAM tokens only": denied(
                OWNER_API_KEY, IAM_ONLY, "external_api_auth=IAM_ONLY", "Agents need no API token"
            ),
            "no privileges": denied(
                VIEWER_KEY, PROTECTION_EUROPE, "lacks the service role Manager on the instance", "Grant the credential"
            ),
            "instance of another account": denied(
                OWNER_API_KEY,
                OTHER_ACCOUNT,
                f"of the account {ACCOUNT}",
                f"of the account {OTHER_ACCOUNT_ID}",
                sees=False,
            ),
            "team of others": Way(
                {"api_key": ONE_TEAM_KEY, "instance_id": self.crn(METRICS), "team_id": 101},
                [by_key(ONE_TEAM_KEY), self.get_token(METRICS, team=101), self.get_token(METRICS, TEAMS)],
                error=("team_id=101", "Its teams are: SRE (102)."),
            ),
        }

    def checks(self) -> dict[str, Way]:
        """A token that is proved with itself, and whose team must be the requested one."""
        crn, token = {"api_key": OWNER_API_KEY, "instance_id": self.crn(METRICS)}, self.simulator.token(METRICS, 102)
        return {
            "team by ID, checked": Way(
                {**crn, "team_id": 102, "check_token": True},
                [by_key(), self.get_token(METRICS, team=102), self.get_token(METRICS, ME, bearer=token)],
                self.result(METRICS, 102),
            ),
            "default team, checked": Way(
                {**crn, "check_token": True},
                [
                    by_key(),
                    self.get_token(METRICS),
                    self.get_token(METRICS, ME, bearer=self.simulator.token(METRICS)),
                ],
                self.result(METRICS, 101),
            ),
        }

    def outside_ibm_cloud(self) -> dict[str, Way]:
        """Sysdig SaaS and on-premises: a Sysdig token for a Sysdig token, and nothing of IBM's."""
        tokens = self.simulator.customer_token
        admin, operator = tokens("saas-monitor", ADMIN), tokens("saas-monitor", OPERATOR)
        bearer = {"Authorization": f"Bearer {admin}"}
        of_operator = f"/api/token/{OPERATOR.replace('@', '%40')}"
        of_sre = tokens("saas-monitor", OPERATOR, 9102)
        auditor = tokens("on-premises-secure", AUDITOR)
        other = {"sysdig_api_token": admin, "username": OPERATOR}
        return {
            "Sysdig token": Way(
                {"sysdig_api_token": operator},
                [{**TOKEN, "Authorization": f"Bearer {operator}"}],
                self.result_outside(operator, "monitor", (None, None)),
            ),
            "Sysdig token of secure": Way(
                {"sysdig_api_token": auditor, "product": "secure"},
                [{**TOKEN, "Authorization": f"Bearer {auditor}"}],
                self.result_outside(auditor, "secure", (None, None)),
            ),
            "token of another user by team ID": Way(
                {**other, "team_id": 9101},
                [{"call": f"GET {of_operator}/9101", **bearer}],
                self.result_outside(tokens("saas-monitor", OPERATOR, 9101), "monitor", (9101, None)),
            ),
            "token of another user by team name": Way(
                {**other, "team_name": "SRE"},
                [{**TEAMS, **bearer}, {"call": f"GET {of_operator}/9102", **bearer}],
                self.result_outside(of_sre, "monitor", (9102, "SRE")),
            ),
        }
