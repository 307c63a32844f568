"""What is over and old goes; what still waits stays; the schema comes and goes with data in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Light
from gonogo.webhooks.commands.endpoints import change_endpoint
from gonogo.webhooks.figures import Figures
from gonogo.webhooks.lights import read_lights
from gonogo.webhooks.schemas import EndpointChange
from gonogo.webhooks.upkeep import drop_old
from tests.fake_clock import FakeClock
from tests.kernel.db.test_migrate import run_alembic
from tests.webhooks.receiver import Receiver
from tests.webhooks.stage import add, await_attempts, declare, list_all, send, settle

DAY_S = 86_400.0
TABLES = ("webhook_messages", "webhook_deliveries", "webhook_attempts", "webhook_minutes")


async def count_rows(kernel: Kernel) -> list[int]:
    async def count(table: str) -> int:
        found: int = await kernel.db.read(lambda tx: tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
        return found

    return [await count(table) for table in TABLES]


async def read_light(kernel: Kernel) -> Light:
    figures = kernel.get_part(Figures)
    for _ in range(6):
        await figures.look()
    lights: Sequence[Light] = await read_lights(kernel)
    return lights[0]


async def test_old_deliveries_go_and_waiting_ones_stay(kernel: Kernel, clock: FakeClock, receiver: Receiver) -> None:
    await declare(kernel)
    await add(kernel, receiver.url)
    await send(kernel)
    await settle(kernel, "delivered")
    receiver.statuses = [500]
    await send(kernel)
    [waiting, _] = await list_all(kernel)
    await await_attempts(kernel, waiting.id, 1)
    [endpoint] = {one.endpoint_id for one in await list_all(kernel)}
    await change_endpoint(kernel, SYSTEM, endpoint, EndpointChange(state="disabled"))
    clock.advance(29 * DAY_S)
    await drop_old(kernel)
    assert await count_rows(kernel) == [2, 2, 2, 0]
    clock.advance(2 * DAY_S)
    await drop_old(kernel)
    assert await count_rows(kernel) == [1, 1, 1, 0]
    assert [one.id for one in await list_all(kernel)] == [waiting.id]


async def test_the_light_says_what_is_wrong(kernel: Kernel, clock: FakeClock, receiver: Receiver) -> None:
    assert (await read_light(kernel)).state == "go"
    await declare(kernel)
    endpoint, _ = await add(kernel, receiver.url)
    receiver.statuses = [500]
    await send(kernel)
    [delivery] = await list_all(kernel)
    await await_attempts(kernel, delivery.id, 1)
    failing = await read_light(kernel)
    assert (failing.state, "1 failing" in failing.reason) == ("hold", True)
    await settle(kernel, "delivered", clock=clock)
    receiver.statuses = [500] * 20
    for pier in range(1, 21):
        await send(kernel, pier)
    for one in (await list_all(kernel))[:20]:
        await await_attempts(kernel, one.id, 1)
    assert (await read_light(kernel)).state == "no_go"
    await change_endpoint(kernel, SYSTEM, endpoint.id, EndpointChange(state="disabled"))
    clock.advance(3600)
    disabled = await read_light(kernel)
    assert (disabled.state, "1 disabled" in disabled.reason) == ("hold", True)


def test_the_schema_goes_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO webhook_messages VALUES ('m1', 'a.b', '2026-03-02T12:00:00.000Z', '{}')")
        database.execute(
            "INSERT INTO event_log (id, name, subject, at, actor, actor_name, data)"
            " VALUES ('e1', 'a.b', 's', '2026-03-02T12:00:00.000Z', 'x', 'x', '{}')"
        )
    run_alembic(path, "downgrade", "0007")
    with closing(sqlite3.connect(path)) as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        assert not [name for name in names if "webhook" in name]
    run_alembic(path, "upgrade", "head")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT seq FROM webhook_cursors").fetchall() == [(1,)]
        assert database.execute("SELECT count(*) FROM webhook_messages").fetchone() == (0,)
