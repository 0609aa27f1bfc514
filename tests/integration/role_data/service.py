# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the service manager: notes each request, one line each. Services that are broken do not come back.

The line has the NAME of a host whose ``ansible_remote_tmp`` is called ``host-NAME``, and the user of the become plugin
``noted``.
"""

from __future__ import annotations

import os

from ansible.module_utils.basic import AnsibleModule


def main():
    module = AnsibleModule(argument_spec={"name": {"type": "str"}, "state": {"type": "str"}})
    with open("services.log", "a", encoding="utf-8") as log:
        host = os.path.basename(module._remote_tmp)
        place = " on " + host[len("host-") :] if host.startswith("host-") else ""
        user = " as " + os.environ["BECOME_USER"] if "BECOME_USER" in os.environ else ""
        log.write("{name} {state}{place}{user}\n".format(place=place, user=user, **module.params))
    if os.path.exists("services.broken"):
        module.fail_json(msg="Unable to restart service {name}".format(**module.params))
    module.exit_json(changed=True)


if __name__ == "__main__":
    main()
