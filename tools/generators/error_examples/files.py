# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors about the files of hosts."""

from __future__ import annotations

import errno
from typing import Any

HEADING = "Files on hosts"

TOKEN, PROMETHEUS = "/etc/prometheus/sysdig-token", "/etc/prometheus/prometheus.yml"
KEPT = "/etc/prometheus/.sysdig-token.sysdig-0.former"

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "unknown_platform": [("freebsd14",), ("Windows",)],
    "not_on_host": [("ansible.netcommon.network_cli",)],
    "unreadable": [
        (PROMETHEUS, OSError(errno.EACCES, "")),
        (PROMETHEUS, OSError(errno.ELOOP, "")),
        (PROMETHEUS, OSError(errno.ENAMETOOLONG, "")),
    ],
    "impossible_path": [("/etc/prometheus\0",)],
    "not_a_file": [("/etc/prometheus", "a directory")],
    "not_a_directory": [("/etc/hosts/token", "/etc/hosts")],
    "untrusted_link": [
        ("/home/alice/token", "/home/alice/token", "/home/alice", "alice", 0o755),
        ("/srv/shared/conf/token", "/srv/shared/conf", "/srv/shared/conf", "alice", 0o777),
    ],
    "same_file": [("/etc/prometheus/token", "/srv/prometheus/token")],
    "too_large": [(PROMETHEUS, 16 * 2**20)],
    "unknown_identity": [("group", "promtheus", TOKEN)],
    "impossible_identity": [("owner", "4294967296", TOKEN)],
    "malformed_mode": [("u=rw", TOKEN)],
    "malformed_content": [(TOKEN,)],
    "unreachable": [(TOKEN, "The group prometheus", "/etc/prometheus")],
    "missing_service": [("promtheus", PROMETHEUS, "not-found"), ("prometheus", PROMETHEUS, "masked")],
    "malformed_command": [(PROMETHEUS, "No closing quotation")],
    "malformed_timeout": [(PROMETHEUS, 0)],
    "missing_program": [(PROMETHEUS, "promtool")],
    "program_not_run": [(PROMETHEUS, "promtool", OSError(errno.ENOEXEC, "Exec format error"))],
    "refused_by_program": [(PROMETHEUS, "promtool", f"{PROMETHEUS}: unknown fields")],
    "program_too_slow": [(PROMETHEUS, "promtool", 60)],
    "cannot_replace": [(PROMETHEUS, "Permission denied")],
    "several_hard_links": [(PROMETHEUS, 2)],
    "mount_point": [(PROMETHEUS,), (PROMETHEUS, True)],
    "links_of_others": [("/home/alice/token",)],
    "attribute_not_copied": [(PROMETHEUS, "user.checksum", OSError(errno.ENOSPC, "No space left on device"))],
    "permissions_not_kept": [("/mnt/usb/token",)],
    "directory_not_ours": [("/home/alice/sysdig/token", "/home/alice/sysdig")],
    "outdated": [([PROMETHEUS],)],
    "not_rolled_back": [(f"Cannot replace {PROMETHEUS}: Input/output error.", [TOKEN], [KEPT])],
    "locked": [("/run/ibmcloud.sysdig-0.lock", 60)],
    "unusable_lock": [("/var/tmp/ibmcloud.sysdig-1000.lock", "others may write to it")],
}
