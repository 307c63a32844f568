"""Looking after a queue: beat for the worker of this process, sweep, and tell of failures."""

from __future__ import annotations

from functools import partial
from typing import Literal

from gonogo.jobs.queue import Queue
from gonogo.jobs.schemas import Note
from gonogo.jobs.working.worker import QueueWorker
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel

BEAT_S = 5.0


class Upkeep:
    """One queue's. It beats before it sweeps: a process that stood still whole loses nothing to itself."""

    def __init__(self, kernel: Kernel, queue: Queue, noun: Literal["job", "task"], worker: QueueWorker | None) -> None:
        self._kernel, self._queue, self._noun, self._worker = kernel, queue, noun, worker
        self._acknowledged = 0
        self._beaten = 0.0

    async def look_after(self) -> None:
        """One round."""
        await self._beat()
        more = True
        while more:
            swept = await self._queue.sweep(acknowledged=self._acknowledged)
            more = swept.more
            if swept.notes:
                await self._kernel.db.write(partial(_tell_notes, notes=swept.notes, noun=self._noun))
                self._acknowledged = swept.notes[-1].seq

    async def _beat(self) -> None:
        if self._worker is None or self._worker.is_over:
            return
        now = self._kernel.clock.monotonic()
        if self._worker.running or now - self._beaten >= BEAT_S:
            await self._worker.beat()
            self._beaten = now


def _tell_notes(tx: Tx, notes: tuple[Note, ...], noun: str) -> None:
    for note in notes:
        data = {"type": note.type, "attempt": note.attempt, "error": note.error}
        if noun == "job":
            tx.emit("job.dead" if note.what == "dead" else "job.failed", note.id, data, SYSTEM)
        elif note.what == "dead":
            tx.emit("task.dead", note.id, data, SYSTEM)
