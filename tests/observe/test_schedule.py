"""Upkeep comes when its moment has passed, and once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.kernel import Kernel
from gonogo.observe.schedule import ADD_DAYS, ADD_HOURS, CLEAN, Due, is_due
from gonogo.observe.store.upkeep import find_mark
from gonogo.observe.tasks import look_after
from tests.fake_clock import FakeClock


def on_day(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}:00").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "last", "now", "expected"),
    [
        (CLEAN, "02T02:00", "03T01:59", False),
        (CLEAN, "02T02:00", "03T02:00", True),
        (CLEAN, "01T02:00", "02T23:00", True),
        (ADD_DAYS, "02T03:01", "03T02:59", False),
        (ADD_DAYS, "02T03:01", "03T03:00", True),
        (ADD_HOURS, "02T12:01", "02T12:59", False),
        (ADD_HOURS, "02T12:01", "02T13:00", True),
    ],
)
def test_when_it_is_due(due: Due, last: str, now: str, expected: bool) -> None:
    assert is_due(due, on_day(now), on_day(last)) is expected


async def test_a_night_passes(kernel: Kernel, clock: FakeClock) -> None:
    await look_after(kernel)
    with kernel.bus.subscribe("metrics") as told:
        clock.jump(15 * 3600)
        await look_after(kernel)
        await look_after(kernel)
        assert (await told.get()).name == "metrics.cleaned"
    marks = [await kernel.db.read(lambda tx, due=due: find_mark(tx, due.name)) for due in (CLEAN, ADD_HOURS, ADD_DAYS)]
    assert marks == ["2026-03-03T03:00:00.000Z"] * 3
    cleanings = await kernel.db.read(lambda tx: find_events(tx, names=["metrics.cleaned"]))
    assert len(cleanings) == 1
