"""A receiver of webhooks on this machine: remembers every request and answers as it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

PATIENCE_S = 20.0
Answer = Callable[["Heard"], Awaitable[web.Response]]


@dataclass
class Heard:
    """One request."""

    path: str
    headers: dict[str, str]
    body: str

    @property
    def data(self) -> dict[str, Any]:
        """The event's data."""
        data: dict[str, Any] = json.loads(self.body)["data"]
        return data


@dataclass
class Receiver:
    """``url`` is where it listens. Without an answer of your own it says 200 to everything."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """Statuses of the next answers; 200 when there are none left."""
    headers: dict[str, str] = field(default_factory=dict)
    answer: Answer | None = None

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        heard = Heard(request.path, headers, await request.text())
        self.heard.append(heard)
        if self.answer is not None:
            return await self.answer(heard)
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200, headers=self.headers, text="noted")


@asynccontextmanager
async def run_receiver(host: str = "127.0.0.1") -> AsyncIterator[Receiver]:
    """Listen on a free port of ``host`` while the block runs."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, host, 0)
    await site.start()
    receiver.url = f"http://{host}:{runner.addresses[0][1]}"
    try:
        yield receiver
    finally:
        await runner.cleanup()


async def until(holds: Callable[[], Any] | Callable[[], Awaitable[Any]], what: str) -> Any:
    """What ``holds`` gives once that is true; fails after a while."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = holds()
            found = await found if asyncio.iscoroutine(found) else found
            if found:
                return found
            await asyncio.sleep(0.005)
    raise AssertionError(what)
