"""SQLite: ``PRAGMA data_version`` moves with every commit of another connection; asking takes some 3 µs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from gonogo.settings.store.reading import NEWEST
from gonogo.settings.watch import Sighting

_LOOK = f"SELECT ({NEWEST}), EXISTS (SELECT 1 FROM settings_outside_edits)"


class SqliteWatch:
    """A connection of its own, which never waits for a lock: a look that can't be had is made at the next tick."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, timeout=0)
        self._seen = -1
        self._file = self._identify()

    def look(self) -> Sighting | None:
        try:
            moved = self._fetch("PRAGMA data_version")[0]
            if moved == self._seen:
                return None
            version, has_edits = self._fetch(_LOOK)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            return None
        self._seen = moved
        return Sighting(version, bool(has_edits))

    def is_replaced(self) -> bool:
        # data_version stays silent when the file is renamed over: the old one is still open here.
        return self._identify() != self._file

    def close(self) -> None:
        self._connection.close()

    def _fetch(self, statement: str) -> tuple[int, ...]:
        row: tuple[int, ...] = self._connection.execute(statement).fetchall()[0]
        return row

    def _identify(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino
