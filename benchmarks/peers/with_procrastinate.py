"""procrastinate on Postgres."""

from __future__ import annotations

import asyncio
import logging
import sys
import time

import uvloop
from procrastinate import App, PsycopgConnector
from tally import Tally

URL, MODE, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = App(connector=PsycopgConnector(conninfo=URL))
tally = Tally(COUNT)
logging.disable(logging.CRITICAL)


@app.task(name="noop")
async def noop(sent: float) -> None:
    tally.meet(sent)


async def main() -> None:
    async with app.open_async():
        if not await app.check_connection_async():
            await app.schema_manager.apply_schema_async()
        if MODE == "fill":
            for _ in range(COUNT // 500):
                await noop.batch_defer_async(*({"sent": time.time()} for _ in range(500)))
        elif MODE == "send":
            for _ in range(COUNT):
                await noop.defer_async(sent=time.time())
                await asyncio.sleep(0.025)
        else:
            await app.run_worker_async(concurrency=100, install_signal_handlers=False)


uvloop.run(main())
