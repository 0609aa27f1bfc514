# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run examples of the documentation as they are written, and return what they did."""

from __future__ import annotations

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import Entry

ADMIN = "admin@customer.invalid"
MODULE = "ibmcloud.sysdig.sysdig_token"


def run_tasks(project, simulator, tasks, **play):
    """Run tasks, and return the tokens that the module returned, in order."""
    at = {"iam_url": simulator.url, "resource_controller_url": simulator.url, "retries": 0}
    play = {"module_defaults": {"group/ibmcloud.sysdig.all": at}, **play}
    variables = {f"sysdig_token_{name}": value for name, value in at.items()}
    run = project.run(list(observed(tasks)), vars={**variables, **play.pop("vars", {})}, **play).succeeded()
    return [result.result["ansible_facts"]["token_seen"] for result in run.results if result.task == "See the token"]


def observed(tasks):
    """Yield the tasks, and after each one that retrieves a token a task that shows it to the test."""
    for task in tasks:
        if (task.get(MODULE) or {}).get("auth_method") == "container":
            # A test may not write where pods mount their token.
            task = {**task, MODULE: {**task[MODULE], "cr_token_file": "{{ pod_token_file }}"}}
        if "block" in task:
            task = {**task, "block": list(observed(task["block"]))}
        yield task
        if MODULE in task:
            seen = {"token_seen": f"{{{{ {task['register']}.token }}}}"}
            yield {"name": "See the token", "ansible.builtin.set_fact": seen}


def run_play(project, host, plays):
    """Run one play with the role, and return the services that it restarted or reloaded."""
    (play,) = plays
    for entry in play["roles"][-1]["vars"]["sysdig_integrations_list"]:
        if "path" not in entry:
            entry["path"] = f"{host}{Entry(entry).file_path}"
    play["pre_tasks"] = [
        *play.get("pre_tasks", []),
        {"ansible.builtin.set_fact": {"service_mgr": "service", "cacheable": True}},
    ]
    project.run_plays([{**play, "gather_facts": False}]).succeeded()
    log = project.directory / "services.log"
    return sorted(log.read_text().splitlines()) if log.exists() else []


def written(host):
    """Return the content of the host's files, by their path."""
    return {str(path.relative_to(host)): path.read_text("utf-8") for path in host.rglob("*") if path.is_file()}
