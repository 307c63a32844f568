"""The queue's tables and functions, made and brought up to date by whoever comes first."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files

from psycopg import AsyncConnection, sql

_VERSIONS = "CREATE TABLE IF NOT EXISTS versions (version text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())"


async def migrate_schema(connection: AsyncConnection, schema: str) -> None:
    """Make ``schema`` and apply what is missing, once: others wait. Safe to run at every start."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (schema,))
        await connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        await connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(schema)))
        # Functions name others that are made after them.
        await connection.execute("SET LOCAL check_function_bodies TO off")
        await connection.execute(_VERSIONS)
        rows = await (await connection.execute("SELECT version FROM versions")).fetchall()
        known = {version for (version,) in rows}
        for version, text in read_steps():
            if version not in known:
                await connection.execute(text.encode())
                await connection.execute("INSERT INTO versions (version) VALUES (%s)", (version,))


@cache
def read_steps() -> tuple[tuple[str, str], ...]:
    """Every migration by name, then the functions under a name that changes with their text."""
    library = "\n".join(_read_folder("library").values())
    mark = "functions " + blake2b(library.encode(), digest_size=8).hexdigest()
    return (*_read_folder("migrations").items(), (mark, library))


def _read_folder(name: str) -> dict[str, str]:
    folder = files("gonogo.jobs.queues.postgres") / name
    return {file.name: file.read_text() for file in sorted(folder.iterdir(), key=lambda file: file.name)}
