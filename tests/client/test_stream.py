from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from gonogo.client import stream
from gonogo.client.errors import ApiError
from gonogo.client.stream import RESET, AsyncEventStream, EventStream, Position

DEADLINE_S = 20.0


@pytest.fixture(autouse=True)
def come_back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST_WAIT_S", 0.05)


class Log:
    """An event log behind a socket that hangs up after ``patience`` messages; it remembers every ``since``."""

    def __init__(self, last: int, patience: int) -> None:
        self.last, self.patience = last, patience
        self.visits: list[str | None] = []

    async def greet(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        since = query.get("since", [None])[0]
        self.visits.append(since)
        await connection.send(msgspec.json.encode({"type": "hello", "seq": 0, "heartbeat": 15}).decode())
        start = int(since or 0)
        # One event again that was sent before: a server may do so after a break.
        for seq in range(max(1, start), min(start + self.patience, self.last) + 1):
            await connection.send(msgspec.json.encode(make_event(seq)).decode())
        if start + self.patience >= self.last:
            await connection.wait_closed()


def make_event(seq: int | None, name: str = "release.started") -> dict[str, object]:
    return {"type": "event", "topic": "release", "name": name, "subject": "r1", "seq": seq, "at": "", "by": "ann"}


@asynccontextmanager
async def serve_log(log: Log) -> AsyncIterator[str]:
    async with serve(log.greet, "127.0.0.1", 0) as server:
        host, port = next(iter(server.sockets)).getsockname()[:2]
        yield f"http://{host}:{port}"


@contextmanager
def serve_log_in_thread(log: Log) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    opened = serve_log(log)
    try:
        yield asyncio.run_coroutine_threadsafe(opened.__aenter__(), loop).result(DEADLINE_S)
        asyncio.run_coroutine_threadsafe(opened.__aexit__(None, None, None), loop).result(DEADLINE_S)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def no_headers() -> dict[str, str]:
    return {}


async def test_breaks_leave_neither_gap_nor_duplicate() -> None:
    log = Log(last=10, patience=3)
    async with serve_log(log) as url:
        events = AsyncEventStream(Position(url, ("release",), 0), no_headers)
        seen: list[int | None] = []
        async with asyncio.timeout(DEADLINE_S):
            async for event in events:
                seen.append(event.seq)
                if event.seq == 10:
                    break
        await events.close()
    assert seen == list(range(1, 11))
    assert log.visits == ["0", "3", "6", "9"]


def test_the_plain_stream_behaves_alike() -> None:
    log = Log(last=10, patience=4)
    with serve_log_in_thread(log) as url:
        events = EventStream(Position(url, ("release",), 0), dict)
        seen = [event.seq for event in islice(events, 10)]
        events.close()
    assert seen == list(range(1, 11))
    assert log.visits == ["0", "4", "8"]


def test_a_question_with_a_time_limit_ends_without_an_event() -> None:
    with serve_log_in_thread(Log(last=0, patience=1)) as url:
        events = EventStream(Position(url, (), None), dict)
        assert events.find_next(0.05) is None
        events.close()


def test_a_server_that_is_away_for_now_is_waited_for() -> None:
    log = Log(last=1, patience=1)
    with serve_log_in_thread(log) as url:
        pass
    events = EventStream(Position(url, (), 0), dict)
    assert events.find_next(0.2) is None
    events.close()


async def test_a_refusal_is_told_and_not_tried_for_ever() -> None:
    async def refuse(connection: ServerConnection, _request: Request) -> Response:
        return connection.respond(401, '{"status": 401, "type": "/problems/not-signed-in", "detail": "Sign in."}')

    async with serve(Log(0, 1).greet, "127.0.0.1", 0, process_request=refuse) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        events = AsyncEventStream(Position(f"http://127.0.0.1:{port}", (), None), no_headers)
        with pytest.raises(ApiError) as caught:
            async with asyncio.timeout(DEADLINE_S):
                async for _ in events:
                    break
    assert caught.value.status == 401


def take(position: Position, **message: object) -> stream.Event | None:
    return position.take(msgspec.json.encode(message))


def test_the_first_hello_sets_the_place_and_later_ones_do_not() -> None:
    position = Position("http://x", ("release",), None)
    assert position.address == "ws://x/api/events/ws?topics=release"
    take(position, type="hello", seq=41)
    assert position.address == "ws://x/api/events/ws?topics=release&since=41"
    take(position, type="hello", seq=50)
    assert position.since == 41


def test_a_reset_is_given_out_and_moves_the_place() -> None:
    position = Position("https://x", (), 3)
    event = take(position, type="reset", seq=9000)
    assert event is not None and event.name == RESET
    assert position.address == "wss://x/api/events/ws?topics=%2A&since=9000"


def test_a_passing_notice_has_data_and_moves_nothing() -> None:
    position = Position("http://x", (), 3)
    event = take(position, **make_event(None, "release.output"), data={"stdout": 5})
    assert event is not None and event.data == {"stdout": 5}
    assert position.since == 3


@given(st.lists(st.integers(min_value=1, max_value=30)))
def test_whatever_arrives_only_newer_events_come_out_in_order(arrivals: list[int]) -> None:
    position = Position("http://x", (), 0)
    events = [event for seq in arrivals if (event := take(position, **make_event(seq))) is not None]
    seen = [event.seq or 0 for event in events]
    assert seen == sorted(set(seen))
    assert position.since == max(arrivals, default=0)


def test_waits_grow_but_never_past_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST_WAIT_S", 2.0)
    position = Position("http://x", (), 0)
    waits = [position.draw_wait() for _ in range(50)]
    assert max(waits) <= 2.0
    assert len(set(waits)) == 50
