"""SAQ, on Redis or Postgres."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import uvloop
from saq import Queue, Worker
from tally import Tally

URL, MODE, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
tally = Tally(COUNT)


async def noop(_ctx: Any, *, sent: float) -> None:
    tally.meet(sent)


async def main() -> None:
    queue = Queue.from_url(URL.replace("postgresql:", "postgres:"))
    await queue.connect()
    if MODE == "fill":
        for _ in range(COUNT // 100):
            await asyncio.gather(*(queue.enqueue("noop", sent=time.time()) for _ in range(100)))
    elif MODE == "send":
        for _ in range(COUNT):
            await queue.enqueue("noop", sent=time.time())
            await asyncio.sleep(0.025)
    else:
        await Worker(queue, functions=[("noop", noop)], concurrency=100).start()
    await queue.disconnect()


uvloop.run(main())
