"""Stored samples of hosts as the registry of a dry run, a stretch at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import func, select

from gonogo.kernel.db.database import Tx
from gonogo.kernel.signals import Signal, SignalRegistry
from gonogo.observe.alerts.defaults import SILENCE
from gonogo.observe.alerts.round import TICK_S, find_tick
from gonogo.observe.codec import decode_column, find_slots
from gonogo.observe.metrics import METRICS, NAMES, STEP_S
from gonogo.observe.models import blocks, hosts, system_metrics
from gonogo.observe.signals import DISK, HOST_SIGNALS
from gonogo.observe.store.instants import read_at
from gonogo.observe.store.reading import find_blocks, find_recent
from gonogo.observe.tiers import RAW, SLOTS

STORED = {name: metric for name, _, metric, _ in HOST_SIGNALS} | {DISK.name: "disk_percent"}
"""Signals whose samples are stored, and under which metric."""
_UNITS = {name: unit for name, unit, _, _ in HOST_SIGNALS} | {DISK.name: "%", SILENCE: "s"}


Course = tuple[Sequence[float], Sequence[float]]
"""Instants and the values at them, oldest first."""


def load_stretch(tx: Tx, names: Sequence[str], start: int, end: int) -> SignalRegistry:
    """Samples of these signals of every host, from ``start`` until before ``end`` (seconds since the epoch).

    A disk's share is that of the fullest file system of its host: the others are not stored.
    """
    registry = SignalRegistry(ring_length=(end - start) // STEP_S + 2, max_series=1_000_000)
    found = tx.execute(select(hosts.c.host).order_by(hosts.c.host)).scalars().all()
    for name in names:
        registry.declare(Signal(name, _UNITS[name], "", ("host",), "observe"))
        for host in found:
            if name == SILENCE:
                samples = _measure_silence(tx, host, start, end)
            else:
                samples = _read_samples(tx, host, NAMES.index(STORED[name]), start, end)
            _fill(registry, name, host, samples)
    return registry


def find_beginning(tx: Tx) -> int | None:
    """The first instant of which samples are kept in full; None when there are none."""
    packed: int | None = tx.execute(select(func.min(blocks.c.start)).where(blocks.c.tier == RAW.name)).scalar()
    recent = tx.execute(select(func.min(system_metrics.c.timestamp))).scalar()
    return min((at for at in (packed, read_at(recent) if recent else None) if at is not None), default=None)


def _read_samples(tx: Tx, host: str, place: int, start: int, end: int) -> Course:
    metric = METRICS[place]
    restore = cache(metric.restore)  # there are millions of samples, and of shares a thousand values
    times: list[float] = []
    values: list[float] = []
    for first, data in find_blocks(tx, host, RAW.name, RAW.find_start(start), end):
        column = decode_column(data, place)
        held = [slot for slot in _clip(first, start, end) if column[slot] is not None]
        times += [first + slot * RAW.step_s for slot in held]
        values += [restore(column[slot]) for slot in held]
    recent = find_recent(tx, host, metric.name, start, end)
    return [*times, *(at for at, _ in recent)], [*values, *(value for _, value in recent)]


def _measure_silence(tx: Tx, host: str, start: int, end: int) -> Course:
    place = NAMES.index("memory_percent")
    times: list[int] = []
    for first, data in find_blocks(tx, host, RAW.name, RAW.find_start(start), end):
        within = _clip(first, start, end)
        times += [first + slot * RAW.step_s for slot in find_slots(data, place) if slot in within]
    times += [at for at, _ in find_recent(tx, host, METRICS[place].name, start, end)]
    ticks = [tick for tick in range(find_tick(start), end, TICK_S) if times and tick >= times[0]]
    return ticks, [tick - times[bisect_right(times, tick) - 1] for tick in ticks]


def _clip(first: int, start: int, end: int) -> range:
    """The slots of a block that lie within a stretch."""
    low, high = -((first - start) // RAW.step_s), -((first - end) // RAW.step_s)
    return range(max(0, low), min(SLOTS, high))


def _fill(registry: SignalRegistry, name: str, host: str, course: Course) -> None:
    # Looking a series up costs more than adding to it, and there are millions.
    times, values = course
    if not times:
        return
    labels = {"host": host}
    registry.record(name, values[0], labels, at=datetime.fromtimestamp(times[0], UTC))
    [(_, ring)] = registry.find_rings(name, labels)
    ring.extend(times[1:], values[1:])
