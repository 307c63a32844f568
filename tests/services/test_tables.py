"""Revision 0009 upwards and back, with rows in it and beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from gonogo.kernel.db.migrate import migrate_database
from tests.kernel.db.test_migrate import list_tables, run_alembic

OWN = {"services", "service_versions", "service_swaps"}


def test_up_and_down_with_data(tmp_path: Path) -> None:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "INSERT INTO services VALUES ('web', 'up', 'v2', 'v1', '{}', NULL, 7, '2026-03-02T12:00:00.000Z')"
        )
        database.execute("INSERT INTO leases VALUES ('deploy', '', 1, '2026-03-02T12:00:00.000Z')")
    run_alembic(path, "downgrade", "0008")
    assert list_tables(path).isdisjoint(OWN)
    run_alembic(path, "upgrade", "head")
    assert list_tables(path) >= OWN
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM services").fetchone() == (0,)
        assert database.execute("SELECT name FROM leases").fetchone() == ("deploy",)
