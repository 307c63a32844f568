"""taskiq on a Redis stream, its broker that acknowledges."""

from __future__ import annotations

import asyncio
import sys
import time

import uvloop
from tally import Tally
from taskiq.api import run_receiver_task
from taskiq_redis import RedisStreamBroker

URL, MODE, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
broker = RedisStreamBroker(url=URL)
tally = Tally(COUNT)


@broker.task
async def noop(sent: float) -> None:
    tally.meet(sent)


async def main() -> None:
    if MODE == "work":
        broker.is_worker_process = True
        await broker.startup()
        await run_receiver_task(broker, max_async_tasks=100)
        return
    await broker.startup()
    if MODE == "fill":
        for _ in range(COUNT // 100):
            await asyncio.gather(*(noop.kiq(time.time()) for _ in range(100)))
    else:
        for _ in range(COUNT):
            await noop.kiq(time.time())
            await asyncio.sleep(0.025)
    await broker.shutdown()


uvloop.run(main())
