"""Neither the machine nor the process that tests run in has anything to say: default rules would fire for them."""

from __future__ import annotations

from types import SimpleNamespace

import psutil
import pytest

from gonogo.observe.collecting.host import HostCollector
from gonogo.observe.metrics import NAMES, STEP_S
from gonogo.observe.schemas import Details, Sample


@pytest.fixture(autouse=True)
def _idle_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_self: HostCollector, now: float, _bytes_per_day: int = 0) -> tuple[Sample, Details]:
        return Sample(int(now) // STEP_S * STEP_S, [1.0] * len(NAMES)), Details(boot_time=0)

    monkeypatch.setattr(psutil.Process, "memory_info", lambda _self: SimpleNamespace(rss=1 << 20))
    monkeypatch.setattr(HostCollector, "read", read)
