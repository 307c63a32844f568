"""Postgres by pg_dump and pg_restore, with the rows of every table counted in the very snapshot that is dumped."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from gonogo.kernel.errors import Problem
from gonogo.releases.actions.backup.errors import BackupDamaged, SourceUnusable
from gonogo.releases.actions.backup.sqlite import quote_name
from gonogo.releases.actions.stopping import get_stopping, run_program

_COUNTED = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"


class ProgramNotFound(Problem):
    """pg_dump or pg_restore is not on the PATH."""

    status, type, title = 422, "program-not-found", "A program is missing"


def dump_postgres(url: str, copy: Path) -> dict[str, Any]:
    """Dump one consistent moment of a database that may be written to; gives its facts. Raises SourceUnusable."""
    import psycopg

    address, secrets = split_password(url)
    try:
        with psycopg.connect(url, connect_timeout=10) as connection, get_stopping().interrupting(connection.cancel):
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            [(snapshot,)] = connection.execute("SELECT pg_export_snapshot()").fetchall()
            rows = count_tables(connection)
            arguments = ("--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={copy}")
            _call("pg_dump", *arguments, f"--dbname={address}", secrets=secrets)
    except psycopg.Error as error:
        raise SourceUnusable(f"{address} can't be dumped: {str(error).strip()}", field="postgres") from error
    copy.chmod(0o600)
    check_dump(copy)
    return {"rows": rows}


def check_dump(copy: Path) -> int:
    """How many entries a dump has. Raises BackupDamaged when pg_restore can't read it."""
    listed = _call("pg_restore", "--list", str(copy), error=BackupDamaged)
    return sum(1 for line in listed.splitlines() if line and not line.startswith(";"))


def restore_postgres(copy: Path, url: str, facts: dict[str, Any]) -> dict[str, int]:
    """Put a dump back, all of it or nothing, and hold the rows of every table against those of the dump."""
    import psycopg

    address, secrets = split_password(url)
    check_dump(copy)
    how = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
    _call("pg_restore", *how, f"--dbname={address}", str(copy), secrets=secrets)
    try:
        with psycopg.connect(url, connect_timeout=10) as connection, get_stopping().interrupting(connection.cancel):
            rows = count_tables(connection)
    except psycopg.Error as error:
        raise SourceUnusable(f"{address} does not answer: {str(error).strip()}", field="into") from error
    lost = [
        f"{name} {rows.get(name, 0)} of {count}" for name, count in facts["rows"].items() if rows.get(name, 0) < count
    ]
    if lost:
        raise BackupDamaged(f"{address} does not hold what the backup held: {', '.join(lost)}.")
    return rows


def count_tables(connection: Any) -> dict[str, int]:
    """Rows of every table outside the system's schemas."""
    names = sorted(connection.execute(_COUNTED).fetchall())
    counts = {}
    for schema, table in names:
        statement = f"SELECT count(*) FROM {quote_name(schema)}.{quote_name(table)}"
        counts[f"{schema}.{table}"] = int(connection.execute(statement).fetchone()[0])
    return counts


def split_password(url: str) -> tuple[str, dict[str, str]]:
    """The URL without its password, which every user of the machine could read in the list of processes."""
    parts = urlsplit(url)
    if parts.password is None:
        return url, {}
    user = f"{parts.username}@" if parts.username else ""
    address = parts._replace(netloc=user + parts.netloc.rpartition("@")[2])
    return urlunsplit(address), {"PGPASSWORD": unquote(parts.password)}


def _call(
    program: str, *arguments: str, secrets: dict[str, str] | None = None, error: type[Problem] = SourceUnusable
) -> str:
    path = shutil.which(program)
    if path is None:
        raise ProgramNotFound(
            f"There is no {program} on the PATH of this server. Install the Postgres client programs."
        )
    environment = {**os.environ, **(secrets or {})}
    done = run_program([path, *arguments], environment)
    if done.returncode != 0:
        raise error(f"{program} failed: {done.stderr.strip()[-1000:]}")
    return done.stdout
