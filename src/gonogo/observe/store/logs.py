"""Watched logs: how far each was read, its counts by the minute, and the lines worth keeping.

Counts and place are written in one transaction, so a killed process counts no line twice and leaves none out.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.observe.logs.following import Place
from gonogo.observe.logs.lines import Tally
from gonogo.observe.models import log_counts, log_excerpts, log_places
from gonogo.observe.store.instants import read_at, write_at

MINUTE_S = 60


def find_place(tx: Tx, log: str) -> Place | None:
    """How far a log was read."""
    row = tx.execute(select(log_places).where(log_places.c.log == log)).first()
    return None if row is None else Place(row.device, row.inode, row.offset, row.head)


def write_place(tx: Tx, log: str, place: Place) -> None:
    """Remember how far a log was read."""
    changes = msgspec.structs.asdict(place)
    upsert = insert(log_places).values(log=log, **changes)
    tx.execute(upsert.on_conflict_do_update(index_elements=["log"], set_=changes))


def write_tally(tx: Tx, log: str, tally: Tally, place: Place, most: int) -> None:
    """Add counts to this minute, keep at most ``most`` lines, and remember the place after them."""
    now = tx.clock.now()
    minute = write_at(int(now.timestamp()) // MINUTE_S * MINUTE_S)
    for kind, counts in (("level", tally.levels), ("pattern", tally.patterns)):
        for name, lines in counts.items():
            upsert = insert(log_counts).values(log=log, minute=minute, kind=kind, name=name, lines=lines)
            more = log_counts.c.lines + lines
            keys = ["log", "minute", "kind", "name"]
            tx.execute(upsert.on_conflict_do_update(index_elements=keys, set_={"lines": more}))
    rows = [
        {"log": log, "timestamp": format_instant(now), "level": one.level, "patterns": " ".join(one.patterns)}
        | {"line": one.line}
        for one in tally.excerpts
    ]
    if rows:
        tx.execute(insert(log_excerpts), rows)
        _trim(tx, log, most)
    write_place(tx, log, place)


def list_counts(tx: Tx, log: str, start: int, end: int) -> list[tuple[int, Counter[str], Counter[str]]]:
    """Counts by minute between two instants: (seconds since the epoch, by level, by pattern), oldest first."""
    query = select(log_counts).where(
        log_counts.c.log == log, log_counts.c.minute >= write_at(start), log_counts.c.minute < write_at(end)
    )
    found: dict[int, tuple[Counter[str], Counter[str]]] = {}
    for row in tx.execute(query.order_by(log_counts.c.minute)):
        levels, patterns = found.setdefault(read_at(row.minute), (Counter(), Counter()))
        (levels if row.kind == "level" else patterns)[row.name] += row.lines
    return [(at, levels, patterns) for at, (levels, patterns) in found.items()]


def list_excerpts(tx: Tx, log: str, level: str | None, limit: int) -> list[dict[str, Any]]:
    """Kept lines, newest first."""
    query = select(log_excerpts).where(log_excerpts.c.log == log)
    if level is not None:
        query = query.where(log_excerpts.c.level == level)
    rows = tx.execute(query.order_by(log_excerpts.c.id.desc()).limit(limit)).mappings()
    return [{**row, "patterns": row["patterns"].split()} for row in rows]


def _trim(tx: Tx, log: str, most: int) -> None:
    own = log_excerpts.c.log == log
    oldest = select(func.min(log_excerpts.c.id)).where(
        log_excerpts.c.id.in_(select(log_excerpts.c.id).where(own).order_by(log_excerpts.c.id.desc()).limit(most))
    )
    tx.execute(delete(log_excerpts).where(own, log_excerpts.c.id < oldest.scalar_subquery()))
