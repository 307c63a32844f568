"""Revision 0006 upwards and back, with rows in its tables and in those before it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from gonogo.kernel.db.migrate import migrate_database
from tests.kernel.db.test_migrate import list_tables, run_alembic

AT = "2026-03-02T12:00:00.000Z"
BEFORE: dict[str, dict[str, Any]] = {
    "users": {"id": "p1", "email": "a@b.test", "name": "Ann", "password_hash": "x", "role": "admin", "created_at": AT},
    "system_metrics_history": {"host": "web1", "timestamp": AT, "cpu_percent": 9.0},
    "infrastructure_health": {
        "host": "web1",
        "component": "cpu",
        "timestamp": AT,
        "status": "healthy",
        "score": 100.0,
        "reason": "",
    },
    "alert_rules": {"name": "busy", "body": "{}", "saved_at": AT, "saved_by": "ann"},
}
ADDED: dict[str, dict[str, Any]] = {
    "health_memory": {"host": "web1", "component": "cpu", "status": "healthy", "since": AT, "written_at": AT},
    "http_checks": {"name": "shop", "definition": "{}", "created_at": AT, "created_by": "ann"},
    "check_states": {"name": "shop", "state": "up", "since": AT, "failures": 0, "contract": ""},
    "check_results": {"name": "shop", "timestamp": AT, "passed": 1, "latency_ms": 12.5, "faults": "[]"},
    "log_places": {"log": "app", "device": 1, "inode": 2, "offset": 3, "head": b"abc"},
    "log_counts": {"log": "app", "minute": AT, "kind": "level", "name": "error", "lines": 4},
    "log_excerpts": {"id": 1, "log": "app", "timestamp": AT, "level": "error", "patterns": "[]", "line": "no disk"},
}


def insert(path: Path, rows: dict[str, dict[str, Any]]) -> None:
    with closing(sqlite3.connect(path)) as database:
        for table, row in rows.items():
            marks = ", ".join("?" * len(row))
            database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
        database.commit()


def read(path: Path, rows: dict[str, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """What the tables of ``rows`` hold, of the columns that ``rows`` names."""
    with closing(sqlite3.connect(path)) as database:
        return {
            table: [
                dict(zip(row, found, strict=True))
                for found in database.execute(f"SELECT {', '.join(row)} FROM {table}")
            ]
            for table, row in rows.items()
        }


def test_data_stays_on_the_way_up_and_older_data_on_the_way_back(tmp_path: Path) -> None:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    run_alembic(path, "downgrade", "0005")
    insert(path, BEFORE)
    run_alembic(path, "upgrade", "0006")
    insert(path, ADDED)
    run_alembic(path, "upgrade", "head")
    everything = BEFORE | ADDED
    assert read(path, everything) == {table: [row] for table, row in everything.items()}
    run_alembic(path, "downgrade", "0005")
    assert set(ADDED).isdisjoint(list_tables(path))
    assert read(path, BEFORE) == {table: [row] for table, row in BEFORE.items()}
    run_alembic(path, "upgrade", "0006")
    assert read(path, ADDED) == {table: [] for table in ADDED}
