"""The deliverer is ready before a route answers: a half-started Gonogo answers nobody."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest

from gonogo.app import create_app
from gonogo.kernel.config import Config
from gonogo.kernel.http.server import serve_app
from gonogo.webhooks.delivering.deliverer import Deliverer
from tests.fake_clock import FakeClock


def find_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def ask(port: int) -> int:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        return (await client.post("/hooks/github", content=b"{}")).status_code


async def test_nobody_is_answered_before_the_deliverer_runs(
    config: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    starting, may_go_on = asyncio.Event(), asyncio.Event()
    start = Deliverer.start

    async def start_slowly(deliverer: Deliverer) -> None:
        starting.set()
        await may_go_on.wait()
        await start(deliverer)

    monkeypatch.setattr(Deliverer, "start", start_slowly)
    port, served, stop = find_port(), asyncio.Event(), asyncio.Event()

    async def serve() -> None:
        async with serve_app(create_app(config, clock), port=port):
            served.set()
            await stop.wait()

    serving = asyncio.create_task(serve())
    await starting.wait()
    with pytest.raises(httpx.ConnectError):
        await ask(port)
    assert not served.is_set()
    may_go_on.set()
    await served.wait()
    assert await ask(port) == 404
    stop.set()
    await serving


async def test_a_deliverer_that_can_not_start_stops_the_start(
    config: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(deliverer: Deliverer) -> None:
        raise OSError("no leases today")

    monkeypatch.setattr(Deliverer, "start", fail)
    port = find_port()
    with pytest.raises(OSError, match="no leases today"):
        async with serve_app(create_app(config, clock), port=port):
            pass
    with pytest.raises(httpx.ConnectError):
        await ask(port)
