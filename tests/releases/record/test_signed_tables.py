"""The revision that brings signatures and reminders, on a database that holds journals and tasks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from gonogo.kernel.db.migrate import migrate_database
from tests.kernel.db.test_migrate import run_alembic
from tests.releases.test_follow_up_tables import INCIDENT, RUN

ENTRY = (
    "INSERT INTO release_journal (run, seq, at, name, actor, actor_name, data, previous, hash) "
    "VALUES ('r', 1, 'a', 'started', 'u', 'n', '{}', 'p', 'h')"
)
TASK = (
    "INSERT INTO follow_ups (id, text, period, owner, due_at, run, item, incident, note) "
    "VALUES ('f', 't', 'day 1', 'n', 'a', 'r', 'p1.1', 'i', '')"
)


def test_up_keeps_old_journals_unsigned_and_down_keeps_them_at_all(tmp_path: Path) -> None:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    run_alembic(path, "downgrade", "0014")
    with closing(sqlite3.connect(path)) as database, database:
        for statement in (RUN, INCIDENT, ENTRY, TASK):
            database.execute(statement)
    migrate_database(path)
    with closing(sqlite3.connect(path)) as database, database:
        assert database.execute("SELECT hash, signature, signed_with FROM release_journal").fetchall() == [
            ("h", None, None)
        ]
        assert database.execute("SELECT text, reminded_at FROM follow_ups").fetchall() == [("t", None)]
        database.execute("UPDATE release_journal SET signature = 's', signed_with = 'k'")
        database.execute("UPDATE follow_ups SET reminded_at = 'b'")
    run_alembic(path, "downgrade", "0014")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT run, seq, hash FROM release_journal").fetchall() == [("r", 1, "h")]
        assert database.execute("SELECT id, text FROM follow_ups").fetchall() == [("f", "t")]
