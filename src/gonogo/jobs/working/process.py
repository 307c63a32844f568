"""The worker process: works until a signal says stop, then ends in good order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence

import structlog

from gonogo.jobs.connectors.connector import Connector, Keep
from gonogo.jobs.queue import WorkerProtocol
from gonogo.jobs.schemas import Worker
from gonogo.jobs.working.beating import BeatThread
from gonogo.jobs.working.worker import QueueWorker

LEAVE_S = 5.0
log = structlog.get_logger()


async def work_until_stopped(
    open_queue: Callable[[], WorkerProtocol],
    worker: Worker,
    connectors: Sequence[Connector],
    drain_s: float,
    keep: Keep | None = None,
) -> None:
    """Work; after SIGTERM or SIGINT claim no more, and give running jobs ``drain_s`` seconds to end.

    ``open_queue`` is called twice: the heart-beats have a connection of their own. What the queue raises beside
    ``Unavailable`` ends the worker.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    queue = open_queue()
    hand = QueueWorker(queue, worker, connectors, keep)
    beats = BeatThread(hand, open_queue)
    working, stopping = asyncio.create_task(hand.run()), asyncio.create_task(stopped.wait())
    beats.start()
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            log.info("stopping", running=hand.running)
            await hand.drain(drain_s)
            await asyncio.wait({working}, timeout=LEAVE_S)
        if working.done():
            working.result()
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
        await beats.stop()
        await hand.close()
        await queue.close()
