"""Revision 0011 upwards and back, with an agent in it and others' rows beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from gonogo.kernel.db.migrate import migrate_database
from tests.kernel.db.test_migrate import list_tables, run_alembic

AGENT = """
INSERT INTO agents VALUES
('01', 'poet', 'ollama', 'writer', 'In verse.', '["ollama"]', '[]', '', 1, 'running', '2026-03-02T12:00:00.000Z', 'ada')
"""


def test_up_and_down_with_data(tmp_path: Path) -> None:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(AGENT)
        database.execute("INSERT INTO leases VALUES ('deploy', '', 1, '2026-03-02T12:00:00.000Z')")
    run_alembic(path, "downgrade", "0010")
    assert list_tables(path).isdisjoint({"agents", "assets"})
    run_alembic(path, "upgrade", "head")
    assert list_tables(path) >= {"agents", "assets"}
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM agents").fetchone() == (0,)
        assert database.execute("SELECT name FROM leases").fetchone() == ("deploy",)
