"""Heart-beats from a thread of their own, so that a blocked event loop is not taken for a dead worker."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import structlog

from gonogo.jobs.queue import WorkerProtocol
from gonogo.jobs.working.worker import QueueWorker
from gonogo.kernel.errors import Unavailable

BEAT_S = 1.0
IDLE_BEATS = 5
"""An idle worker's claims renew its lease; it beats only every so many times."""
log = structlog.get_logger()


class BeatThread:
    """Beats for ``worker`` through a connection of its own, which ``open_queue`` makes in the thread."""

    def __init__(self, worker: QueueWorker, open_queue: Callable[[], WorkerProtocol]) -> None:
        self._worker, self._open_queue = worker, open_queue
        self._loop = asyncio.get_running_loop()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker-beat", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    async def stop(self) -> None:
        """End, and wait for it."""
        self._stopped.set()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            queue = self._open_queue()
            rounds = 0
            while not self._stopped.wait(BEAT_S) and not self._worker.is_over:
                rounds += 1
                if self._worker.running or rounds % IDLE_BEATS == 0:
                    runner.run(self._beat(queue))
            runner.run(queue.close())

    async def _beat(self, queue: WorkerProtocol) -> None:
        told = self._worker.list_progress()
        try:
            answer = await queue.beat(self._worker.worker.id, told)
        except Unavailable as error:
            self._worker.return_progress(told)
            log.debug("beat not heard", why=error.detail)
        except Exception:
            self._worker.return_progress(told)
            log.exception("beat failed")
        else:
            if answer.cancelled or answer.lost:
                self._loop.call_soon_threadsafe(self._worker.take_answer, answer)
