"""The machine the tests run on has nothing to say: default rules would fire where its disk or memory is nearly full."""

from __future__ import annotations

import pytest

from gonogo.observe.collecting.host import HostCollector
from gonogo.observe.metrics import NAMES, STEP_S
from gonogo.observe.schemas import Details, Sample


@pytest.fixture(autouse=True)
def _idle_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_self: HostCollector, now: float, _bytes_per_day: int = 0) -> tuple[Sample, Details]:
        return Sample(int(now) // STEP_S * STEP_S, [1.0] * len(NAMES)), Details(boot_time=0)

    monkeypatch.setattr(HostCollector, "read", read)
