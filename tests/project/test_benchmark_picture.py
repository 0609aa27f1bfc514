# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the picture of the benchmarks: every series shows, also where it has the values of another one."""

from __future__ import annotations

import itertools
import re
from types import SimpleNamespace

import pytest
from benchmarks import picture
from benchmarks.ways import WAYS

CELL = SimpleNamespace(calls=(50, 50), seconds=60.0)
HOSTS = (1, 10, 50, 100, 200)


@pytest.fixture
def drawn():
    """Return the picture of ways that all cost the same."""
    return picture.draw({way.name: dict.fromkeys(HOSTS, CELL) for way in WAYS})


def test_a_dashed_line_is_drawn_over_a_solid_one(drawn):
    charts = drawn.split('<polyline fill="none"')[1:]
    dashed = [bool(re.search(r'stroke-dasharray="[^"]', line)) for line in charts]

    assert dashed == [False, False, True, True] * len(picture.CHARTS)


def test_every_series_is_in_every_chart_and_in_the_legend(drawn):
    for way, (colour, _dash) in zip(WAYS, picture.STYLES, strict=True):
        assert drawn.count(f'stroke="{colour}"') == len(picture.CHARTS) + 1
        assert f">{way.name}</text>" in drawn


def test_labels_of_the_horizontal_axis_do_not_touch(drawn):
    at = [float(across) for across in re.findall(rf'x="([\d.]+)" y="{picture.BOTTOM + 18:.1f}"', drawn)][: len(HOSTS)]

    assert all(after - before >= picture.LABEL_WIDTH for before, after in itertools.pairwise(at))


@pytest.mark.parametrize(("largest", "top"), [(400, 400), (119.17, 120), (0.9, 1), (9.5, 10), (201, 300)])
def test_the_axis_ends_little_above_the_largest_value(largest, top):
    assert picture._round_up(largest) == top
