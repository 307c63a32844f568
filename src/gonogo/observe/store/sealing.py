"""Packing an hour of a host's rows into blocks of every tier.

What an hour becomes is worked out while reading; writing it takes one short transaction that gives up when rows came
in between. Sealing again, after late samples, ends in the same blocks as if they had been in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from gonogo.kernel.db.database import Tx
from gonogo.observe.blocks import (
    make_cells,
    make_samples,
    read_cells,
    read_samples,
    roll_day,
    roll_hour,
    write_cells,
    write_samples,
)
from gonogo.observe.codec import Column
from gonogo.observe.metrics import METRICS, NAMES, SCHEMA
from gonogo.observe.models import blocks, system_metrics
from gonogo.observe.rollup import Cells
from gonogo.observe.store.instants import read_at, write_at
from gonogo.observe.tiers import DAY, DAY_S, HOUR, RAW, ROLLED, Tier

_SELECT = select(system_metrics.c.timestamp, *(system_metrics.c[name] for name in NAMES))


class Packed(msgspec.Struct, frozen=True):
    """One block to be written."""

    tier: str
    start: int
    samples: int
    data: bytes


class SealedHour(msgspec.Struct, frozen=True):
    """What an hour of a host becomes, of how many rows it was made, and the whole hour as one cell a metric."""

    host: str
    start: int
    rows: int
    blocks: tuple[Packed, ...]
    cells: list[Cells]


def list_open_hours(tx: Tx, before: int, limit: int) -> list[tuple[str, int]]:
    """Hosts and hours that end at or before ``before`` and still have rows, oldest first."""
    hour = func.substr(system_metrics.c.timestamp, 1, 13).label("hour")
    query = select(system_metrics.c.host, hour).where(
        system_metrics.c.timestamp < write_at(before - before % HOUR.step_s)
    )
    rows = tx.execute(query.distinct().order_by(hour, system_metrics.c.host).limit(limit))
    return [(row.host, read_at(f"{row.hour}:00:00Z")) for row in rows]


def prepare_hour(tx: Tx, host: str, start: int) -> SealedHour:
    """Work out every block that this hour of this host touches."""
    rows = tx.execute(_SELECT.where(*_match_rows(host, start))).all()
    raw = find_samples(tx, host, start)
    if raw is None and _is_rolled(tx, host, start):
        # The hour's samples are gone; what comes now could only spoil its roll-ups.
        return SealedHour(host, start, len(rows), (), [])
    raw = raw or make_samples()
    _place_rows(raw, rows)
    packed = [Packed(RAW.name, start, _count(raw), write_samples(raw))]
    rolled = roll_hour(raw)
    hours = make_cells()
    for tier in ROLLED[:-1]:
        columns = _overlay(tx, host, tier, start, rolled[tier.name])
        packed.append(_pack_cells(tier, start, columns))
        hours = columns
    day = start - start % DAY_S
    first = HOUR.find_slot(day)
    of_day = roll_day([cells[first : first + DAY_S // HOUR.step_s] for cells in hours])
    packed.append(_pack_cells(DAY, day, _overlay(tx, host, DAY, day, of_day)))
    return SealedHour(host, start, len(rows), tuple(packed), rolled[HOUR.name])


def store_hour(tx: Tx, sealed: SealedHour) -> bool:
    """Write the blocks and drop the rows; False when more rows came since, and nothing was done."""
    match = _match_rows(sealed.host, sealed.start)
    if tx.execute(select(func.count()).select_from(system_metrics).where(*match)).scalar_one() != sealed.rows:
        return False
    upsert_blocks(tx, sealed.host, sealed.blocks)
    tx.execute(delete(system_metrics).where(*match))
    return True


def upsert_blocks(tx: Tx, host: str, packed: Iterable[Packed]) -> None:
    """Write blocks over those that are there."""
    for block in packed:
        changes = {"schema_id": SCHEMA, "samples": block.samples, "data": block.data}
        row = {"host": host, "tier": block.tier, "start": block.start, **changes}
        keys = ["host", "tier", "start"]
        tx.execute(insert(blocks).values(**row).on_conflict_do_update(index_elements=keys, set_=changes))


def find_samples(tx: Tx, host: str, start: int) -> list[Column] | None:
    """The samples of a sealed hour; None when it was never sealed or has been dropped."""
    data = find_data(tx, host, RAW, start)
    return None if data is None else read_samples(data)


def find_data(tx: Tx, host: str, tier: Tier, at: int) -> bytes | None:
    """The packed block of a tier that holds this instant."""
    match = (blocks.c.host == host, blocks.c.tier == tier.name, blocks.c.start == tier.find_start(at))
    data: bytes | None = tx.execute(select(blocks.c.data).where(*match)).scalar()
    return data


def list_sealed(tx: Tx, before: int, after: int = 0) -> list[tuple[str, int]]:
    """Hosts and hours of the raw tier that begin from ``after`` on and before ``before``."""
    query = select(blocks.c.host, blocks.c.start).where(
        blocks.c.tier == RAW.name, blocks.c.start >= after, blocks.c.start < before
    )
    return [(row.host, row.start) for row in tx.execute(query.order_by(blocks.c.host, blocks.c.start))]


def _is_rolled(tx: Tx, host: str, start: int) -> bool:
    data = find_data(tx, host, HOUR, start)
    slot = HOUR.find_slot(start)
    return data is not None and any(cells[slot] is not None for cells in read_cells(data))


def _overlay(tx: Tx, host: str, tier: Tier, start: int, cells: Sequence[Cells]) -> list[Cells]:
    data = find_data(tx, host, tier, start)
    columns = make_cells() if data is None else read_cells(data)
    slot = tier.find_slot(start)
    for column, fresh in zip(columns, cells, strict=True):
        column[slot : slot + len(fresh)] = fresh
    return columns


def _pack_cells(tier: Tier, at: int, columns: list[Cells]) -> Packed:
    filled = max(sum(cell is not None for cell in cells) for cells in columns)
    return Packed(tier.name, tier.find_start(at), filled, write_cells(columns))


def _count(raw: Sequence[Column]) -> int:
    return max(sum(value is not None for value in column) for column in raw)


def _match_rows(host: str, start: int) -> tuple[ColumnElement[bool], ...]:
    timestamp = system_metrics.c.timestamp
    return system_metrics.c.host == host, timestamp >= write_at(start), timestamp < write_at(start + HOUR.step_s)


def _place_rows(raw: list[Column], rows: Sequence[Row[Any]]) -> None:
    row: Any
    for row in rows:
        slot = RAW.find_slot(read_at(row[0]))
        for column, metric, value in zip(raw, METRICS, row[1:], strict=True):
            column[slot] = metric.quantise(value)
