"""A worker: claims as many jobs as it has hands for, runs them, reports in batches.

It needs nothing but the queue's ``WorkerProtocol``; a queue that does not answer is asked again, patiently and for
ever, with the same nonce, so that nothing it handed out in between is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog

from gonogo.jobs.connectors.connector import Connector, Keep, Run, list_types
from gonogo.jobs.queue import WorkerProtocol
from gonogo.jobs.schemas import BeatAnswer, Claim, Finished, Progress, Result, Worker
from gonogo.jobs.working.attempt import attempt_job
from gonogo.jobs.working.patience import Patience
from gonogo.kernel.ids import new_id

CLAIM_WAIT_S = 10.0
log = structlog.get_logger()


class QueueWorker:
    """One worker in this process. ``run`` works until ``drain`` is called; ``beat`` is somebody else's duty."""

    def __init__(
        self, queue: WorkerProtocol, worker: Worker, connectors: Sequence[Connector], keep: Keep | None = None
    ) -> None:
        self.worker = worker
        self._queue, self._connectors, self._keep = queue, list(connectors), keep
        self._runs: dict[str, tuple[Run, asyncio.Task[None]]] = {}
        self._results: list[Result] = []
        self._news = asyncio.Event()
        self._drained = False
        self.is_over = False
        """Whether it has left, or is about to: a beat now would bring it back."""
        self._patience = Patience(worker.name or worker.id)
        self._claiming: asyncio.Task[tuple[Claim, ...]] | None = None
        self._reserved = 0
        self._claim_nonce = new_id()
        self._chart()

    def _chart(self) -> None:
        capabilities = {need for connector in self._connectors for need in connector.list_capabilities()}
        self.worker = msgspec.structs.replace(self.worker, capabilities=tuple(sorted(capabilities)))
        self._by_type = {
            name: connector for connector in self._connectors for name in list_types(connector.list_capabilities())
        }

    def renew(self) -> None:
        """Ask the connectors anew what they can do."""
        self._chart()
        if self._claiming is not None:
            self._claiming.cancel()  # what it may have been handed comes again under its nonce
        self._news.set()

    @property
    def running(self) -> int:
        """How many jobs it holds."""
        return len(self._runs)

    async def run(self) -> None:
        """Register, and work."""
        await self._patience.insist(lambda: self._queue.register(self.worker))
        while not (self._drained and not self._runs and not self._results):
            self._news.clear()
            if self._results:
                await self._report()
            elif not self._drained and self._claiming is None and self._has_hands():
                self._start_claim()
            else:
                await self._news.wait()
            self._take_claimed()
        self.is_over = True
        await self._patience.insist(lambda: self._queue.leave(self.worker.id))

    async def drain(self, grace_s: float) -> None:
        """Claim no more, give what runs ``grace_s`` to end, then stop it and give it back."""
        self._drained = True
        if self._claiming is not None:
            self._claiming.cancel()
        self._news.set()
        running = [task for _, task in self._runs.values()]
        if running:
            await asyncio.wait(running, timeout=grace_s)
        for held in tuple(self._runs):
            self.stop(held)

    def stop(self, id: str) -> None:
        """End a job that the queue does not want from here any more, or not now."""
        if id in self._runs:
            run, task = self._runs[id]
            run.cancelled.set()
            task.cancel()

    def list_progress(self) -> list[Progress]:
        """What to tell of the jobs it holds; from any thread."""
        told = []
        for run, _ in tuple(self._runs.values()):
            fraction, message, lines = run.take_news()
            claim = run.claim
            told.append(Progress(id=claim.id, fence=claim.fence, fraction=fraction, message=message, lines=lines))
        return told

    def return_progress(self, told: Sequence[Progress]) -> None:
        """Keep lines that could not be delivered for the next beat."""
        for progress in told:
            if progress.lines and progress.id in self._runs:
                self._runs[progress.id][0].return_lines(progress.lines)

    async def beat(self) -> None:
        """Tell the queue that it lives, and stop what is no longer its own."""
        told = self.list_progress()
        try:
            self.take_answer(await self._queue.beat(self.worker.id, told))
        except BaseException:
            self.return_progress(told)
            raise

    def take_answer(self, answer: BeatAnswer) -> None:
        """Stop what a beat's answer says is cancelled or lost; on the event loop."""
        for gone in (*answer.cancelled, *answer.lost):
            self.stop(gone)

    def _has_hands(self) -> bool:
        return self._count_hands() > 0

    def _count_hands(self) -> int:
        return self.worker.concurrency - len(self._runs) - self._reserved

    def _start_claim(self) -> None:
        self._reserved = self._count_hands()
        asked = (self.worker.id, self.worker.capabilities, self._reserved, self._claim_nonce, CLAIM_WAIT_S)
        self._claiming = asyncio.create_task(self._patience.insist(lambda: self._queue.claim(*asked)))
        self._claiming.add_done_callback(lambda _: self._news.set())

    def _take_claimed(self) -> None:
        if self._claiming is None or not self._claiming.done():
            return
        claiming, self._claiming, self._reserved = self._claiming, None, 0
        if not claiming.cancelled():
            self._claim_nonce = new_id()
            self._start(claiming.result())

    async def _report(self) -> None:
        results, self._results = self._results, []
        hands = 0 if self._drained else max(0, self._count_hands())
        nonce, worker = new_id(), self.worker
        asked = (worker.id, results, hands, worker.capabilities if hands else (), nonce)
        finished: Finished = await self._patience.insist(lambda: self._queue.finish(*asked))
        stale = [result.id for result, verdict in zip(results, finished.verdicts, strict=True) if verdict == "stale"]
        if stale:
            log.info("results came too late", worker=worker.id, jobs=stale)
        self._start(finished.claims)

    def _start(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            run = Run(claim, self._keep)
            task = asyncio.create_task(self._do(run), name=f"job {claim.type} {claim.id}")
            self._runs[claim.id] = (run, task)

    async def _do(self, run: Run) -> None:
        result = await attempt_job(self._by_type.get(run.claim.type), run)
        if self._runs.get(run.claim.id, (None,))[0] is run:
            del self._runs[run.claim.id]
        self._results.append(result)
        self._news.set()

    async def close(self) -> None:
        """Let the connectors go. Call it when ``run`` has ended or was cancelled."""
        for _, task in tuple(self._runs.values()):
            task.cancel()
        await asyncio.gather(*(task for _, task in tuple(self._runs.values())), return_exceptions=True)
        for connector in self._connectors:
            await connector.close()


def describe_worker(name: str, concurrency: int, **more: Any) -> Worker:
    """A worker of this process under a fresh id."""
    import os
    import socket

    return Worker(id=new_id(), name=name, host=socket.gethostname(), pid=os.getpid(), concurrency=concurrency, **more)
