# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts whose Python is 3.6, to which ansible-core 2.16 still sends modules. `make matrix` runs this on 2.16."""

from __future__ import annotations

import pytest
from ansible.release import __version__ as ansible_version
from matrix.environment import installed_python
from role_plays import GIVEN, TOKEN, changed, play, retrieving
from tasks import retrieve

PYTHON = installed_python("3.6")

pytestmark = [
    pytest.mark.skipif(PYTHON is None, reason="Python 3.6 is not installed here"),
    pytest.mark.skipif(not ansible_version.startswith("2.16."), reason="only ansible-core 2.16 knows Python 3.6"),
]


@pytest.fixture
def on_python_3_6(playbook):
    """The project, whose one host has no newer Python."""
    local = {"ansible_connection": "local", "ansible_python_interpreter": PYTHON}
    playbook.write("inventory.yml", {"all": {"hosts": {"localhost": {}}, "vars": local}})
    playbook.secret_files |= {"host/*"}
    playbook.secrets |= {"the token": TOKEN}
    return playbook


def test_role_writes_and_merges(on_python_3_6, entries, host):
    plays = [play(GIVEN, [entries["prometheus"], entries["env_file"]])]

    first, second = (on_python_3_6.run_plays(plays).succeeded() for _run in range(2))

    assert (changed(first), changed(second)) == (1, 0)
    assert (host / "prometheus-token").read_text().strip() == TOKEN
    assert f"{host}/prometheus-token" in (host / "prometheus.yml").read_text()


def test_module_says_which_python_it_needs(on_python_3_6, options):
    run = on_python_3_6.run([retrieve(options)])

    (result,) = run.results
    assert result.status == "failed"
    assert "sysdig_token needs Python 3.8 or newer" in result.message
    assert "Traceback" not in run.output


def test_check_looks_at_what_the_role_has_written(on_python_3_6, simulator, host):
    entry = {"type": "token_file", "path": f"{host}/token"}
    on_python_3_6.write("group_vars/all.yml", {**retrieving(simulator), "sysdig_integrations_list": [entry]})
    on_python_3_6.environment["SSL_CERT_FILE"] = simulator.ca_file
    on_python_3_6.run_plays([play({})]).succeeded()

    run = on_python_3_6.run_playbook("ibmcloud.sysdig.check").succeeded()

    checks = run.task("Check the integrations").result["checks"]
    right = [(check, "ok") for check in ("file", "network", "token")]
    assert [(line["check"], line["status"]) for line in checks] == right
