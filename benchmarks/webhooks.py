"""Webhooks delivered a second from one process to a receiver in another, beside aiohttp alone doing the same POSTs.

Every delivery is signed, checked by the guard, leased, sent, and written down with its attempt, on a disk with
``synchronous = FULL``.
"""

from __future__ import annotations

import asyncio
import tempfile
import time

import aiohttp
import uvloop
from _receiver import run_receiver
from sqlalchemy import text

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import Config
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks import room
from gonogo.webhooks.commands.endpoints import add_endpoint
from gonogo.webhooks.commands.events import send_event
from gonogo.webhooks.commands.types import declare_type
from gonogo.webhooks.schemas import NewEndpoint, NewEvent, NewType

TARGET = 1500
DELIVERIES = 20_000
CALLERS = 64
LONGEST_S = 300.0
DATA = {"order": 17, "items": ["tea", "milk"], "note": "x" * 200}
PENDING = text("SELECT count(*) FROM webhook_deliveries WHERE state = 'pending'")
TRIED = text("SELECT count(*) FROM webhook_attempts")


async def accept_all(kernel: Kernel, url: str, endpoints: int) -> float:
    """Accept the events; gives how many a second were committed and answered."""
    await declare_type(kernel, SYSTEM, NewType(name="order.shipped", schema={"type": "object"}))
    for number in range(endpoints):
        await add_endpoint(kernel, SYSTEM, NewEndpoint(url=f"{url}/{number}"))
    events = DELIVERIES // endpoints

    async def call(count: int) -> None:
        for _ in range(count):
            await send_event(kernel, SYSTEM, NewEvent(type="order.shipped", data=DATA))

    started = time.perf_counter()
    shares = [events // CALLERS + (place < events % CALLERS) for place in range(CALLERS)]
    await asyncio.gather(*(call(share) for share in shares))
    return events / (time.perf_counter() - started)


async def deliver_all(folder: str) -> float:
    """Open the folder with its backlog; gives how many deliveries a second were made and written down."""
    started = time.perf_counter()
    config = Config(home=folder, webhooks_allow="127.0.0.1")
    async with Kernel(config, [room.ROOM]) as kernel, asyncio.timeout(LONGEST_S):
        while await kernel.db.read(lambda tx: tx.execute(PENDING).scalar_one()):  # noqa: ASYNC110 — rows tell nobody
            await asyncio.sleep(0.05)
        elapsed = time.perf_counter() - started
        tried: int = await kernel.db.read(lambda tx: tx.execute(TRIED).scalar_one())
    assert tried == DELIVERIES, "some were sent twice, or not at all"
    return tried / elapsed


async def post_bare(url: str) -> float:
    """The same number of POSTs by aiohttp alone, as many at once as a lane has."""
    body = b"x" * 400
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def post(count: int) -> None:
            for _ in range(count):
                async with session.post(url, data=body) as answer:
                    await answer.read()

        started = time.perf_counter()
        await asyncio.gather(*(post(DELIVERIES // 16) for _ in range(16)))
        return DELIVERIES / (time.perf_counter() - started)


async def fill(folder: str, url: str, endpoints: int) -> float:
    """Accept everything while nobody delivers."""
    config = Config(home=folder, webhooks_allow="127.0.0.1", deliver_webhooks=False)
    async with Kernel(config, [room.ROOM]) as kernel:
        return await accept_all(kernel, url, endpoints)


def main() -> None:
    """Measure with one endpoint and with fifty, and print."""
    with run_receiver() as url:
        bare = uvloop.run(post_bare(url))
        for endpoints in (1, 50):
            with tempfile.TemporaryDirectory(prefix="gonogo-bench-") as folder:
                accepted = uvloop.run(fill(folder, url, endpoints))
                delivered = uvloop.run(deliver_all(folder))
            verdict = "ok  " if delivered >= TARGET else "MISS"
            print(
                f"{verdict}  {endpoints} endpoints: {delivered:,.0f} deliveries/s (target: {TARGET:,}), "
                f"{delivered / bare:.2f} of aiohttp alone ({bare:,.0f}/s); {accepted:,.0f} events/s accepted",
                flush=True,
            )


if __name__ == "__main__":
    main()
