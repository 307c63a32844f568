"""Dropping what is old, thinning rows of processes, and remembering when that was done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Column, ColumnElement, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.observe.models import (
    blocks,
    check_results,
    infrastructure_health,
    log_counts,
    log_excerpts,
    process_metrics,
    upkeep,
)
from gonogo.observe.store.instants import write_at
from gonogo.observe.tiers import Tier

AGEING: dict[str, Column[str]] = {
    "processes": process_metrics.c.timestamp,
    "checks": check_results.c.timestamp,
    "log_counts": log_counts.c.minute,
    "log_excerpts": log_excerpts.c.timestamp,
    "health": infrastructure_health.c.timestamp,
}
"""Tables whose rows go with age, by the column that has their instant."""
FINE_S = 7200
"""Age at which rows of processes are thinned to one snapshot for every quarter of an hour."""


def list_old_blocks(tx: Tx, tier: Tier, before: int) -> list[tuple[str, int]]:
    """Blocks of a tier that end at or before ``before``, as (host, start)."""
    rows = tx.execute(select(blocks.c.host, blocks.c.start).where(*_match_old(tier, before)))
    return [(row.host, row.start) for row in rows.all()]


def delete_blocks(tx: Tx, tier: Tier, gone: Iterable[tuple[str, int]]) -> None:
    """Drop these blocks of a tier."""
    for host, start in gone:
        tx.execute(delete(blocks).where(blocks.c.host == host, blocks.c.tier == tier.name, blocks.c.start == start))


def count_old(tx: Tx, column: Column[str], before: int) -> int:
    """Rows of the table whose instant in ``column`` is older than ``before``."""
    query = select(func.count()).select_from(column.table).where(column < write_at(before))
    count: int = tx.execute(query).scalar_one()
    return count


def delete_old(tx: Tx, column: Column[str], before: int) -> int:
    """Drop those rows; gives how many."""
    return tx.execute(delete(column.table).where(column < write_at(before))).rowcount


def thin_processes(tx: Tx, now: int) -> int:
    """Of snapshots older than two hours keep those at the beginning of each quarter of an hour; gives how many went."""
    timestamp = process_metrics.c.timestamp
    # A snapshot comes every 30 seconds, so one falls into the first half minute of each quarter.
    minute, second = func.substr(timestamp, 15, 2), func.substr(timestamp, 18, 2)
    kept = minute.in_(("00", "15", "30", "45")) & (second < "30")
    return tx.execute(delete(process_metrics).where(timestamp < write_at(now - FINE_S), ~kept)).rowcount


def vacuum_file(path: Path) -> tuple[int, int]:
    """Write the database anew without its free pages; gives its bytes before and after.

    Changes wait meanwhile, and are refused (503, to be tried again) when it takes longer than five seconds.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # What is in the write-ahead log yet belongs to the file's size before.
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        before = path.stat().st_size
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before, path.stat().st_size


def find_mark(tx: Tx, name: str) -> str | None:
    """When a piece of upkeep last ran; None when never."""
    at: str | None = tx.execute(select(upkeep.c.ran_at).where(upkeep.c.name == name)).scalar()
    return at


def set_mark(tx: Tx, name: str, outcome: str) -> None:
    """Remember that a piece of upkeep ran now, and how it ended."""
    changes = {"ran_at": format_instant(tx.clock.now()), "outcome": outcome}
    tx.execute(insert(upkeep).values(name=name, **changes).on_conflict_do_update(index_elements=["name"], set_=changes))


def _match_old(tier: Tier, before: int) -> tuple[ColumnElement[bool], ...]:
    return blocks.c.tier == tier.name, blocks.c.start + tier.span_s <= before
