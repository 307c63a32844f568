"""Open connections stay within their bounds, and who says nothing gives way to who asks."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from gonogo.app import create_app
from gonogo.kernel.config import Config
from gonogo.kernel.http import protocol, server
from gonogo.kernel.http.connections import Connections, count_allowed
from gonogo.kernel.http.protocol import MAX_HEAD
from gonogo.kernel.http.server import serve_app
from tests.fake_clock import FakeClock

SILENT = 400
REQUEST = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def open_connections(limits: Connections, count: int, address: str = "a") -> list[str]:
    """Admit ``count`` connections named ``a0``, ``a1``, …; the names of those that had to give way."""
    ended: list[str] = []
    for number in range(count):
        name = f"{address}{number}"
        assert limits.admit(name, address, lambda name=name: ended.append(name))  # type: ignore[misc]
    return ended


def test_the_oldest_silent_connection_gives_way() -> None:
    limits = Connections(10, 3)
    assert open_connections(limits, 5) == ["a0", "a1"]
    assert len(limits) == 3


def test_one_that_is_busy_stays() -> None:
    limits = Connections(10, 2)
    ended = open_connections(limits, 2)
    limits.mark_busy("a0")
    assert limits.admit("new", "a", lambda: None)
    assert ended == ["a1"]
    limits.mark_busy("new")
    assert not limits.admit("one more", "a", lambda: None)
    limits.mark_idle("a0")
    assert limits.admit("one more", "a", lambda: None)
    assert ended == ["a1", "a0"]


def test_in_total_whoever_holds_most_gives_way() -> None:
    limits = Connections(4, 3)
    assert open_connections(limits, 1, "b") == []
    ended = open_connections(limits, 3)
    assert limits.admit("c0", "c", lambda: None)
    assert ended == ["a0"]


def test_a_trusted_proxy_holds_as_many_as_there_are() -> None:
    assert open_connections(Connections(10, 2, lambda address: address == "proxy"), 8, "proxy") == []


def test_what_ended_counts_no_longer() -> None:
    limits = Connections(10, 2)
    assert open_connections(limits, 2) == []
    limits.mark_busy("a0")
    limits.mark_busy("a1")
    limits.release("a1")
    limits.release("a1")
    assert limits.admit("new", "a", lambda: None)
    assert len(limits) == 2


@pytest.mark.parametrize(("files", "total"), [(256, 160), (64, 16), (resource.RLIM_INFINITY, 10_000), (1024, 768)])
def test_the_bound_is_below_the_limit_of_open_files(monkeypatch: pytest.MonkeyPatch, files: int, total: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (files, files))
    allowed, backlog = count_allowed()
    assert allowed == total
    assert backlog >= 8


@asynccontextmanager
async def serve(config: Config, clock: FakeClock, patches: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, int]]:
    """A server with room for 40 connections; host and port."""
    patches.setattr(server, "count_allowed", lambda: (40, 16))
    async with serve_app(create_app(config, clock), port=0) as address:
        url = httpx.URL(address.url)
        yield url.host, int(url.port or 0)


async def read_to_end(reader: asyncio.StreamReader) -> bytes:
    """Everything the server sends until it closes; a connection that it cuts has ended too."""
    try:
        return await asyncio.wait_for(reader.read(), 60)
    except ConnectionError:
        return b""


async def test_real_requests_are_answered_beside_400_silent_connections(
    config: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(config, clock, monkeypatch) as (host, port):
        silent = []
        async with httpx.AsyncClient(base_url=f"http://{host}:{port}") as client:
            for number in range(SILENT):
                _, writer = await asyncio.open_connection(host, port)
                writer.write(b"GET / HTTP/1.1\r\nHost: x" if number % 2 else b"")
                silent.append(writer)
                if number % 50 == 0:
                    assert (await client.get("/health")).status_code == 200
            async with httpx.AsyncClient(base_url=f"http://{host}:{port}") as late:
                assert (await late.get("/health")).status_code == 200
        for writer in silent:
            writer.close()


async def test_a_request_that_does_not_come_ends_the_connection(
    config: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure = server.configure_server
    monkeypatch.setattr(server, "configure_server", lambda app, *limits: configure(app, *limits, request_s=0.05))
    half_body = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nabc"
    async with serve(config, clock, monkeypatch) as (host, port):
        for sent in (b"", REQUEST, b"\r\n", half_body, REQUEST + b"\r\n" + REQUEST):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(sent)
            await read_to_end(reader)
            writer.close()


def test_silence_is_ended_after_20_seconds() -> None:
    assert protocol.REQUEST_S == 20


async def ask(host: str, port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(request)
    answer = await read_to_end(reader)
    writer.close()
    return answer.partition(b"\r\n")[0]


def one_header(size: int) -> bytes:
    return REQUEST + b"Connection: close\r\nX-Long: " + b"x" * size + b"\r\n\r\n"


def many_headers(size: int) -> bytes:
    return REQUEST + b"Connection: close\r\n" + b"X-A: b\r\n" * (size // 8) + b"\r\n"


def long_address(size: int) -> bytes:
    return b"GET /health?" + b"x" * size + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


async def test_a_head_has_at_most_16_kilobytes(
    config: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(config, clock, monkeypatch) as (host, port):
        for write in (one_header, many_headers, long_address):
            assert (await ask(host, port, write(MAX_HEAD))).startswith(b"HTTP/1.1 431"), write
            assert await ask(host, port, write(MAX_HEAD // 2)) == b"HTTP/1.1 200 OK", write
        unfinished = REQUEST + b"X-Long: " + b"x" * MAX_HEAD * 4
        assert (await ask(host, port, unfinished)).startswith(b"HTTP/1.1 431")
        await check_requests_in_a_row(host, port)


async def check_requests_in_a_row(host: str, port: int) -> None:
    """Each head is measured alone, also when several come at once."""
    big = REQUEST + b"X-Long: " + b"x" * (MAX_HEAD - 200) + b"\r\n\r\n"
    reader, writer = await asyncio.open_connection(host, port)
    for _ in range(3):
        writer.write(big * 2)
        for _ in range(2):
            assert await reader.readuntil(b"\r\n") == b"HTTP/1.1 200 OK\r\n"
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            await reader.readexactly(size)
    writer.close()


async def test_the_numbers_are_measured(config: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Connections(2, 2)
    open_connections(limits, 3)
    limits.count_timeout()
    values = {(s.name, s.labels.get("reason")): s.value for metric in limits.collect() for s in metric.samples}
    assert values[("gonogo_http_connections", None)] == 2
    assert values[("gonogo_http_connections_ended_total", "gave_way")] == 1
    assert values[("gonogo_http_connections_ended_total", "timeout")] == 1
    assert values[("gonogo_http_connections_ended_total", "refused")] == 0
