# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that tests use are those of the world."""

from __future__ import annotations

import itertools

import pytest
from simulator import ids

CONSTANTS = {name: value for name, value in vars(ids).items() if name.isupper()}


def values(document):
    """All strings and numbers in a document."""
    if isinstance(document, dict):
        document = [*document.values()]
    if isinstance(document, list):
        return set(itertools.chain.from_iterable(map(values, document)))
    return {document}


@pytest.mark.parametrize("name", CONSTANTS)
def test_every_name_stands_for_what_exists(simulator, name):
    assert (CONSTANTS[name] in values(simulator.world)) is (name != "UNKNOWN_KEY")


def test_no_two_names_stand_for_the_same():
    assert len({*CONSTANTS.values()}) == len(CONSTANTS)


def test_every_instance_and_api_key_has_a_name(simulator):
    world = simulator.world
    needed = {instance["guid"] for instance in world["instances"]}
    needed |= {identity["api_key"] for identity in world["identities"] if identity["api_key"]}

    assert needed <= {*CONSTANTS.values()}


def test_teams_belong_to_the_instances_that_they_are_named_for(simulator):
    def teams(guid):
        return [team["id"] for team in simulator.instance(guid)["teams"]]

    assert teams(ids.METRICS) == [ids.OPERATIONS_TEAM, ids.SRE_TEAM, ids.ODD_NAME_TEAM]
    assert teams(ids.PROTECTION) == [ids.SECURE_OPERATIONS_TEAM, ids.AUDIT_TEAM]
    assert teams(ids.KEYS_SECURE) == [ids.KEYS_SECURE_TEAM, ids.KEYS_AUDIT_TEAM, ids.KEYS_EDGE_TEAM]
