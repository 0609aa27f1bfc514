# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say what to call the functions of plugins/module_utils/_errors with: one file here for each file there.

``HEADING`` is what docs/troubleshooting.md calls the section. ``EXAMPLES`` are arguments by the name of the function, a
tuple for each row of the page. Tests hold the sentences of every example to the rules that are the same for all.
"""
