# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once per playbook run: how many requests playbooks with many hosts, forks and references make."""

from __future__ import annotations

import pytest
from simulator.ids import EUROPE, METRICS, ONE_TEAM_KEY, OWNER_API_KEY

LOOKUP = "{{ lookup('ibmcloud.sysdig.sysdig_token') }}"
REFERENCES = 5
FORKS = ("--forks", "20")


@pytest.fixture
def variables(simulator):
    """What stands in group_vars: the options, and a variable that is evaluated at every reference."""
    return {
        "sysdig_token_api_key": OWNER_API_KEY,
        "sysdig_token_instance_id": METRICS,
        "sysdig_token_url": simulator.url,
        "sysdig_token_iam_url": simulator.url,
        "sysdig_token_ca_path": simulator.ca_file,
        "token": LOOKUP,
        "expected": simulator.token(METRICS),
    }


def play(variables, **keywords):
    """Return a play in which every host compares its references of the token with the expected one."""
    compare = {"that": ["token == expected"] * REFERENCES, "quiet": True}
    task = {"name": "compare", "ansible.builtin.assert": compare}
    return {"hosts": "all", "gather_facts": False, "vars": variables, "tasks": [task], **keywords}


def names(count):
    return [f"host{number:03}" for number in range(count)]


def requests(simulator):
    """Return how many requests IAM and Sysdig got."""
    return len(simulator.requests("iam")), len(simulator.requests("sysdig"))


def run_on_all(playbook, plays, hosts):
    """Run the plays, which must succeed on every host."""
    run = playbook.run_plays(plays, *FORKS).succeeded()
    assert {(result.host, result.status) for result in run.results} == {(host, "ok") for host in hosts}
    return run


def test_200_hosts_with_five_references_each_make_two_requests(playbook, simulator, variables):
    playbook.hosts(*names(200))

    run_on_all(playbook, [play(variables)], names(200))

    assert requests(simulator) == (1, 1), simulator.requests()


@pytest.mark.parametrize("keywords", [{"serial": 15}, {"strategy": "free"}], ids=["serial", "free"])
def test_order_of_hosts_does_not_matter(playbook, simulator, variables, keywords):
    playbook.hosts(*names(60))

    run_on_all(playbook, [play(variables, **keywords)], names(60))

    assert requests(simulator) == (1, 1), simulator.requests()


def test_plays_of_one_run_share_the_token(playbook, simulator, variables):
    playbook.hosts(*names(2))

    run_on_all(playbook, [play(variables), play(variables)], names(2))

    assert requests(simulator) == (1, 1), simulator.requests()


def test_host_groups_with_teams_of_their_own_share_a_login(playbook, simulator, variables):
    """Thirty teams, two hosts each, whose references come all at once."""
    teams = {name: 301 + number % 30 for number, name in enumerate(names(60))}
    playbook.hosts(*teams)
    for name, team_id in teams.items():
        own = {"sysdig_token_team_id": team_id, "expected": simulator.token(EUROPE, team_id)}
        playbook.write(f"host_vars/{name}.yml", own)
    shared = {**variables, "sysdig_token_instance_id": EUROPE}
    del shared["expected"]

    run_on_all(playbook, [play(shared)], names(60))

    assert requests(simulator) == (1, 30), simulator.requests()


def test_credentials_are_kept_apart(playbook, simulator, variables):
    """What one credential may see is not returned to another, though both name the same instance and team."""
    playbook.hosts("first", "second", "third", "fourth")
    playbook.write("host_vars/second.yml", {"key": ONE_TEAM_KEY})
    playbook.write("host_vars/fourth.yml", {"key": "no-such-key"})
    own = {**variables, "sysdig_token_api_key": f"{{{{ key | default('{OWNER_API_KEY}') }}}}"}

    run = playbook.run_plays([play({**own, "sysdig_token_team_id": 102, "expected": simulator.token(METRICS, 102)})])

    assert {result.host: result.status for result in run.results} == {
        **dict.fromkeys(("first", "second", "third"), "ok"),
        "fourth": "failed",
    }
    assert [request["status"] for request in simulator.requests("iam")].count(200) == 2
    assert requests(simulator)[1] == 2


