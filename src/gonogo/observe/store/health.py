"""Health as it was: rows for whoever reads with SQL, and the memory that a restart goes on from."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from gonogo.kernel.db.database import Tx
from gonogo.observe.health import Component, HealthStatus
from gonogo.observe.models import health_memory, infrastructure_health
from gonogo.observe.store.instants import read_at, write_at


class Remembered(msgspec.Struct, frozen=True):
    """How a component stood when it was last written; instants are seconds since the epoch."""

    status: HealthStatus
    since: int
    written_at: int


Memory = dict[tuple[str, str], Remembered]


def load_memory(tx: Tx) -> Memory:
    """Every component by host and name."""
    return {
        (row.host, row.component): Remembered(row.status, read_at(row.since), read_at(row.written_at))
        for row in tx.execute(select(health_memory))
    }


def write_health(tx: Tx, components: Iterable[Component], now: int) -> None:
    """Add a row of history for each component, and remember how it stands."""
    at = write_at(now)
    for one in components:
        key = {"host": one.host, "component": one.component}
        told = {"status": one.status, "score": one.score, "reason": one.reason}
        row = insert(infrastructure_health).values(**key, timestamp=at, **told)
        tx.execute(row.on_conflict_do_update(index_elements=["host", "component", "timestamp"], set_=told))
        changes = {"status": one.status, "since": write_at(now if one.since is None else one.since), "written_at": at}
        upsert = insert(health_memory).values(**key, **changes)
        tx.execute(upsert.on_conflict_do_update(index_elements=list(key), set_=changes))


def forget_health(tx: Tx, host: str, component: str | None = None) -> None:
    """Drop what is remembered of a host, or of one component of it."""
    match = [health_memory.c.host == host]
    if component is not None:
        match.append(health_memory.c.component == component)
    tx.execute(delete(health_memory).where(*match))


def list_health(tx: Tx, host: str | None, start: int, end: int, limit: int) -> list[dict[str, object]]:
    """Rows of history between two instants, newest first."""
    table = infrastructure_health
    query = select(table).where(table.c.timestamp >= write_at(start), table.c.timestamp < write_at(end))
    if host is not None:
        query = query.where(table.c.host == host)
    return [dict(row) for row in tx.execute(query.order_by(table.c.id.desc()).limit(limit)).mappings()]
