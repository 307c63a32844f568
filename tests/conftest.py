"""What every test may ask for: a clock that stands still, an open kernel, a running server with people signed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from gonogo.app import ROOMS, create_app
from gonogo.kernel.auth import passwords
from gonogo.kernel.auth.actor import ROLES
from gonogo.kernel.config import Config
from gonogo.kernel.http.server import serve_app
from gonogo.kernel.kernel import Kernel
from tests.fake_clock import FakeClock
from tests.people import PASSWORD, Server, open_client


@pytest.fixture(autouse=True, scope="session")
def hash_quickly() -> None:
    """Real argon2, with the least work it allows: tests sign in often."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(home=str(tmp_path / "home"), port=0, admin_password=PASSWORD, database_synchronous="NORMAL")


@pytest.fixture
async def kernel(config: Config, clock: FakeClock) -> AsyncIterator[Kernel]:
    """An open kernel with every room, on an empty data folder."""
    async with Kernel(config, ROOMS, clock) as kernel:
        yield kernel


@pytest.fixture
async def server(config: Config, clock: FakeClock) -> AsyncIterator[Server]:
    """The whole application on a free port of this machine."""
    app = create_app(config, clock)
    ready: asyncio.Future[Server] = asyncio.get_running_loop().create_future()
    done = asyncio.Event()

    async def serve() -> Any:
        # One task opens and closes: the server's task groups insist on it.
        async with AsyncExitStack() as opened:
            address = await opened.enter_async_context(serve_app(app, port=0))
            clients = {
                role: await opened.enter_async_context(await open_client(app.state.kernel, address.url, role))
                for role in ROLES
            }
            stranger = await opened.enter_async_context(httpx.AsyncClient(base_url=address.url))
            ready.set_result(Server(address.url, app.state.kernel, **clients, stranger=stranger))
            await done.wait()

    serving = asyncio.create_task(serve())
    await asyncio.wait([ready, serving], return_when=asyncio.FIRST_COMPLETED)
    yield ready.result() if ready.done() else serving.result()
    done.set()
    await serving