def test_without_the_cache_every_reference_makes_requests(playbook, simulator, variables):
    playbook.hosts(*names(3))

    run_on_all(playbook, [play({**variables, "sysdig_token_cache": False})], names(3))

    assert requests(simulator) == (3 * REFERENCES, 3 * REFERENCES), simulator.requests()


def test_next_run_sees_a_token_that_was_reset(playbook, simulator, variables):
    playbook.hosts(*names(2))
    run_on_all(playbook, [play(variables)], names(2))

    variables["expected"] = simulator.reset_token(METRICS, 101)
    run_on_all(playbook, [play(variables)], names(2))

    assert requests(simulator) == (2, 2), simulator.requests()


@pytest.mark.parametrize(("lifetime", "logins"), [(50, 2), (3600, 1)])
def test_iam_token_about_to_expire_is_not_used_for_the_next_team(playbook, simulator, variables, lifetime, logins):
    simulator.iam_token_lifetime(lifetime)
    playbook.hosts(*names(2))
    teams = [
        play({**variables, "sysdig_token_team_id": team_id, "expected": simulator.token(METRICS, team_id)})
        for team_id in (101, 102)
    ]

    run_on_all(playbook, teams, names(2))

    assert requests(simulator) == (logins, 2), simulator.requests()


def test_refused_key_on_200_hosts_is_tried_at_most_twice(playbook, simulator, variables):
    playbook.hosts(*names(200))

    run = playbook.run_plays([play({**variables, "sysdig_token_api_key": "no-such-key"})], *FORKS)

    assert run.rc != 0
    assert {(result.host, result.status) for result in run.results} == {(host, "failed") for host in names(200)}
    for result in run.results:
        for words in (
            "IAM login failed",
            f"{simulator.url}/identity/token answered 400",
            "BXNIM0415E: Provided API key could not be found",
            "Check the credential",
        ):
            assert words in result.message, result.host
    assert 1 <= len(simulator.requests("iam")) <= 2
    assert simulator.requests("sysdig") == []


def test_hosts_that_retry_after_a_pause_make_a_new_request(playbook, simulator, variables):
    """As with an API key that IAM does not know yet, because it has just been created."""
    playbook.hosts(*names(3))
    body = '{"errorCode": "BXNIM0415E", "errorMessage": "Provided API key could not be found."}'
    simulator.fault("status", service="iam", status=400, body=body, times=1)
    (compare,) = play(variables)["tasks"]
    pause = {"ansible.builtin.pause": {"seconds": 1}}
    retrying = {"block": [compare], "rescue": [pause, {**compare, "name": "retry"}]}

    run = playbook.run_plays([play(variables, tasks=[retrying])], *FORKS).succeeded()

    assert [run.task("compare", host).status for host in names(3)] == ["failed"] * 3
    assert requests(simulator) == (2, 1), simulator.requests()


def test_hit_imports_nothing_heavy(playbook, simulator, variables):
    """The second host's worker is forked from a process without the imports of the first one."""
    playbook.hosts("first", "second")
    playbook.write(
        "lookup_plugins/imported.py",
        "import sys\n"
        "from ansible.plugins.lookup import LookupBase\n"
        "class LookupModule(LookupBase):\n"
        "    def run(self, terms, variables=None, **kwargs):\n"
        "        return [sorted(sys.modules)]\n",
    )
    show = {"msg": "{{ [token == expected, lookup('imported')] }}"}

    run = playbook.run_plays(
        [play(variables, tasks=[{"name": "show", "ansible.builtin.debug": show}])], "--forks", "1"
    ).succeeded()

    (_is_right, at_first), (is_right, at_hit) = (run.task("show", host).result["msg"] for host in ("first", "second"))
    ours = "ansible_collections.ibmcloud.sysdig.plugins."
    rooms = ("_retrieval.transport", "_retrieval.settings", "_errors.services", "_errors.base")
    heavy = {"requests", "urllib3", f"{ours}plugin_utils._fetch", *(f"{ours}module_utils.{room}" for room in rooms)}
    assert is_right
    assert heavy <= set(at_first)
    assert f"{ours}plugin_utils._run_cache" in at_hit
    assert not heavy & set(at_hit)
