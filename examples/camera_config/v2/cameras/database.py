"""The two tables, and nothing that knows of HTTP."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

PATH = os.environ.get("CAMERAS_DB", "data/production.db")


@contextmanager
def open_database() -> Iterator[sqlite3.Connection]:
    """One transaction."""
    with closing(sqlite3.connect(PATH, timeout=5)) as database, database:
        database.row_factory = sqlite3.Row
        yield database


def list_sources() -> list[dict[str, Any]]:
    """Every video source, in the order in which they were saved."""
    with open_database() as database:
        rows = database.execute("SELECT id, name, path, active FROM video_sources ORDER BY id").fetchall()
    return [{**dict(row), "active": bool(row["active"])} for row in rows]


def replace_sources(sources: Sequence[dict[str, Any]]) -> None:
    """These and no others."""
    rows = [(each["name"], each.get("path", ""), int(each.get("active", True))) for each in sources]
    with open_database() as database:
        database.execute("DELETE FROM video_sources")
        database.executemany("INSERT INTO video_sources (name, path, active) VALUES (?, ?, ?)", rows)


def read_config() -> dict[str, Any]:
    """The one row of the processing configuration."""
    with open_database() as database:
        row = database.execute("SELECT input_path, selected_cameras FROM processing_config WHERE id = 1").fetchone()
    return {"input_path": row["input_path"], "selected_cameras": json.loads(row["selected_cameras"])}


def select_cameras(names: Sequence[str]) -> None:
    """These are processed from now on."""
    with open_database() as database:
        database.execute("UPDATE processing_config SET selected_cameras = ? WHERE id = 1", (json.dumps(names),))
