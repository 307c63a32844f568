"""Live push over a real socket: nothing lost, nothing twice, and nobody held up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.auth.people import change_person
from gonogo.kernel.auth.schemas import PersonChange
from gonogo.kernel.db.database import Tx
from gonogo.kernel.events.bus import QUEUE_SIZE
from gonogo.kernel.http import live
from gonogo.kernel.http.cookies import SESSION as COOKIE
from tests.fake_clock import FakeClock
from tests.people import Server, add_actor


@asynccontextmanager
async def listen(server: Server, query: str = "", **headers: str) -> AsyncIterator[ClientConnection]:
    """A socket signed in as the operator, or with the headers given instead."""
    used = headers or {"Authorization": server.operator.headers["Authorization"]}
    address = server.url.replace("http", "ws") + f"/api/events/ws{query}"
    async with connect(address, additional_headers=used, max_queue=None) as socket:
        yield socket


async def receive(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await socket.recv())
    return message


async def receive_seqs(socket: ClientConnection, last: int) -> list[int]:
    """The places of all events up to ``last``."""
    seqs: list[int] = []
    while not seqs or seqs[-1] < last:
        message = await receive(socket)
        if message["type"] == "event":
            seqs.append(message["seq"])
    return seqs


def emit(tx: Tx, name: str = "thing.done", subject: str = "t1", times: int = 1) -> int:
    """The place of the last event emitted."""
    return [tx.emit(name, subject, {"some": "data"}, SYSTEM).seq or 0 for _ in range(times)][-1]


async def test_hello_tells_the_newest_place(server: Server) -> None:
    newest = await server.kernel.db.write(emit)
    async with listen(server) as socket:
        assert await receive(socket) == {"type": "hello", "seq": newest, "heartbeat": live.HEARTBEAT_S}


async def test_an_event_carries_its_name_and_place_but_not_its_data(server: Server) -> None:
    async with listen(server, "?topics=thing,release:r1") as socket:
        await receive(socket)
        await server.kernel.db.write(partial(emit, name="flag.changed"))
        await server.kernel.db.write(partial(emit, name="release.started", subject="r2"))
        seq = await server.kernel.db.write(emit)
        assert await receive(socket) == {
            "type": "event",
            "topic": "thing",
            "name": "thing.done",
            "subject": "t1",
            "seq": seq,
            "at": "2026-03-02T12:00:00.000Z",
            "by": "Gonogo",
        }
        await server.kernel.db.write(partial(emit, name="release.started", subject="r1"))
        assert (await receive(socket))["topic"] == "release:r1"


async def test_a_notice_carries_its_data_and_no_place(server: Server) -> None:
    async with listen(server, "?topics=release:r1") as socket:
        await receive(socket)
        server.kernel.bus.notify("release.output", "r1", {"bytes": 12})
        message = await receive(socket)
    assert (message["seq"], message["data"]) == (None, {"bytes": 12})


async def test_catching_up_then_going_on(server: Server) -> None:
    first = await server.kernel.db.write(partial(emit, times=3)) - 2
    async with listen(server, f"?topics=thing&since={first - 1}") as socket:
        assert (await receive(socket))["type"] == "hello"
        last = await server.kernel.db.write(emit)
        assert await receive_seqs(socket, last) == list(range(first, last + 1))


async def test_without_since_the_past_stays_past(server: Server) -> None:
    await server.kernel.db.write(emit)
    async with listen(server) as socket:
        await receive(socket)
        last = await server.kernel.db.write(emit)
        assert await receive_seqs(socket, last) == [last]


async def test_no_gap_and_no_double_while_others_write(server: Server) -> None:
    start = await server.kernel.db.write(emit)
    clients, per_client = 8, 60
    last = start + clients * per_client

    async def write_and_listen() -> list[int]:
        for _ in range(per_client // 2):
            await server.kernel.db.write(emit)
        async with listen(server, f"?topics=thing&since={start}") as socket:
            writing = asyncio.create_task(write_rest())
            seqs = await receive_seqs(socket, last)
            await writing
        return seqs

    async def write_rest() -> None:
        for _ in range(per_client // 2):
            await server.kernel.db.write(emit)

    heard = await asyncio.gather(*(write_and_listen() for _ in range(clients)))
    assert heard == [list(range(start + 1, last + 1))] * clients


async def test_a_lagging_client_is_given_the_log_again(server: Server) -> None:
    async with listen(server, "?topics=thing") as socket:
        start = (await receive(socket))["seq"]
        times = QUEUE_SIZE + 500
        last = await server.kernel.db.write(partial(emit, times=times))
        assert await receive_seqs(socket, last) == list(range(start + 1, last + 1))


@pytest.mark.parametrize("since", ["0", "999999999"])
async def test_too_far_from_the_log_means_load_anew(
    server: Server, monkeypatch: pytest.MonkeyPatch, since: str
) -> None:
    monkeypatch.setattr(live, "CATCH_UP_MOST", 5)
    newest = await server.kernel.db.write(partial(emit, times=10))
    async with listen(server, f"?topics=thing&since={since}") as socket:
        await receive(socket)
        assert await receive(socket) == {"type": "reset", "seq": newest}
        last = await server.kernel.db.write(emit)
        assert await receive_seqs(socket, last) == [last]


async def test_a_quiet_socket_is_pinged(server: Server, clock: FakeClock) -> None:
    async with listen(server, "?topics=thing") as socket:
        await receive(socket)
        for _ in range(2):
            clock.advance(live.HEARTBEAT_S)
            assert await receive(socket) == {"type": "ping"}


async def test_a_client_that_never_reads_holds_nobody_up(server: Server) -> None:
    notice = {"text": "x" * 10_000}
    async with listen(server, "?topics=thing") as stuck, listen(server, "?topics=thing") as quick:
        stuck.transport.pause_reading()
        await receive(quick)
        for number in range(3 * QUEUE_SIZE):
            server.kernel.bus.notify("thing.told", str(number), notice)
            if number % 100 == 99:
                assert [(await receive(quick))["subject"] for _ in range(100)][-1] == str(number)
        waiting = [subscription._queue.qsize() for subscription in server.kernel.bus._subscriptions]
        assert max(waiting) <= QUEUE_SIZE
        stuck.transport.abort()


@pytest.mark.parametrize("headers", [{}, {"X": "1"}, {"Authorization": "Bearer gnk_no"}, {"Cookie": f"{COOKIE}=no"}])
async def test_a_stranger_gets_no_socket(server: Server, headers: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.url.replace("http", "ws") + "/api/events/ws", additional_headers=headers)
    assert refused.value.response.status_code == 401


@pytest.mark.parametrize(
    ("origin", "status"), [("{own}", 101), ("https://evil.example", 403), ("null", 403), (None, 403)]
)
async def test_a_cookie_opens_a_socket_from_our_own_pages_only(server: Server, origin: str | None, status: int) -> None:
    cookie = await server.kernel.sessions.open_browser(await add_actor(server.kernel, "viewer", "eve@example.test"))
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    if origin is not None:
        headers["Origin"] = origin.replace("{own}", server.url)
    if status == 101:
        async with listen(server, **headers) as socket:
            assert (await receive(socket))["type"] == "hello"
        return
    with pytest.raises(InvalidStatus) as refused:
        async with listen(server, **headers):
            pass
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body)["type"] == "/problems/cross-site"


@pytest.mark.parametrize("wake", ["event", "heartbeat"])
async def test_who_is_disabled_hears_nothing_more(server: Server, clock: FakeClock, wake: str) -> None:
    ann = await add_actor(server.kernel, "operator", "ann@example.test")
    token = (await server.kernel.sessions.issue_tokens(ann)).access_token
    async with listen(server, "?topics=thing", Authorization=f"Bearer {token}") as socket:
        await receive(socket)
        await change_person(server.kernel.db, SYSTEM, ann.id, PersonChange(disabled=True))
        if wake == "event":
            await server.kernel.db.write(emit)
        else:
            clock.advance(live.HEARTBEAT_S)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == live.LOGIN_ENDED


async def test_an_access_token_ends_its_socket_too(server: Server, clock: FakeClock) -> None:
    async with listen(server) as socket:
        await receive(socket)
        clock.advance(server.kernel.config.access_minutes * 60)
        with pytest.raises(ConnectionClosed) as closed:
            while True:  # a heartbeat may come first
                await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == live.LOGIN_ENDED


@pytest.mark.parametrize("message", ["hello?", b"\x00\x01"])
async def test_what_a_client_says_is_ignored(server: Server, message: str | bytes) -> None:
    async with listen(server) as socket:
        await receive(socket)
        await socket.send(message)
        await server.kernel.db.write(emit)
        assert (await receive(socket))["type"] == "event"


async def test_a_huge_message_ends_the_connection(server: Server) -> None:
    async with listen(server) as socket:
        await receive(socket)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.send("x" * 100_000)
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def test_who_leaves_is_forgotten(server: Server) -> None:
    bus = server.kernel.bus
    before = bus.subscriber_count
    async with listen(server) as socket:
        await receive(socket)
        assert bus.subscriber_count == before + 1
    # The server hears of the end on its own socket; another round trip or two is enough.
    for _ in range(100):
        if bus.subscriber_count == before:
            break
        await server.stranger.get("/health")
    assert bus.subscriber_count == before
