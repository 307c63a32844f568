"""One endpoint that never answers and one that is slow, among fifty: the others do not notice."""

from __future__ import annotations

import asyncio
from collections import Counter

from aiohttp import web

from gonogo.kernel.kernel import Kernel
from tests.webhooks.receiver import Heard, Receiver, run_receiver, until
from tests.webhooks.stage import add, declare, send, settle

ENDPOINTS = 50
EVENTS = 40


async def never(heard: Heard) -> web.Response:
    await asyncio.sleep(3600)
    return web.Response()


async def test_dead_and_slow_endpoints_delay_nobody(kernel: Kernel, receiver: Receiver) -> None:
    release = asyncio.Event()

    async def wait(heard: Heard) -> web.Response:
        await release.wait()
        return web.Response()

    async with run_receiver() as dead, run_receiver() as slow:
        dead.answer, slow.answer = never, wait
        await declare(kernel)
        await add(kernel, dead.url)
        await add(kernel, slow.url)
        for number in range(ENDPOINTS - 2):
            await add(kernel, f"{receiver.url}/{number}")
        await asyncio.gather(*(send(kernel, pier) for pier in range(1, EVENTS + 1)))
        healthy = (ENDPOINTS - 2) * EVENTS
        await until(lambda: len(receiver.heard) == healthy, "every healthy endpoint has everything")
        assert set(Counter(heard.path for heard in receiver.heard).values()) == {EVENTS}
        assert dead.heard, "the dead one was tried meanwhile"
        assert slow.heard, "so was the slow one"
        release.set()
        await until(lambda: len(slow.heard) == EVENTS, "the slow one gets everything in the end")
        delivered = (ENDPOINTS - 1) * EVENTS
        await settle(kernel, "delivered", min(delivered, 500))
