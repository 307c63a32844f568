"""The revision of incidents and follow-up tasks, on a database that holds some."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gonogo.kernel.db.migrate import migrate_database
from tests.kernel.db.test_migrate import list_tables, run_alembic

RUN = (
    "INSERT INTO runs (id, title, path, sha256, markdown, plan, target, workdir, started_by, started_by_name, "
    "started_at, status, head_seq, head_hash) VALUES ('r', 't', 'p', 's', 'm', '{}', 'x', 'w', 'u', 'n', 'a', "
    "'finished', 0, 'h')"
)
INCIDENT = "INSERT INTO incidents VALUES ('i', 't', 'r', 'open', 'a', 'n', NULL, '', '', '[]', '[]', '[]')"
TASK = (
    "INSERT INTO follow_ups (id, text, period, owner, due_at, run, item, incident, note) "
    "VALUES ('f', 't', 'day 1', 'n', 'a', 'r', 'p1.1', 'i', '')"
)


def test_down_drops_them_and_keeps_the_run_and_up_makes_them_anew(tmp_path: Path) -> None:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    with closing(sqlite3.connect(path)) as database, database:
        for statement in (RUN, INCIDENT, TASK):
            database.execute(statement)
    run_alembic(path, "downgrade", "0009")
    assert not {"incidents", "follow_ups"} & list_tables(path)
    migrate_database(path)
    with closing(sqlite3.connect(path)) as database, database:
        assert database.execute("SELECT id FROM runs").fetchall() == [("r",)]
        database.execute(INCIDENT)
        database.execute(TASK)
        with pytest.raises(sqlite3.IntegrityError):
            database.execute(TASK.replace("'f'", "'g'"))
