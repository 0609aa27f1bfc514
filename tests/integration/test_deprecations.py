# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""That no test passes whose playbook warns of something deprecated, by Ansible or by Python."""

from __future__ import annotations

import pytest
from ansible_playbook import DEPRECATION

WARNING_FILTER = """
from ansible.utils.display import Display

def old(value):
    Display().deprecated("this filter is old", version="99.0.0", collection_name="ansible.builtin")
    return value

class FilterModule:
    def filters(self):
        return {"old": old}
"""


def test_a_run_that_warns_fails(playbook):
    playbook.write("filter_plugins/old.py", WARNING_FILTER)
    with pytest.raises(AssertionError, match="this filter is old"):
        playbook.run([{"ansible.builtin.debug": {"msg": "{{ 1 | old }}"}}])


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("/c/ansible_collections/ibmcloud/sysdig/plugins/lookup/a.py:3: DeprecationWarning: utcnow() is old", True),
        ("/c/ansible_collections/ibmcloud/sysdig/plugins/lookup/a.py:3: PendingDeprecationWarning: soon", True),
        ("/usr/lib/python3.13/multiprocessing/popen_fork.py:67: DeprecationWarning: use of fork()", False),
    ],
)
def test_warnings_of_python_count_for_the_collection_alone(line, counts):
    assert bool(DEPRECATION.search(line)) is counts
