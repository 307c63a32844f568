"""The tables of this room, twice: ``jobs`` for people's work, ``tasks`` for the house's own.

Moments are milliseconds since 1970. States stand in the indexes as literals, because SQLite can't see that a bound
parameter satisfies the condition of a partial index; queries must write them the same way.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, Text, text

from gonogo.kernel.db.tables import metadata

FAMILIES = ("jobs", "tasks")
LIVE = "state IN ('scheduled', 'failed', 'ready', 'running')"


def _define_jobs(family: str) -> Table:
    def index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
        return Index(f"ix_{family}_{name}", *columns, unique=unique, sqlite_where=text(where))

    return Table(
        family,
        metadata,
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("id", String(36), nullable=False, unique=True),
        Column("type", String(200), nullable=False),
        Column("state", String(9), nullable=False),
        Column("pool", Text, nullable=False),
        Column("rank", Integer, nullable=False),
        Column("due", Integer, nullable=False),
        Column("at", Integer, nullable=False),
        Column("job", LargeBinary, nullable=False),
        Column("timeout", Integer, nullable=False),
        Column("keep", Integer, nullable=False),
        Column("fence", Integer, nullable=False),
        Column("attempt", Integer, nullable=False),
        Column("blocked", Integer, nullable=False),
        Column("unique_key", String(200)),
        Column("lane", String(200)),
        Column("limit_key", String(200)),
        Column("parent", String(36)),
        Column("worker", String(200)),
        Column("started", Integer),
        Column("deadline", Integer),
        Column("ended", Integer),
        Column("forget_at", Integer),
        Column("fraction", Float),
        Column("message", Text, nullable=False),
        Column("value", LargeBinary),
        Column("error", Text, nullable=False),
        index("ready", "blocked", "pool", "rank", "id", where="state = 'ready'"),
        index("ready_due", "due", where="state = 'ready'"),
        index("waiting", "due", where="state IN ('scheduled', 'failed')"),
        index("running", "worker", "deadline", "limit_key", where="state = 'running'"),
        index("unique", "unique_key", where=f"unique_key IS NOT NULL AND {LIVE}", unique=True),
        index("lane", "lane", "seq", where=f"lane IS NOT NULL AND {LIVE}"),
        index("dead", "type", "id", where="state = 'dead'"),
        index("cancelled", "id", where="state = 'cancelled'"),
        index("forget", "forget_at", where="forget_at IS NOT NULL"),
        index("parent", "parent", "id", where="parent IS NOT NULL"),
        Index(f"ix_{family}_type", "type", "id"),
        sqlite_autoincrement=True,
    )


def _define_workers(family: str) -> Table:
    return Table(
        f"{family}_workers",
        metadata,
        Column("id", String(200), primary_key=True),
        Column("worker", LargeBinary, nullable=False),
        Column("seen", Integer, nullable=False),
        Column("nonce", String(200), nullable=False),
        Column("batch", Text, nullable=False),
    )


def _define_orders(family: str) -> tuple[Table, Table]:
    return (
        Table(f"{family}_pauses", metadata, Column("type", String(200), primary_key=True)),
        Table(
            f"{family}_limits",
            metadata,
            Column("key", String(200), primary_key=True),
            Column("spec", LargeBinary, nullable=False),
            Column("free_at", Integer, nullable=False),
        ),
    )


def _define_schedules(family: str) -> tuple[Table, Table]:
    return (
        Table(
            f"{family}_schedules",
            metadata,
            Column("name", String(200), primary_key=True),
            Column("spec", LargeBinary, nullable=False),
            Column("next_at", Integer),
            Column("last_at", Integer),
            Column("last_job", String(36)),
        ),
        Table(
            f"{family}_firings",
            metadata,
            Column("name", String(200), nullable=False),
            Column("at", Integer, nullable=False),
            Column("job", String(36), nullable=False),
            PrimaryKeyConstraint("name", "at"),
        ),
    )


def _define_records(family: str) -> tuple[Table, Table, Table]:
    return (
        Table(
            f"{family}_notes",
            metadata,
            Column("seq", Integer, primary_key=True, autoincrement=True),
            Column("note", LargeBinary, nullable=False),
            sqlite_autoincrement=True,
        ),
        Table(
            f"{family}_logs",
            metadata,
            Column("id", String(36), primary_key=True),
            Column("lines", LargeBinary, nullable=False),
        ),
        Table(
            f"{family}_totals",
            metadata,
            Column("name", String(20), primary_key=True),
            Column("count", Integer, nullable=False),
        ),
    )


for _family in FAMILIES:
    _define_jobs(_family)
    _define_workers(_family)
    _define_orders(_family)
    _define_schedules(_family)
    _define_records(_family)
