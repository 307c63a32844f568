"""Samples become blocks and roll-ups, and every tier tells the same story."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial

import pytest
from sqlalchemy import delete, func, select, update

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.kernel import Kernel
from gonogo.observe.blocks import read_cells, write_cells
from gonogo.observe.commands.upkeep import aggregate, clean, seal_hours, verify
from gonogo.observe.models import aggregations, blocks, system_metrics
from gonogo.observe.rollup import roll_values
from gonogo.observe.store.history import read_history
from gonogo.observe.store.sealing import find_samples
from gonogo.observe.tiers import DAY, MINUTE, QUARTER, RAW, TIERS, Tier, choose_tier
from gonogo.observe.tiers import HOUR as HOUR_TIER
from tests.fake_clock import FakeClock
from tests.observe.stage import HOUR, NOON, make_samples, report

CPU = 0


async def count_rows(kernel: Kernel, host: str) -> int:
    query = select(func.count()).select_from(system_metrics).where(system_metrics.c.host == host)
    return int(await kernel.db.read(lambda tx: tx.execute(query).scalar_one()))


async def seal(kernel: Kernel) -> None:
    while await seal_hours(kernel):
        pass


async def test_a_finished_hour_is_packed_and_its_rows_go(kernel: Kernel) -> None:
    samples = make_samples(NOON - 2 * HOUR, 720)
    await report(kernel, "web1", samples)
    await seal(kernel)
    assert await count_rows(kernel, "web1") == 0
    raw = await kernel.db.read(partial(find_samples, host="web1", start=NOON - 2 * HOUR))
    assert raw is not None
    assert raw[CPU] == [round(sample.values[CPU] * 10) for sample in samples]


async def test_the_hour_that_runs_stays_rows(kernel: Kernel) -> None:
    await report(kernel, "web1", make_samples(NOON - HOUR + 60, 10))
    await report(kernel, "web1", make_samples(NOON, 5))
    await seal(kernel)
    assert await count_rows(kernel, "web1") == 15, "the last hour is not over for long enough"


async def test_late_samples_end_in_the_same_blocks(kernel: Kernel) -> None:
    samples = make_samples(NOON - 3 * HOUR, 720)
    await report(kernel, "whole", samples)
    await report(kernel, "late", samples[::2])
    await seal(kernel)
    await report(kernel, "late", samples)
    await seal(kernel)
    query = select(blocks.c.tier, blocks.c.start, blocks.c.data).order_by(blocks.c.tier)
    found = [
        await kernel.db.read(lambda tx, host=host: tx.execute(query.where(blocks.c.host == host)).all())
        for host in ("whole", "late")
    ]
    assert len(found[0]) == len(TIERS)
    assert found[0] == found[1]


@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.name)
async def test_every_tier_gives_the_same_sums(kernel: Kernel, tier: Tier) -> None:
    start = NOON - 12 * HOUR
    samples = make_samples(start, 1500)
    await report(kernel, "web1", samples)
    await seal(kernel)
    read = partial(read_history, host="web1", place=CPU, tier=tier, start=start, end=start + 24 * HOUR, points=2)
    history = await kernel.db.read(read)
    wanted = roll_values([round(sample.values[CPU] * 10) for sample in samples])
    assert wanted is not None
    assert min(value for value in history.min if value is not None) == wanted.low / 10
    assert max(value for value in history.max if value is not None) == wanted.high / 10
    assert sum(value is not None for value in history.avg) == 1
    assert next(value for value in history.avg if value is not None) == pytest.approx(wanted.total / 15000, abs=1e-5)


async def test_history_joins_packed_hours_and_rows(kernel: Kernel) -> None:
    await report(kernel, "web1", make_samples(NOON - 2 * HOUR, 1440))
    await seal(kernel)
    read = partial(read_history, host="web1", place=CPU, tier=RAW, start=NOON - 2 * HOUR, end=NOON, points=1441)
    history = await kernel.db.read(read)
    assert len(history.times) == 1440
    assert None not in history.avg


async def test_what_was_not_measured_stays_a_gap(kernel: Kernel) -> None:
    samples = make_samples(NOON - 2 * HOUR, 720)
    await report(kernel, "web1", samples[:100] + samples[200:])
    await seal(kernel)
    read = partial(read_history, host="web1", place=CPU, tier=RAW, start=NOON - 2 * HOUR, end=NOON - HOUR, points=721)
    history = await kernel.db.read(read)
    assert [place for place, value in enumerate(history.avg) if value is None] == list(range(100, 200))


async def test_verify_finds_a_roll_up_that_lies(kernel: Kernel) -> None:
    await report(kernel, "web1", make_samples(NOON - 2 * HOUR, 720))
    await seal(kernel)
    assert (await verify(kernel, SYSTEM)).faults == ()

    def spoil(tx: object) -> None:
        match = (blocks.c.host == "web1", blocks.c.tier == "15m")
        cells = read_cells(tx.execute(select(blocks.c.data).where(*match)).scalar_one())  # type: ignore[attr-defined]
        slot = QUARTER.find_slot(NOON - 2 * HOUR)
        assert cells[CPU][slot] is not None
        cells[CPU][slot] = cells[CPU][slot]._replace(total=1)
        tx.execute(update(blocks).where(*match).values(data=write_cells(cells)))  # type: ignore[attr-defined]

    await kernel.db.write(spoil)
    (fault,) = (await verify(kernel, SYSTEM)).faults
    assert "cpu_percent of tier 15m" in fault


async def test_cleaning_lets_raw_history_go_and_keeps_what_is_not_proven(kernel: Kernel, clock: FakeClock) -> None:
    await report(kernel, "good", make_samples(NOON - 2 * HOUR, 720))
    await report(kernel, "bad", make_samples(NOON - 2 * HOUR, 720))
    await seal(kernel)
    lost = delete(blocks).where(blocks.c.host == "bad", blocks.c.tier == MINUTE.name)
    await kernel.db.write(lambda tx: tx.execute(lost) and None)
    clock.jump(31 * 86_400)
    looked = await clean(kernel, SYSTEM, dry_run=True)
    assert (looked.dry_run, looked.blocks["raw"]) == (True, 1)
    cleaned = await clean(kernel, SYSTEM)
    assert cleaned.blocks == {"raw": 1, "1m": 0, "15m": 0, "1h": 0, "1d": 0}
    assert all(fault.startswith("bad ") for fault in cleaned.kept_back)
    left = await kernel.db.read(
        lambda tx: tx.execute(select(blocks.c.host).where(blocks.c.tier == RAW.name)).scalars().all()
    )
    assert left == ["bad"]


async def test_samples_that_come_after_their_hour_was_dropped_spoil_nothing(kernel: Kernel, clock: FakeClock) -> None:
    samples = make_samples(NOON - 2 * HOUR, 720)
    await report(kernel, "web1", samples)
    await seal(kernel)
    clock.jump(10 * 86_400)
    await clean(kernel, SYSTEM, days=7)
    await report(kernel, "web1", samples[:5])
    await seal(kernel)
    assert await count_rows(kernel, "web1") == 0
    read = partial(
        read_history, host="web1", place=CPU, tier=HOUR_TIER, start=NOON - 2 * HOUR, end=NOON - HOUR, points=2
    )
    assert (await kernel.db.read(read)).max[0] == max(sample.values[CPU] for sample in samples)


async def test_aggregations_are_there_for_plain_sql(kernel: Kernel) -> None:
    samples = make_samples(NOON - 3 * HOUR, 3 * 720)
    await report(kernel, "web1", samples)
    await aggregate(kernel, SYSTEM, 3)
    before = await read_aggregations(kernel, "hourly")
    await seal(kernel)
    assert before == await read_aggregations(kernel, "hourly")
    assert [row[1] for row in before] == [720, 720, 720]
    await aggregate(kernel, SYSTEM, 48, "daily")
    ((start, count, total),) = await read_aggregations(kernel, "daily")
    assert (start, count) == ("2026-03-02T00:00:00.000Z", 2160)
    assert total == pytest.approx(sum(sample.values[CPU] for sample in samples))


async def read_aggregations(kernel: Kernel, period: str) -> list[tuple[str, int, float]]:
    """CPU of web1 as anybody reads it, the sums rounded."""
    with closing(sqlite3.connect(kernel.config.database_path)) as other:
        query = (
            f"SELECT period_start, sample_count, round(sum_value, 3) FROM {aggregations.name} "
            "WHERE host = 'web1' AND metric = 'cpu_percent' AND period = ? ORDER BY period_start"
        )
        return other.execute(query, (period,)).fetchall()


@pytest.mark.parametrize(
    ("span", "points", "age", "tier"),
    [
        (3600, 720, 3600, RAW),
        (86_400, 360, 86_400, MINUTE),
        (30 * 86_400, 720, 30 * 86_400, HOUR_TIER),
        (30 * 86_400, 2880, 30 * 86_400, QUARTER),
        (3600, 720, 40 * 86_400, MINUTE),
        (3600, 720, 500 * 86_400, HOUR_TIER),
        (365 * 86_400, 100, 3000 * 86_400, DAY),
    ],
)
def test_the_tier_fits_the_question(span: int, points: int, age: int, tier: Tier) -> None:
    start = NOON - age
    assert choose_tier(start, start + span, points, NOON) is tier


async def test_hours_for_plain_sql_go_after_three_months_and_days_stay(kernel: Kernel, clock: FakeClock) -> None:
    await report(kernel, "web1", make_samples(NOON - 3 * HOUR, 720))
    await aggregate(kernel, SYSTEM, 3)
    await aggregate(kernel, SYSTEM, 24, "daily")
    clock.jump(91 * 86_400)
    await clean(kernel, SYSTEM)
    assert await read_aggregations(kernel, "hourly") == []
    assert len(await read_aggregations(kernel, "daily")) == 1
