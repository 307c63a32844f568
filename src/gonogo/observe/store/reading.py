"""Reading rows: hosts, their latest sample, recent samples of one metric, processes."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row, func, select

from gonogo.kernel.db.database import Tx
from gonogo.observe.metrics import NAMES
from gonogo.observe.models import aggregations, blocks, hosts, process_metrics, system_metrics
from gonogo.observe.schemas import Details, Platform, Sample
from gonogo.observe.store.instants import read_at, write_at


class KnownHost(msgspec.Struct, frozen=True):
    """A host as it was when Gonogo last wrote it down; instants are seconds since the epoch."""

    host: str
    agent: str
    first_seen: int
    last_seen: int
    platform: Platform
    details: Details | None
    sample: Sample | None


def list_hosts(tx: Tx) -> list[KnownHost]:
    """Every host with its newest row of numbers."""
    return [_know_host(tx, row) for row in tx.execute(select(hosts).order_by(hosts.c.host)).all()]


def find_recent(tx: Tx, host: str, metric: str, start: int, end: int) -> list[tuple[int, float]]:
    """Samples of one metric that are still rows, oldest first."""
    column = system_metrics.c[metric]
    query = select(system_metrics.c.timestamp, column).where(
        system_metrics.c.host == host,
        system_metrics.c.timestamp >= write_at(start),
        system_metrics.c.timestamp < write_at(end),
        column.is_not(None),
    )
    rows = tx.execute(query.order_by(system_metrics.c.timestamp)).mappings()
    return [(read_at(row["timestamp"]), row[metric]) for row in rows]


def find_blocks(tx: Tx, host: str, tier: str, start: int, end: int) -> list[tuple[int, bytes]]:
    """Packed blocks of a tier that begin from ``start`` on and before ``end``, as (start, bytes)."""
    query = select(blocks.c.start, blocks.c.data).where(
        blocks.c.host == host, blocks.c.tier == tier, blocks.c.start >= start, blocks.c.start < end
    )
    return [(row.start, row.data) for row in tx.execute(query.order_by(blocks.c.start))]


def list_processes(tx: Tx, host: str, start: int, end: int, limit: int) -> list[dict[str, Any]]:
    """Rows of processes, newest first."""
    query = select(process_metrics).where(
        process_metrics.c.host == host,
        process_metrics.c.timestamp >= write_at(start),
        process_metrics.c.timestamp < write_at(end),
    )
    order = (process_metrics.c.timestamp.desc(), process_metrics.c.cpu_percent.desc())
    return [dict(row) for row in tx.execute(query.order_by(*order).limit(limit)).mappings()]


def measure_storage(tx: Tx) -> dict[str, int]:
    """How much is kept: rows and packed bytes by tier."""
    counted = {
        table.name: tx.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (system_metrics, process_metrics, aggregations)
    }
    size = func.sum(func.length(blocks.c.data)).label("size")
    for row in tx.execute(select(blocks.c.tier, func.count().label("blocks"), size).group_by(blocks.c.tier)):
        counted |= {f"blocks_{row.tier}": row.blocks, f"bytes_{row.tier}": row.size}
    return counted


def _know_host(tx: Tx, row: Row[Any]) -> KnownHost:
    newest = select(system_metrics).where(system_metrics.c.host == row.host)
    found = tx.execute(newest.order_by(system_metrics.c.timestamp.desc()).limit(1)).mappings().first()
    return KnownHost(
        host=row.host,
        agent=row.agent,
        first_seen=read_at(row.first_seen),
        last_seen=read_at(row.last_seen),
        platform=msgspec.json.decode(row.platform, type=Platform),
        details=msgspec.json.decode(row.details, type=Details) if row.details else None,
        sample=Sample(read_at(found["timestamp"]), [found[name] for name in NAMES]) if found else None,
    )
