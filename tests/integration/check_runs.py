# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what a run of the playbook ibmcloud.sysdig.check has found."""

from __future__ import annotations

CHECK = "ibmcloud.sysdig.check"


def lines(run, host="localhost"):
    """What the check said of a host: (what was looked at, status, message)."""
    checks = run.task("Check the integrations", host).result["checks"]
    return [(line["check"], line["status"], line["message"]) for line in checks]


def wrong(run, host="localhost"):
    """What is not right, without the words that are the same for all."""
    return [(check, message) for check, status, message in lines(run, host) if status != "ok"]
