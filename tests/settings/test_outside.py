"""Hot reload: other programs edit the table, and Gonogo follows, or says why not."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

from gonogo.kernel.config import Config
from gonogo.settings.lights import read_lights
from gonogo.settings.live import LiveSettings
from gonogo.settings.outside import LOOK_S, REPLACED_EVERY, Outside
from gonogo.settings.validation import MASK
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.people import Server
from tests.settings.stage import (
    declare,
    edit_outside,
    list_events,
    listen,
    put,
    query_outside,
    read,
    read_value,
    receive,
    run_again,
    run_outside,
)

KEY = "physics.iterations"
UPDATE = "UPDATE settings SET value = ? WHERE key = ?"


async def test_an_edit_is_a_change_like_any_other(stage: Server) -> None:
    async with listen(stage) as socket:
        await receive(socket), await receive(socket)
        await edit_outside(stage, UPDATE, "7", KEY)
        message = await receive(socket)
    assert (message["type"], message["value"], message["version"], message["by"]) == ("change", 7, 2, "outside edit")
    setting = await read(stage, KEY)
    assert (setting["value"], setting["version"], setting["updated_by"]) == (7, 2, "outside edit")
    entry = (await stage.viewer.get(f"/api/settings/{KEY}/history")).json()["data"][0]
    assert (entry["before"], entry["after"], entry["by"]) == (100, 7, "outside edit")
    assert (await list_events(stage, "setting.reloaded"))[0]["actor_name"] == "outside edit"
    assert stage.kernel.get_part(LiveSettings)[KEY] == 7


async def test_the_clock_alone_makes_it_look(stage: Server, clock: FakeClock) -> None:
    run_outside(stage, UPDATE, "7", KEY)
    async with listen(stage) as socket:
        await receive(socket), await receive(socket)
        while stage.kernel.get_part(LiveSettings)[KEY] != 7:
            clock.advance(LOOK_S)
            await asyncio.sleep(0)


async def test_many_rows_in_one_go_are_one_message(stage: Server) -> None:
    async with listen(stage) as socket:
        await receive(socket), await receive(socket)
        await edit_outside(stage, "UPDATE settings SET value = '1', version = version + 1 WHERE category = 'physics'")
        message = await receive(socket)
    assert {one["key"]: one["value"] for one in message["changes"]} == {"physics.spring.strength": 1.0, KEY: 1}


async def test_a_bad_value_is_set_aside_and_told(stage: Server) -> None:
    await put(stage, KEY, 7)
    await edit_outside(stage, UPDATE, "5000", KEY)
    setting = await read(stage, KEY)
    assert (setting["value"], setting["version"]) == (7, 2)
    assert (setting["problem"]["found"], "at most 1000" in setting["problem"]["problem"]) == ("5000", True)
    listed = (await stage.viewer.get("/api/settings/")).json()["data"]
    assert [one["key"] for one in listed if one["problem"]] == [KEY]
    event = (await list_events(stage, "setting.reload_failed"))[0]
    assert (event["subject"], event["data"]["found"]) == (KEY, "5000")
    light = (await read_lights(stage.kernel))[0]
    assert (light.state, KEY in light.reason) == ("hold", True)
    assert 'hotreload_events_total{result="refused"} 1.0' in (await stage.viewer.get("/metrics")).text


async def test_text_without_quotes_is_told_with_the_way_out(stage: Server) -> None:
    await edit_outside(stage, UPDATE, "ranger", "agents.name")
    problem = (await read(stage, "agents.name"))["problem"]
    assert "Texts need their quotes" in problem["problem"]
    await edit_outside(stage, UPDATE, '"ranger"', "agents.name")
    setting = await read(stage, "agents.name")
    assert (setting["value"], setting["problem"]) == ("ranger", None)


async def test_the_good_value_put_back_from_outside_is_told_though_nothing_changed(stage: Server) -> None:
    await put(stage, KEY, 7)
    await edit_outside(stage, UPDATE, "5000", KEY)
    assert await list_events(stage, "setting.mended") == []
    await edit_outside(stage, UPDATE, "7", KEY)
    setting = await read(stage, KEY)
    assert (setting["value"], setting["version"], setting["problem"]) == (7, 2, None)
    assert [event["subject"] for event in await list_events(stage, "setting.mended")] == [KEY]


async def test_a_good_value_by_request_mends_a_bad_one(stage: Server) -> None:
    await edit_outside(stage, UPDATE, "5000", KEY)
    await put(stage, KEY, 100)
    assert (await read(stage, KEY))["problem"] is None
    assert query_outside(stage, "SELECT value FROM settings WHERE key = ?", KEY) == [("100",)]


async def test_a_row_that_is_deleted_is_back_at_its_default(stage: Server) -> None:
    await put(stage, KEY, 7)
    await edit_outside(stage, "DELETE FROM settings WHERE key = ?", KEY)
    assert (await read(stage, KEY))["value"] == 100
    assert query_outside(stage, "SELECT COUNT(*) FROM settings") == [(9,)]


async def test_a_row_nobody_declared_is_told(stage: Server) -> None:
    await edit_outside(stage, "INSERT INTO settings (key, value) VALUES ('test.reload', '1')")
    event = (await list_events(stage, "setting.reload_failed"))[0]
    assert (event["subject"], "No setting of this key" in event["data"]["problem"]) == ("test.reload", True)


async def test_a_secret_written_in_plain_text_is_sealed(stage: Server) -> None:
    await edit_outside(stage, UPDATE, '"hunter2"', "agents.token")
    assert stage.kernel.get_part(LiveSettings)["agents.token"] == "hunter2"
    assert "sealed:" in query_outside(stage, "SELECT value FROM settings WHERE key = 'agents.token'")[0][0]
    await edit_outside(stage, UPDATE, "17", "agents.token")
    assert (await read(stage, "agents.token"))["problem"]["found"] == MASK


async def test_edits_made_while_gonogo_was_away_are_taken_over(config: Config, clock: FakeClock) -> None:
    async with run_server(config, clock) as server:
        await declare(server)
        await put(server, "agents.name", "ranger")
    with closing(sqlite3.connect(config.database_path)) as other, other:
        other.execute(UPDATE, ("7", KEY))
        other.execute(UPDATE, ("17", "agents.name"))
    async with run_again(config, clock) as server:
        assert await read_value(server, KEY) == 7
        assert (await list_events(server, "setting.reloaded"))[0]["data"]["count"] == 1
    async with run_again(config, clock) as server:
        setting = await read(server, "agents.name")
        assert (setting["value"], setting["problem"]["found"]) == ("ranger", "17")


async def test_our_own_changes_are_not_taken_for_others(stage: Server) -> None:
    await put(stage, KEY, 7)
    await stage.operator.post("/api/settings/presets/low/apply")
    await stage.operator.delete(f"/api/settings/{KEY}")
    await stage.kernel.get_part(Outside).look()
    assert query_outside(stage, "SELECT * FROM settings_outside_edits") == []
    assert await list_events(stage, "setting.reloaded") == []


async def test_an_edit_with_the_same_value_is_no_change(stage: Server) -> None:
    await edit_outside(stage, UPDATE, " 100 ", KEY)
    assert (await read(stage, KEY))["version"] == 1
    assert await list_events(stage, "setting.reloaded") == []


async def test_a_replaced_database_is_told(stage: Server, clock: FakeClock) -> None:
    path = stage.kernel.config.database_path
    path.rename(path.with_suffix(".old"))
    path.write_bytes(b"")
    outside = stage.kernel.get_part(Outside)
    for _ in range(REPLACED_EVERY):
        await outside.look()
    assert (await read_lights(stage.kernel))[0].state == "no_go"
    path.with_suffix(".old").rename(path)
