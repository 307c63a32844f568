"""Postgres: a dump is one moment, also while it is written to, and comes back with every row."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from gonogo.releases.actions.backup.errors import BackupDamaged, SourceUnusable
from gonogo.releases.actions.backup.postgres import split_password
from tests.releases.actions.stage import Stage
from tests.releases.actions.writing import POSTGRES, keep_writing
from tests.servers import run_postgres


@pytest.fixture
def url() -> Iterator[str]:
    """An empty database of its own."""
    server, name = run_postgres().url, f"shop_{uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{server.rpartition('/')[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def prepare(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE orders (id SERIAL PRIMARY KEY, amount INTEGER)")
        connection.execute("CREATE TABLE totals (amount BIGINT)")
        connection.execute("INSERT INTO totals VALUES (0)")


def add_up(url: str) -> tuple[int, int, int]:
    """Number and sum of the orders, and the total kept beside them."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*), coalesce(sum(amount), 0), (SELECT amount FROM totals) FROM orders"
        ).fetchone()
    assert row is not None
    return row


async def test_a_dump_under_writes_is_one_moment_and_comes_back_whole(stage: Stage, url: str) -> None:
    prepare(url)
    with keep_writing(POSTGRES, url) as writer:
        writer.read_line()
        taken = await stage.perform("backup", postgres=url)
        writer.read_line()
    later = add_up(url)[0]
    assert (await stage.perform("restore", id=taken.values["id"])).passed
    count, total, kept = add_up(url)
    assert 100 <= count < later
    assert total == kept


async def test_a_damaged_dump_is_refused(stage: Stage, url: str) -> None:
    prepare(url)
    await stage.perform("backup", postgres=url)
    [dump] = (stage.folder / "backups").rglob("database.dump")
    data = bytearray(dump.read_bytes())
    data[-10] ^= 1
    dump.write_bytes(data)
    with pytest.raises(BackupDamaged):
        await stage.perform("restore")


async def test_no_password_gets_into_the_manifest(stage: Stage, url: str) -> None:
    prepare(url)
    with_password = url.replace("gonogo@", "gonogo:open-sesame@")
    assert (await stage.perform("backup", postgres=with_password)).passed
    [manifest] = (stage.folder / "backups").rglob("manifest.json")
    assert "open-sesame" not in manifest.read_text() + stage.said
    assert split_password(with_password) == (url, {"PGPASSWORD": "open-sesame"})


async def test_a_server_that_is_not_there_is_said(stage: Stage) -> None:
    with pytest.raises(SourceUnusable, match="can't be dumped"):
        await stage.perform("backup", postgres="postgresql://gonogo@127.0.0.1:1/shop")
