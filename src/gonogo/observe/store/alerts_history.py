"""Stored samples of hosts as the registry of a dry run, a stretch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select

from gonogo.kernel.db.database import Tx
from gonogo.kernel.signals import Signal, SignalRegistry
from gonogo.observe.alerts.defaults import SILENCE
from gonogo.observe.alerts.round import TICK_S, find_tick
from gonogo.observe.codec import decode_column
from gonogo.observe.metrics import METRICS, NAMES, STEP_S
from gonogo.observe.models import blocks, hosts, system_metrics
from gonogo.observe.signals import DISK, HOST_SIGNALS
from gonogo.observe.store.instants import read_at
from gonogo.observe.store.reading import find_blocks, find_recent
from gonogo.observe.tiers import RAW

STORED = {name: metric for name, _, metric, _ in HOST_SIGNALS} | {DISK.name: "disk_percent"}
"""Signals whose samples are stored, and under which metric."""
_UNITS = {name: unit for name, unit, _, _ in HOST_SIGNALS} | {DISK.name: "%", SILENCE: "s"}


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
                _fill(registry, name, host, _measure_silence(tx, host, start, end))
            else:
                _fill(registry, name, host, list_samples(tx, host, NAMES.index(STORED[name]), start, end))
    return registry


def list_samples(tx: Tx, host: str, place: int, start: int, end: int) -> Iterator[tuple[int, float]]:
    """One metric of one host in full resolution, oldest first."""
    metric = METRICS[place]
    for first, data in find_blocks(tx, host, RAW.name, RAW.find_start(start), end):
        for slot, quanta in enumerate(decode_column(data, place)):
            at = first + slot * RAW.step_s
            if quanta is not None and start <= at < end:
                yield at, metric.restore(quanta)
    yield from find_recent(tx, host, metric.name, start, end)


def find_beginning(tx: Tx) -> int | None:
    """The first instant of which samples are kept in full; None when there are none."""
    packed: int | None = tx.execute(select(func.min(blocks.c.start)).where(blocks.c.tier == RAW.name)).scalar()
    recent = tx.execute(select(func.min(system_metrics.c.timestamp))).scalar()
    return min((at for at in (packed, read_at(recent) if recent else None) if at is not None), default=None)


def _measure_silence(tx: Tx, host: str, start: int, end: int) -> Iterator[tuple[int, float]]:
    samples = [at for at, _ in list_samples(tx, host, NAMES.index("memory_percent"), start, end)]
    place, newest = 0, None
    for tick in range(find_tick(start), end, TICK_S):
        while place < len(samples) and samples[place] <= tick:
            newest = samples[place]
            place += 1
        if newest is not None:
            yield tick, tick - newest


def _fill(registry: SignalRegistry, name: str, host: str, samples: Iterable[tuple[int, float]]) -> None:
    # Looking a series up costs more than adding to it, and there are millions.
    ring = None
    for at, value in samples:
        if ring is None:
            registry.record(name, value, {"host": host}, at=datetime.fromtimestamp(at, UTC))
            [(_, ring)] = registry.find_rings(name, {"host": host})
        ring.add(at, value)
