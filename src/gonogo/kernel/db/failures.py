"""What a failing SQLite means to the caller: wait and try again, make room, or look at the disk."""

from __future__ import annotations

import sqlite3

from gonogo.kernel.db.database import DatabaseBusy, DatabaseFailed

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_BROKEN = frozenset(
    {
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)


def explain_failure(error: BaseException) -> BaseException:
    """The problem behind a database error, a new one at each call; any other error as it is."""
    cause = getattr(error, "orig", error)
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None:
        return error
    primary = code & 0xFF
    if primary in _LOCKED:
        return DatabaseBusy(
            "Another program has locked the database. Nothing was written; try again.", headers={"Retry-After": "1"}
        )
    if primary == sqlite3.SQLITE_FULL:
        return DatabaseFailed("The disk is full. Nothing was written; make room on it and try again.")
    if primary in _BROKEN:
        return DatabaseFailed(f"The database can't be used: {cause}. Nothing was written; look at its disk.")
    return error
