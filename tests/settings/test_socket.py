"""The socket: hello, snapshot or what was missed, then every change, to everybody, in order."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gonogo.kernel.config import Config
from gonogo.kernel.db.event_log import get_last_seq
from gonogo.kernel.http.live import LOGIN_ENDED
from gonogo.settings.fanout.hub import HEARTBEAT_S, SILENT_S, TICK_S, Hub
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.people import Server
from tests.settings.stage import declare, listen, put, receive, run_again, wait_until


async def test_hello_then_a_snapshot_then_every_change(stage: Server) -> None:
    async with listen(stage) as socket:
        assert await receive(socket) == {"type": "hello", "version": 1, "heartbeat": HEARTBEAT_S}
        snapshot = await receive(socket)
        assert (snapshot["type"], snapshot["version"]) == ("snapshot", 1)
        assert snapshot["settings"]["physics.iterations"] == 100
        await put(stage, "physics.iterations", 7)
        change = await receive(socket)
    assert change == {
        "type": "change",
        "key": "physics.iterations",
        "value": 7,
        "version": 2,
        "by": "operator@example.test",
        "at": "2026-03-02T12:00:00.000Z",
    }


async def test_without_a_login_there_is_no_socket(stage: Server) -> None:
    address = stage.url.replace("http", "ws") + "/api/settings/ws"
    with pytest.raises(InvalidStatus) as refused:
        async with connect(address):
            pass
    assert refused.value.response.status_code == 401


async def test_who_was_away_for_a_thousand_changes_misses_none_and_gets_none_twice(stage: Server) -> None:
    async with listen(stage) as socket:
        left_at = (await receive(socket))["version"]
    for number in range(10):
        values = (number * 100 + step for step in range(1, 101))
        await asyncio.gather(*(put(stage, "physics.spring.strength", value / 200) for value in values))
    async with listen(stage, f"?since={left_at}") as socket:
        newest = (await receive(socket))["version"]
        await put(stage, "agents.name", "live")
        messages = [await receive(socket)]
        while messages[-1]["key"] != "agents.name":
            messages.append(await receive(socket))
    assert newest == left_at + 1000
    assert [message["version"] for message in messages] == list(range(left_at + 1, newest + 2))


async def test_who_missed_nothing_gets_nothing(stage: Server) -> None:
    async with listen(stage, "?since=1") as socket:
        await receive(socket)
        await put(stage, "physics.iterations", 7)
        assert (await receive(socket))["version"] == 2


async def test_what_cant_be_told_by_changes_is_told_by_a_snapshot(stage: Server) -> None:
    for since, kind in ((0, "batch"), (99, "snapshot"), (-5, "snapshot")):
        async with listen(stage, f"?since={since}") as socket:
            await receive(socket)
            assert (await receive(socket))["type"] == kind


async def test_clients_of_the_last_process_catch_up(config: Config, clock: FakeClock) -> None:
    async with run_server(config, clock) as server:
        await declare(server)
        for value in (5, 6, 7):
            await put(server, "physics.iterations", value)
    async with run_again(config, clock) as server, listen(server, "?since=2") as socket:
        await receive(socket)
        assert [(await receive(socket))["value"] for _ in range(2)] == [6, 7]


async def test_the_heartbeat_comes_every_few_seconds(stage: Server, clock: FakeClock) -> None:
    async with listen(stage) as socket:
        await receive(socket), await receive(socket)
        beats: list[dict[str, Any]] = []
        for _ in range(int(3 * HEARTBEAT_S / TICK_S)):
            clock.advance(TICK_S)
            await asyncio.sleep(0)
        while len(beats) < 3:
            beats.append(json.loads(await socket.recv()))
    assert {beat["type"] for beat in beats} == {"heartbeat"}
    assert beats[0]["version"] == 1


async def test_a_silent_client_is_cut_off(stage: Server, clock: FakeClock) -> None:
    reader, writer = await open_mute(stage)
    await reader.readuntil(b"snapshot")
    clock.advance(TICK_S)
    await asyncio.sleep(0)
    clock.advance(SILENT_S)
    await wait_until(lambda: len(stage.kernel.get_part(Hub)) == 0)
    await reader.read()
    writer.close()
    metrics = (await stage.viewer.get("/metrics")).text
    assert "websocket_connections_dropped_total 1.0" in metrics


async def test_who_answers_pings_stays(stage: Server, clock: FakeClock) -> None:
    async with listen(stage) as socket:
        await receive(socket), await receive(socket)
        for _ in range(int(2 * SILENT_S / HEARTBEAT_S)):
            await (await socket.ping())
            clock.advance(HEARTBEAT_S)
            await asyncio.sleep(0)
        await put(stage, "physics.iterations", 7)
        assert (await receive(socket))["value"] == 7


async def test_connections_are_counted_and_leave_no_events(stage: Server) -> None:
    before = await stage.kernel.db.read(get_last_seq)
    async with listen(stage) as socket:
        await receive(socket)
    await wait_until(lambda: len(stage.kernel.get_part(Hub)) == 0)
    assert "websocket_connections_total 1.0" in (await stage.viewer.get("/metrics")).text
    assert await stage.kernel.db.read(get_last_seq) == before


async def test_an_unknown_environment_is_told_by_its_close_code(stage: Server) -> None:
    async with listen(stage, "?environment=moon") as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, "no environment 'moon'" in closed.value.rcvd.reason) == (4404, True)


async def test_a_version_that_is_none_is_told_by_its_close_code(stage: Server) -> None:
    async with listen(stage, "?since=yesterday") as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
        4422,
        "'since' must be a version of the store, not 'yesterday'.",
    )


async def open_mute(server: Server) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client that shakes hands and then never says a word, not even a pong."""
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        (
            f"GET /api/settings/ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            f"Authorization: {server.viewer.headers['Authorization']}\r\n\r\n"
        ).encode()
    )
    return reader, writer


async def test_a_revoked_key_hears_no_later_change(stage: Server) -> None:
    created = await stage.admin.post("/api/keys", json={"name": "listener", "scopes": ["settings:read"]})
    key, token = created.json()["data"]["id"], created.json()["token"]
    address = stage.url.replace("http", "ws") + "/api/settings/ws"
    async with connect(address, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        await receive(socket)
        await receive(socket)
        await put(stage, "physics.iterations", 7)
        assert (await receive(socket))["type"] == "change"
        assert (await stage.admin.delete(f"/api/keys/{key}")).status_code == 200
        with pytest.raises(ConnectionClosed) as closed:
            await receive(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == LOGIN_ENDED
