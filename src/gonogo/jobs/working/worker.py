"""A worker: claims as many jobs as it has hands for, runs them, reports in batches.

It needs nothing but the queue's ``WorkerProtocol``; a queue that does not answer is asked again, patiently and for
ever, with the same nonce, so that nothing it handed out in between is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import msgspec
import structlog

from gonogo.jobs.connectors.connector import Connector, Keep, Run, list_types
from gonogo.jobs.queue import WorkerProtocol
from gonogo.jobs.schemas import BeatAnswer, Claim, Finished, Progress, Result, Worker
from gonogo.jobs.working.attempt import attempt_job
from gonogo.jobs.working.patience import Patience
from gonogo.kernel.ids import new_id

T = TypeVar("T")
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
        self._reporting: asyncio.Task[None] | None = None
        self._reserved = 0
        self._under_way: Sequence[Result] = ()
        """What is being reported."""
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
        """Register, and work.

        At most one claim and one report are under way: the queue remembers what a worker's last nonce was answered
        with, and no more. Each claim asks for half of all hands, so that the queue finds the next jobs, and writes
        down the last, while these run.
        """
        await self._patience.insist(lambda: self._queue.register(self.worker))
        while not (self._drained and not self._runs and not self._results and self._reporting is None):
            self._news.clear()
            if not self._drained and self._claiming is None and self._may_claim():
                self._start_claim()
            if self._results and self._reporting is None:
                self._start_report()
            await self._news.wait()
            self._take_claimed()
            self._take_reported()
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
        # What has ended is held until its report was heard: nobody else must do it meanwhile.
        held = {progress.id for progress in told}
        ended = [result for result in (*self._results, *self._under_way) if result.id not in held]
        return [*told, *(Progress(id=result.id, fence=result.fence) for result in ended)]

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

    def _may_claim(self) -> bool:
        # Where claims are answered and reports are not, what was done must not pile up here.
        return self._count_hands() > 0 and len(self._results) + len(self._under_way) <= self.worker.concurrency

    def _count_hands(self) -> int:
        return self.worker.concurrency - len(self._runs) - self._reserved

    def _start_claim(self) -> None:
        self._reserved = min(self._count_hands(), (self.worker.concurrency + 1) // 2)
        asked = (self.worker.id, self.worker.capabilities, self._reserved, self._claim_nonce, CLAIM_WAIT_S)
        self._claiming = self._begin(self._patience.insist(lambda: self._queue.claim(*asked)))

    def _take_claimed(self) -> None:
        if self._claiming is None or not self._claiming.done():
            return
        claiming, self._claiming, self._reserved = self._claiming, None, 0
        if not claiming.cancelled():
            self._claim_nonce = new_id()
            self._start(claiming.result())

    def _start_report(self) -> None:
        self._under_way, self._results = self._results, []
        self._reporting = self._begin(self._report(self._under_way))

    def _take_reported(self) -> None:
        if self._reporting is not None and self._reporting.done():
            reporting, self._reporting, self._under_way = self._reporting, None, ()
            reporting.result()

    async def _report(self, results: Sequence[Result]) -> None:
        finished: Finished = await self._patience.insist(lambda: self._queue.finish(self.worker.id, results))
        stale = [result.id for result, verdict in zip(results, finished.verdicts, strict=True) if verdict == "stale"]
        if stale:
            log.info("results came too late", worker=self.worker.id, jobs=stale)

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._news.set())
        return task

    def _start(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            run = Run(claim, self._keep)
            task = asyncio.create_task(self._do(run), name=f"job {claim.type} {claim.id}")
            self._runs[claim.id] = (run, task)

    async def _do(self, run: Run) -> None:
        result = await attempt_job(self._by_type.get(run.claim.type), run)
        self._results.append(result)
        if self._runs.get(run.claim.id, (None,))[0] is run:
            del self._runs[run.claim.id]
        self._news.set()

    async def close(self) -> None:
        """Let the connectors go. Call it when ``run`` has ended or was cancelled."""
        asking = [task for task in (self._claiming, self._reporting) if task is not None]
        left = [*asking, *(task for _, task in self._runs.values())]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for connector in self._connectors:
            await connector.close()


def describe_worker(name: str, concurrency: int, **more: Any) -> Worker:
    """A worker of this process under a fresh id."""
    import os
    import socket

    return Worker(id=new_id(), name=name, host=socket.gethostname(), pid=os.getpid(), concurrency=concurrency, **more)
