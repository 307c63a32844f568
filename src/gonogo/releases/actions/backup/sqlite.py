"""SQLite by its online backup API: one consistent moment, the write-ahead log included, writers not stopped."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from gonogo.releases.actions.backup.errors import BackupDamaged, SourceUnusable

_WAIT_S = 30.0


def copy_sqlite(source: Path, copy: Path) -> dict[str, Any]:
    """Copy a database that may be in use; gives its facts. Raises SourceUnusable."""
    if not source.is_file():
        raise SourceUnusable(f"There is no database '{source}'.", field="sqlite")
    try:
        with closing(_open(source, read_only=True)) as origin, closing(_open(copy)) as target:
            journal = _ask(origin, "PRAGMA journal_mode")
            # All pages in one step: a step after a write would begin again, and under steady writes never end.
            origin.backup(target, pages=-1)
            target.execute("PRAGMA journal_mode=DELETE")
        copy.chmod(0o600)
        return {"journal_mode": journal, "rows": check_sqlite(copy)}
    except sqlite3.Error as error:
        raise SourceUnusable(f"'{source}' can't be copied: {error}.", field="sqlite") from error


def check_sqlite(path: Path) -> dict[str, int]:
    """The rows of every table of a database that is whole. Raises BackupDamaged."""
    try:
        with closing(_open(path, read_only=True)) as database:
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
        with closing(_open(copy, read_only=True)) as origin, closing(_open(target)) as database:
            origin.backup(database, pages=-1)
            database.execute(f"PRAGMA journal_mode={'WAL' if facts.get('journal_mode') == 'wal' else 'DELETE'}")
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
        with closing(_open(target, read_only=True)) as database:
            database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError:
        for suffix in ("", "-wal", "-shm"):
            part = target.with_name(target.name + suffix)
            if part.exists():
                part.replace(target.with_name(f"{target.name}{suffix}.damaged"))


def quote_name(name: str) -> str:
    """A name as SQL wants it."""
    return '"' + name.replace('"', '""') + '"'


def _open(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    address = path.absolute().as_uri() + ("?mode=ro" if read_only else "")
    return sqlite3.connect(address, uri=True, timeout=_WAIT_S, isolation_level=None)


def _ask(database: sqlite3.Connection, statement: str) -> Any:
    return database.execute(statement).fetchone()[0]
