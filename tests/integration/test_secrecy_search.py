# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every run of a playbook is searched for secrets: one that is planted, wherever it is, fails the test."""

from __future__ import annotations

import pytest
from simulator.ids import METRICS, OWNER_API_KEY
from tasks import as_variables

BASE64_OF_TOKEN = "{{ lookup('ibmcloud.sysdig.sysdig_token') | b64encode }}"
WRITE = "ansible.builtin.copy"
# By the place that has to be named: what plants it.
PLANTED = {
    "stdout": {"ansible.builtin.debug": {"msg": BASE64_OF_TOKEN}},
    "stderr": {"ansible.builtin.fail": {"msg": "{{ sysdig_token_api_key | urlencode }}"}},
    "task results": {"ansible.builtin.command": {"argv": ["true", "{{ sysdig_token_api_key }}"]}},
    "project/left": {WRITE: {"content": "{{ sysdig_token_api_key }}", "dest": "left", "mode": "0600"}},
    "tmp/left": {WRITE: {"content": BASE64_OF_TOKEN, "dest": "{{ lookup('env', 'TMPDIR') }}/left", "mode": "0600"}},
    "home/.cache/left": {"ansible.builtin.shell": "mkdir -p ~/.cache; echo '{{ token }}' > ~/.cache/left"},
    "ansible.log": {"ansible.builtin.debug": {"msg": "{{ token }}"}},
}


@pytest.mark.parametrize("place", PLANTED)
def test_a_planted_leak_fails(playbook, simulator, options, place):
    playbook.environment["ANSIBLE_DISPLAY_FAILED_STDERR"] = "1"
    variables = {**as_variables(options), "token": "{{ lookup('ibmcloud.sysdig.sysdig_token') }}"}

    with pytest.raises(AssertionError, match="secrets leaked") as failure:
        playbook.run([{"name": "Plant", **PLANTED[place]}], vars=variables)

    found = [line for line in str(failure.value).splitlines() if line.partition(": ")[0].endswith(place)]
    assert found, failure.value
    assert "API key of owner" in found[0] or f"Sysdig API token of {METRICS}" in found[0]
    for secret in (OWNER_API_KEY, simulator.token(METRICS)):
        assert secret not in str(failure.value)


def test_a_file_for_a_secret_does_not_fail(playbook, options):
    playbook.secret_files.add("project/meant*")
    write = {WRITE: {"content": "{{ sysdig_token_api_key }}", "dest": "meant.conf", "mode": "0600"}, "diff": False}

    playbook.run([{"name": "Write", **write}], vars=as_variables(options)).succeeded()

    assert (playbook.directory / "meant.conf").read_text() == OWNER_API_KEY


def test_a_secret_that_the_simulator_does_not_know_is_found_by_its_name(playbook):
    playbook.secrets["the password"] = "planted-password"

    with pytest.raises(AssertionError, match="stdout: the password, plain"):
        playbook.run([{"name": "Plant", "ansible.builtin.debug": {"msg": "planted-password"}}])
