"""Make the databases of the example, with four cameras in each: ``python prepare.py data/production.db …``."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS video_sources (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, path TEXT NOT NULL, active INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS processing_config (
    id INTEGER PRIMARY KEY CHECK (id = 1), input_path TEXT NOT NULL, selected_cameras TEXT NOT NULL
);
"""
CAMERAS = ("entrance", "ramp", "packing", "yard")


def prepare(path: Path) -> None:
    """A database with four cameras, two of them selected; one that is there already stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript(SCHEMA)
        rows = [(number, name, f"/video/{name}") for number, name in enumerate(CAMERAS, start=1)]
        database.executemany("INSERT OR IGNORE INTO video_sources (id, name, path) VALUES (?, ?, ?)", rows)
        selected = json.dumps(CAMERAS[:2])
        database.execute("INSERT OR IGNORE INTO processing_config VALUES (1, '/video', ?)", (selected,))
    database.close()


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        prepare(Path(argument))
