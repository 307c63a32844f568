"""Asking SQLite and Postgres the same questions. Everything here blocks and only reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from gonogo.releases.actions.backup.errors import SourceUnusable
from gonogo.releases.actions.backup.postgres import split_password
from gonogo.releases.actions.backup.sqlite import quote_name
from gonogo.releases.actions.stopping import get_stopping

_TIME_LIMIT_S = 10


class Asked(Protocol):
    """One open database."""

    def find_faults(self) -> list[str]:
        """What the database itself finds wrong: damaged pages, broken references, invalid indexes."""

    def list_tables(self) -> set[str]:
        """The names of its tables."""

    def list_indexes(self) -> set[str]:
        """The names of its indexes."""

    def select(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement, one by one."""


class Sqlite:
    """An SQLite file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find_faults(self) -> list[str]:
        """Its integrity check, and references that lead to nothing."""
        try:
            found = [str(row[0]) for row in self.select("PRAGMA integrity_check(20)")]
        except sqlite3.DatabaseError as error:
            return [str(error)]
        faults = [] if found == ["ok"] else found
        broken = [f"{table} row {row} refers to nothing in {other}" for table, row, other, _ in self._list_broken()]
        return faults + broken

    def list_tables(self) -> set[str]:
        return {name for (name,) in self.select("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")}

    def list_indexes(self) -> set[str]:
        return {name for (name,) in self.select("SELECT name FROM sqlite_schema WHERE type = 'index'")}

    def select(self, statement: str) -> Iterator[tuple[Any, ...]]:
        yield from self._connection.execute(statement)

    def _list_broken(self) -> Iterator[tuple[Any, ...]]:
        return self.select("PRAGMA foreign_key_check")


class Postgres:
    """A Postgres database, as its search path shows it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def find_faults(self) -> list[str]:
        rows = self.select("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR NOT indisready")
        return [f"index {name} is not valid" for (name,) in rows]

    def list_tables(self) -> set[str]:
        shown = "SELECT table_name FROM information_schema.tables WHERE table_schema = ANY(current_schemas(false))"
        return {name for (name,) in self.select(shown)}

    def list_indexes(self) -> set[str]:
        return {
            name
            for (name,) in self.select(
                "SELECT indexname FROM pg_indexes WHERE schemaname = ANY(current_schemas(false))"
            )
        }

    def select(self, statement: str) -> Iterator[tuple[Any, ...]]:
        yield from self._connection.execute(statement)


@contextmanager
def open_database(place: str, folder: Path) -> Iterator[Asked]:
    """The database at a path or a Postgres URL, for reading only. Raises SourceUnusable."""
    if place.startswith(("postgres://", "postgresql://")):
        with _open_postgres(place) as connection:
            yield Postgres(connection)
        return
    path = (folder / Path(place).expanduser()).absolute()
    if not path.is_file():
        raise SourceUnusable(f"There is no database '{path}'.", field="database")
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_TIME_LIMIT_S)
    try:
        with get_stopping().interrupting(connection.interrupt):
            yield Sqlite(connection)
    except sqlite3.DatabaseError as error:
        raise SourceUnusable(f"'{path}' can't be read: {error}.", field="database") from error
    finally:
        connection.close()


@contextmanager
def _open_postgres(url: str) -> Iterator[Any]:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=_TIME_LIMIT_S, autocommit=True) as connection:
            connection.read_only = True
            with get_stopping().interrupting(connection.cancel):
                yield connection
    except psycopg.Error as error:
        raise SourceUnusable(f"{split_password(url)[0]}: {str(error).strip()}", field="database") from error


def quote_path(path: str) -> str:
    """``schema.table`` as SQL wants it."""
    return ".".join(quote_name(part) for part in path.split("."))
