"""Revision 0012 upwards and back, with a person and their session in the tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from gonogo.kernel.db.migrate import migrate_database
from tests.kernel.db.test_migrate import run_alembic

AT = "2026-03-02T12:00:00.000Z"
PERSON = ("p1", "ann@example.test", "Ann", "hash", "admin", AT)
SESSION = ("s1", "p1", "refresh", "token", AT, AT)


def test_people_and_sessions_stay_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    run_alembic(path, "downgrade", "0011")
    with closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO users VALUES (?,?,?,?,?,?,NULL)", PERSON)
        database.execute("INSERT INTO sessions VALUES (?,?,?,?,?,?,NULL)", SESSION)
        database.commit()
    migrate_database(path)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT id, generation FROM users").fetchall() == [("p1", 0)]
        database.execute("UPDATE users SET generation = 3")
        database.commit()
    run_alembic(path, "downgrade", "0011")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT * FROM users").fetchall() == [(*PERSON, None)]
        assert database.execute("SELECT * FROM sessions").fetchall() == [(*SESSION, None)]
