# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A strict stand-in for IAM, the resource controller and Sysdig, for tests, the demo and benchmarks.

It listens on loopback, accepts only the obviously fake credentials of world.json and knows no other network.
"""
