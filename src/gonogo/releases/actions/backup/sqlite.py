"""SQLite by its online backup API: one consistent moment, the write-ahead log included, writers not stopped."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from gonogo.releases.actions.backup.errors import BackupDamaged, SourceUnusable
from gonogo.releases.actions.stopping import get_stopping

T = TypeVar("T")
_WAIT_S = 30.0
_TRY_S = 0.1
_PAGES = 4096
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def copy_sqlite(source: Path, copy: Path) -> dict[str, Any]:
    """Copy a database that may be in use; gives its facts. Raises SourceUnusable."""
    if not source.is_file():
        raise SourceUnusable(f"There is no database '{source}'.", field="sqlite")
    try:
        with _open(source, read_only=True) as origin, _open(copy) as target:
            journal = _wait_free(lambda: _ask(origin, "PRAGMA journal_mode"))
            # All pages in one step: a step after a write would begin again, and under steady writes never end.
            _copy_pages(origin, target, pages=-1)
            target.execute("PRAGMA journal_mode=DELETE")
        copy.chmod(0o600)
        return {"journal_mode": journal, "rows": check_sqlite(copy)}
    except sqlite3.Error as error:
        raise SourceUnusable(f"'{source}' can't be copied: {error}.", field="sqlite") from error


def check_sqlite(path: Path) -> dict[str, int]:
    """The rows of every table of a database that is whole. Raises BackupDamaged."""
    try:
        with _open(path, read_only=True) as database:
            _wait_free(lambda: _ask(database, "SELECT count(*) FROM sqlite_schema"))
            found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(5)")]
            if found != ["ok"]:
                raise BackupDamaged(f"'{path.name}' fails its integrity check: {'; '.join(found)}.")
            return count_rows(database)
    except sqlite3.DatabaseError as error:
        raise BackupDamaged(f"'{path.name}' is no whole SQLite database: {error}.") from error


def count_rows(database: sqlite3.Connection) -> dict[str, int]:
    """Rows of every table of its own."""
    names = database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return {str(name): int(_ask(database, f"SELECT count(*) FROM {quote_name(name)}")) for (name,) in names.fetchall()}


def restore_sqlite(copy: Path, target: Path, facts: dict[str, Any]) -> dict[str, int]:
    """Put a copy back, also under processes that have the database open; gives the rows afterwards.

    The copy proves itself before, and the target after: BackupDamaged otherwise.
    """
    check_sqlite(copy)
    target.parent.mkdir(parents=True, exist_ok=True)
    _set_aside_damaged(target)
    try:
        with _open(copy, read_only=True) as origin, _open(target) as database:
            _copy_pages(origin, database, pages=_PAGES)
            mode = "WAL" if facts.get("journal_mode") == "wal" else "DELETE"
            _wait_free(lambda: database.execute(f"PRAGMA journal_mode={mode}"))
    except sqlite3.Error as error:
        raise SourceUnusable(f"'{target}' can't be written: {error}.", field="into") from error
    rows = check_sqlite(target)
    expected = facts.get("rows", {})
    missing = [f"{name} {rows.get(name, 0)} of {count}" for name, count in expected.items() if rows.get(name) != count]
    # Whoever goes on writing may have added rows by now; rows that are fewer are lost.
    if any(rows.get(name, 0) < count for name, count in expected.items()):
        raise BackupDamaged(f"'{target}' does not hold what the backup held: {', '.join(missing)}.")
    return rows


def _set_aside_damaged(target: Path) -> None:
    if not target.exists():
        return
    try:
        with _open(target, read_only=True) as database:
            _wait_free(lambda: _ask(database, "SELECT count(*) FROM sqlite_schema"))
    except sqlite3.DatabaseError as error:
        if _read_code(error) not in _DAMAGED:
            # In use, or not readable: that is no reason to move it.
            raise SourceUnusable(f"'{target}' can't be read: {error}.", field="into") from error
        for suffix in ("", "-wal", "-shm"):
            part = target.with_name(target.name + suffix)
            if part.exists():
                part.replace(target.with_name(f"{target.name}{suffix}.damaged"))


def quote_name(name: str) -> str:
    """A name as SQL wants it."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _open(path: Path, *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    address = path.absolute().as_uri() + ("?mode=ro" if read_only else "")
    # SQLite's own wait for a lock can't be interrupted: it is kept short, and repeated here.
    connected = closing(sqlite3.connect(address, uri=True, timeout=_TRY_S, isolation_level=None))
    with connected as database, get_stopping().interrupting(database.interrupt):
        yield database


def _copy_pages(origin: sqlite3.Connection, target: sqlite3.Connection, pages: int) -> None:
    """One transaction of the target: cut off at any moment, it has changed nothing. Raises Stopped."""
    stopping = get_stopping()
    deadline = time.monotonic() + _WAIT_S

    def progress(status: int, _remaining: int, _total: int) -> None:
        nonlocal deadline
        stopping.check()
        if status not in _BUSY:
            deadline = time.monotonic() + _WAIT_S
        elif time.monotonic() > deadline:
            raise sqlite3.OperationalError("it is locked by another process")

    stopping.check()
    origin.backup(target, pages=pages, progress=progress, sleep=_TRY_S)


def _wait_free(work: Callable[[], T]) -> T:
    """Do it once no other process has the database locked. Raises Stopped, and the error after a while."""
    stopping = get_stopping()
    deadline = time.monotonic() + _WAIT_S
    while True:
        stopping.check()
        try:
            return work()
        except sqlite3.OperationalError as error:
            if _read_code(error) not in _BUSY or time.monotonic() > deadline:
                raise
        stopping.wait(_TRY_S)


def _read_code(error: sqlite3.Error) -> int:
    # The low byte is the kind; the rest says more of it.
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def _ask(database: sqlite3.Connection, statement: str) -> Any:
    return database.execute(statement).fetchone()[0]
