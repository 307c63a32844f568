from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.processes import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """An empty folder and an empty data folder."""
    return Machine(tmp_path, tmp_path / "home")
