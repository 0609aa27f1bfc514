# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Find out what the users and groups of a host are called."""

import grp
import pwd


def user_name(user: int) -> str:
    """Return the name of a user, or the ID if the host has no name for it."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def group_name(group: int) -> str:
    """Return the name of a group, or the ID if the host has no name for it."""
    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)
