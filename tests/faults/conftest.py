# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one run of all cells, for the tests to look at."""

from __future__ import annotations

import pytest

from faults.cells import CELLS
from faults.runs import Matrix


@pytest.fixture(scope="session")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    return Matrix(CELLS, tmp_path_factory.mktemp("faults"))
