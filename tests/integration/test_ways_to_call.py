# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways in which Ansible lets people call a lookup, the module or the role, and what comes of each.

All of them are plays of one run, which tools/matrix repeats on every ansible-core: each leaves its outcome in a file.
Where the services are stands in ansible.cfg, the API key in the environment, and facts are cached.
"""

from __future__ import annotations

import pytest
from ansible_playbook import HOSTS_PYTHON
from role_plays import ROLE
from simulator.ids import ENABLED_ACCESS_KEY, EUROPE, METRICS, OWNER_API_KEY, SRE_TEAM

MODULE = LOOKUP = "ibmcloud.sysdig.sysdig_token"
ACCESS_KEY = "ibmcloud.sysdig.sysdig_access_key"
GROUP = "group/ibmcloud.sysdig.all"
TOKEN = f"lookup('{LOOKUP}')"
FILE = "{{ out }}/{{ way }} of {{ inventory_hostname }}"
BOTH = f"{{{{ query('{LOOKUP}', '{METRICS}', '{EUROPE}') }}}}"


def left(expression, dest=FILE, **keywords):
    """A task that writes the outcome."""
    copy = {"content": f"{{{{ {expression} }}}}", "dest": dest, "mode": "0600"}
    return {"ansible.builtin.copy": copy, "no_log": True, **keywords}


def module(options=None, then="sysdig.token", name=MODULE, **keywords):
    """The module, and the outcome that it registers."""
    return [{name: options or {}, "register": "sysdig", **keywords}, left(then)]


def role(how="import_role", name=ROLE, entry=(), **keywords):
    """The role, with an entry that writes the token."""
    variables = {"sysdig_integrations_list": [{"type": "token_file", "path": FILE, "mode": "0600", **dict(entry)}]}
    return {f"ansible.builtin.{how}": {"name": name}, "vars": variables, **keywords}


def strategies(tasks):
    return {name: {"hosts": "all", "strategy": name, "tasks": tasks} for name in STRATEGIES}


STRATEGIES = ("linear", "free", "host_pinned", "debug")
IN_HANDLER = {"ansible.builtin.debug": {"msg": ""}, "changed_when": True, "notify": "Leave it"}
SRE = {"team_id": SRE_TEAM}
ROLE_VARS = {"sysdig_integrations_list": [{"type": "token_file", "path": FILE, "mode": "0600"}]}

LOOKUPS = {
    "in a task": {"tasks": [left(TOKEN)]},
    "in a variable of the play": {"vars": {"mine": f"{{{{ {TOKEN} }}}}"}, "tasks": [left("mine")]},
    "in a variable of the host": {"tasks": [left("of_host")]},
    "in set_fact": {"tasks": [{"ansible.builtin.set_fact": {"kept": f"{{{{ {TOKEN} }}}}"}}, left("kept")]},
    "in a template": {
        "tasks": [{"ansible.builtin.template": {"src": "token.j2", "dest": FILE, "mode": "0600"}, "no_log": True}]
    },
    "in a condition": {"tasks": [left("'yes'", when=f"{TOKEN} | length > 0")]},
    "in a loop": {"tasks": [left("item", loop=BOTH)]},
    "with_": {"tasks": [left("item", **{f"with_{LOOKUP}": [METRICS, EUROPE]})]},
    "with_ and a variable": {"tasks": [left("item", **{f"with_{LOOKUP}": "{{ guids }}"})]},
    "with_ of access keys": {"tasks": [left("item", **{f"with_{ACCESS_KEY}": METRICS})]},
    "until": {"tasks": [left(TOKEN, until=f"{TOKEN} != ''", retries=1, delay=0)]},
    "delegated": {"tasks": [left(TOKEN, delegate_to="second")]},
    "once": {"hosts": "all", "tasks": [left(TOKEN, run_once=True)]},
    "in a handler": {"tasks": [IN_HANDLER], "handlers": [left(TOKEN, name="Leave it")]},
    "in a rescue": {"tasks": [{"block": [{"ansible.builtin.fail": {}}], "rescue": [left(TOKEN)]}]},
    "in included tasks": {"tasks": [{"ansible.builtin.include_tasks": "left.yml"}]},
    "access key": {"tasks": [left(f"lookup('{ACCESS_KEY}')")]},
    "of a team": {"tasks": [left(f"lookup('{LOOKUP}', team_id={SRE_TEAM})")]},
    **{f"lookup {name}": play for name, play in strategies([left(TOKEN)]).items()},
}
MODULES = {
    "module": {"tasks": module()},
    "module in a loop": {"tasks": module(SRE, "sysdig.results[1].token", loop=[1, 2])},
    "module until": {"tasks": module(until="sysdig.token | length > 0", retries=1, delay=0)},
    "module with args": {"tasks": module(args={"team_id": SRE_TEAM})},
    "module as action": {"tasks": module(f"{MODULE} team_id={SRE_TEAM}", name="action")},
    "module as local_action": {"tasks": module(f"{MODULE} team_id={SRE_TEAM}", name="local_action")},
    "module delegated": {"tasks": module(delegate_to="second")},
    "module once": {"hosts": "all", "tasks": module(run_once=True)},
    "module in check mode": {"tasks": module(check_mode=True)},
    "module in the background": {"tasks": module({}, "sysdig.msg", **{"async": 60, "poll": 1}, ignore_errors=True)},
    "module by short name": {"collections": ["ibmcloud.sysdig"], "tasks": module(name="sysdig_token")},
    "module with defaults of its own": {"module_defaults": {MODULE: SRE}, "tasks": module()},
    **{f"module {name}": play for name, play in strategies(module()).items()},
}
ROLES = {
    "roles": {"roles": [{"role": ROLE, "vars": ROLE_VARS}]},
    "role by short name": {"collections": ["ibmcloud.sysdig"], "roles": [{"role": "sysdig_integrations", **ROLE_VARS}]},
    "import_role": {"tasks": [role()]},
    "include_role": {"tasks": [role("include_role")]},
    "include_role in a loop": {"tasks": [role("include_role", loop=[1, 2])]},
    "role in a block": {"tasks": [{"block": [role()], "vars": {"sysdig_integrations_team_id": SRE_TEAM}}]},
    "role as a dependency": {"roles": ["dependent"], "vars": ROLE_VARS},
    "role delegated": {"tasks": [{"block": [role()], "delegate_to": "second"}]},
    "role once": {"hosts": "all", "tasks": [{"block": [role()], "run_once": True}]},
    "role of a team": {"tasks": [role(entry=SRE)]},
    "role with defaults": {"module_defaults": {GROUP: SRE}, "tasks": [role()]},
    "role twice": {"tasks": [role(), role("include_role")]},
    **{f"role {name}": play for name, play in strategies([role()]).items()},
}


WAYS = {**LOOKUPS, **MODULES, **ROLES}


def outcomes(simulator):
    """What each way leaves in its file; most leave the token of the instance."""
    sre = simulator.token(METRICS, SRE_TEAM)
    europe = simulator.token(EUROPE)
    of_team = ("of a team", "module in a loop", "module with args", "module as action", "module as local_action")
    of_team += ("module with defaults of its own", "role in a block", "role of a team", "role with defaults")
    return {
        **dict.fromkeys(WAYS.keys() - {"module in the background"}, simulator.token(METRICS)),
        **dict.fromkeys(of_team, sre),
        **dict.fromkeys(("in a loop", "with_", "with_ and a variable"), europe),
        **dict.fromkeys(("with_ of access keys", "access key"), ENABLED_ACCESS_KEY),
        "in a condition": "yes",
    }


def stated(simulator):
    """Where the services are, and the instance."""
    at = {"url": simulator.url, "iam_url": simulator.url, "ca_path": simulator.ca_file, "retries": 0}
    return {**at, "instance_id": METRICS, "region": "us-south"}


@pytest.fixture
def project(playbook, simulator, tmp_path):
    """Two hosts, an ansible.cfg, a fact cache."""
    lines = [f"{name} = {value}\n" for name, value in stated(simulator).items()]
    playbook.write("ansible.cfg", "".join(["[sysdig_token]\n", *lines]))
    playbook.write("token.j2", f"{{{{ {TOKEN} }}}}")
    playbook.write("left.yml", [left(TOKEN)])
    playbook.write("roles/dependent/meta/main.yml", {"dependencies": [{"role": ROLE}]})
    variables = {"out": f"{tmp_path}/out", "guids": [METRICS, EUROPE], "of_host": f"{{{{ {TOKEN} }}}}"}
    local = {"ansible_connection": "local", "ansible_python_interpreter": HOSTS_PYTHON}
    hosts = {"first": {}, "second": {}}
    playbook.write("inventory.yml", {"all": {"hosts": hosts, "vars": {**local, **variables}}})
    (tmp_path / "out").mkdir()
    playbook.secret_files.add("out/*")
    playbook.environment |= {
        "IBMCLOUD_API_KEY": OWNER_API_KEY,
        "ANSIBLE_PIPELINING": "1",  # only for speed
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(tmp_path / "facts"),
    }
    return playbook


def as_play(way, play, defaults):
    common = {"name": way, "hosts": "first", "gather_facts": False}
    own = {"vars": {"way": way, **play.get("vars", {})}}
    return {**common, **play, **own, "module_defaults": {**defaults, **play.get("module_defaults", {})}}


def test_every_way_to_call_has_its_outcome_and_no_warning(project, simulator, tmp_path):
    # The module does not look into ansible.cfg.
    defaults = {GROUP: stated(simulator)}
    plays = [as_play(way, play, defaults if way in MODULES else {}) for way, play in WAYS.items()]

    run = project.run_plays(plays).succeeded()

    found = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert "async" in found.pop("module in the background of first")
    hosts = {way: ("first", "second") if way.endswith((*STRATEGIES, "module once")) else ("first",) for way in WAYS}
    assert found == {f"{way} of {host}": outcome for way, outcome in outcomes(simulator).items() for host in hosts[way]}
    assert "WARNING" not in run.output, run.output
    assert all("sysdig" not in path.read_text() for path in (tmp_path / "facts").glob("*"))


# As the table of docs/options.md has it: where a team is named, and who retrieves its token then.
NAMESPACES = {
    "sysdig_integrations": ({"vars": {"sysdig_integrations_team_id": SRE_TEAM}}, {"role"}),
    "sysdig_token": ({"vars": {"sysdig_token_team_id": SRE_TEAM}}, {"role", "lookup"}),
    "module_defaults": ({"module_defaults": {GROUP: SRE}}, {"role", "module"}),
}


def test_each_namespace_reaches_what_the_table_of_options_says(project, simulator, tmp_path):
    tasks = [left(TOKEN), *module(stated(simulator)), role()]
    callers = {"lookup": tasks[:1], "module": tasks[1:3], "role": tasks[3:]}
    plays = [
        as_play(f"{caller} with {name}", {**play, "tasks": callers[caller]}, {})
        for name, (play, _reached) in NAMESPACES.items()
        for caller in callers
    ]

    project.run_plays(plays).succeeded()

    sre, default = simulator.token(METRICS, SRE_TEAM), simulator.token(METRICS)
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == {
        f"{caller} with {name} of first": sre if caller in reached else default
        for name, (_play, reached) in NAMESPACES.items()
        for caller in callers
    }
