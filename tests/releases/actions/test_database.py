"""database check, on SQLite and on Postgres: what is missing, damaged or doubled is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from gonogo.kernel.errors import BadInput
from gonogo.releases.actions.backup.errors import SourceUnusable
from tests.releases.actions.stage import Stage
from tests.servers import run_postgres

SCHEMA = """
CREATE TABLE orders (id INTEGER PRIMARY KEY, number TEXT, lines TEXT);
CREATE INDEX by_number ON orders (number);
INSERT INTO orders VALUES (1, 'a', '[1]'), (2, 'b', NULL), (3, 'b', '{"x":');
"""


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, workdir: Path) -> Iterator[str]:
    """A database with three orders, one of them a duplicate and one with broken JSON."""
    if request.param == "sqlite":
        with closing(sqlite3.connect(workdir / "shop.db")) as connection:
            connection.executescript(SCHEMA)
        yield "shop.db"
        return
    server, name = run_postgres().url, f"shop_{uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = f"{server.rpartition('/')[0]}/{name}"
    with psycopg.connect(url) as connection:
        connection.execute(SCHEMA)
    yield url
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"tables": "orders"}, None),
        ({"tables": "orders,customers"}, "there is no table customers"),
        ({"indexes": "by_number"}, None),
        ({"indexes": "by_date"}, "there is no index by_date"),
        ({"rows": "orders==3,orders>=1"}, None),
        ({"rows": "orders==4"}, "orders has 3 rows, and == 4 was asked for"),
        ({"json": "orders.lines"}, "orders.lines holds what is no JSON: '{\"x\":'"),
        ({"unique": "orders.id"}, None),
        ({"unique": "orders.number"}, "orders.number b is there 2 times"),
        ({"unique": "orders.number+id"}, None),
    ],
)
async def test_a_check(stage: Stage, database: str, options: dict[str, str], fault: str | None) -> None:
    result = await stage.perform("database.check", database=database, **options)
    assert result.passed is (fault is None)
    if fault is not None:
        assert f"✘ {fault}" in stage.lines


async def test_a_damaged_file_is_found(stage: Stage) -> None:
    path = stage.folder / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", [(n, f"n{n}", "{}") for n in range(10, 2000)])
        connection.commit()
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'by_number'").fetchone()[0]
    data = bytearray(path.read_bytes())
    data[(page - 1) * 4096 + 12 : (page - 1) * 4096 + 200] = bytes(188)
    path.write_bytes(data)
    result = await stage.perform("database.check", database="shop.db")
    assert not result.passed


async def test_a_reference_to_nothing_is_found(stage: Stage) -> None:
    with closing(sqlite3.connect(stage.folder / "shop.db")) as connection, connection:
        connection.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY)")
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer REFERENCES customers (id))")
        connection.execute("INSERT INTO orders VALUES (1, 7)")
    result = await stage.perform("database.check", database="shop.db")
    assert "orders row 1 refers to nothing in customers" in result.summary


async def test_what_can_t_be_asked_is_said(stage: Stage) -> None:
    with pytest.raises(SourceUnusable, match="There is no database"):
        await stage.perform("database.check", database="none.db")
    with pytest.raises(SourceUnusable):
        await stage.perform("database.check", database="postgresql://nobody@127.0.0.1:1/x")
    with pytest.raises(BadInput, match="table>=1"):
        await stage.perform("database.check", rows="many")
