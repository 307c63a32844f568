"""arq. It polls: every half second unless told otherwise, which is kept for the idle start."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import uvloop
from arq import create_pool
from arq.connections import RedisSettings
from arq.worker import Worker
from tally import Tally

URL, MODE, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
tally = Tally(COUNT)


async def noop(_ctx: Any, sent: float) -> None:
    tally.meet(sent)


async def main() -> None:
    settings = RedisSettings.from_dsn(URL)
    if MODE == "work":
        delay = 0.5 if COUNT < 1000 else 0.01
        await Worker([noop], redis_settings=settings, max_jobs=100, poll_delay=delay, handle_signals=False).main()
        return
    pool = await create_pool(settings)
    if MODE == "fill":
        for _ in range(COUNT // 100):
            await asyncio.gather(*(pool.enqueue_job("noop", time.time()) for _ in range(100)))
    else:
        for _ in range(COUNT):
            await pool.enqueue_job("noop", time.time())
            await asyncio.sleep(0.025)


uvloop.run(main())
