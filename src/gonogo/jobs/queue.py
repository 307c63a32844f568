"""The queue's port: one protocol, spoken by every backend and, over HTTP, by workers elsewhere.

The promise: an accepted job is committed. It is *executed* at least once; its outcome is *recorded* exactly once,
because every claim raises the job's ``fence`` and whoever reports with an older one is told ``stale``. The
semantics are those of ``model.MemoryQueue``, and ``tests/ports/queue_conformance`` holds every backend to it.

Every method takes many at once, and every method may be called again after a lost reply: ``enqueue`` knows jobs by
their id, ``claim`` answers the same ``nonce`` with the same batch, a ``finish`` that was recorded is ``ok`` again.
Methods raise ``QueueUnavailable`` when the backend can't be reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gonogo.jobs.schemas import (
    EVERYTHING,
    Accepted,
    BeatAnswer,
    Claim,
    Finished,
    Firing,
    Job,
    JobFilter,
    JobView,
    Limit,
    Progress,
    Result,
    Schedule,
    ScheduleView,
    Stats,
    Swept,
    Worker,
    WorkerView,
)


class WorkerProtocol(Protocol):
    """What a worker says to the queue."""

    async def register(self, worker: Worker) -> None:
        """Make a worker known, or its changed capabilities; starts its lease."""
        ...

    async def claim(
        self, worker: str, capabilities: Sequence[str], n: int, nonce: str, wait_s: float = 0.0
    ) -> tuple[Claim, ...]:
        """Hand at most ``n`` jobs to ``worker``, in order of rank, and renew its lease.

        With none to be had, waits up to ``wait_s`` for the first one (woken, not polling). The same ``nonce``
        again gives what is still held of the batch that it gave before.
        """
        ...

    async def beat(self, worker: str, running: Sequence[Progress]) -> BeatAnswer:
        """Renew the worker's lease and tell of every job it holds.

        A job that the queue believes with this worker, claimed more than a lease ago and not in ``running``, was
        lost on the way and goes back.
        """
        ...

    async def finish(
        self,
        worker: str,
        results: Sequence[Result],
        claim_n: int = 0,
        capabilities: Sequence[str] = (),
        nonce: str = "",
    ) -> Finished:
        """Record how attempts ended and claim the next ``claim_n`` jobs in the same step."""
        ...

    async def leave(self, worker: str) -> None:
        """Forget a worker that stops in good order; what it still holds is released."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Queue(WorkerProtocol, Protocol):
    """The whole of a backend."""

    async def enqueue(self, jobs: Sequence[Job]) -> tuple[Accepted, ...]:
        """Take jobs in, all or none; committed when it returns. One ``Accepted`` a job, in order."""
        ...

    async def cancel(self, ids: Sequence[str], why: str = "") -> tuple[str, ...]:
        """Cancel live jobs, running ones too (their workers hear of it by ``beat``). Which ids were cancelled."""
        ...

    async def retry(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Make dead, cancelled and waiting jobs ready now, with all their attempts. Which ids were.

        A job that ended is left alone while another live one has its unique key.
        """
        ...

    async def sweep(self, limit: int = 1000, acknowledged: int = 0) -> Swept:
        """Upkeep, a bounded piece: promote what is due, take back what dead workers held, end what ran past its
        time-out, fire schedules, forget old done jobs. Notes up to ``acknowledged`` are dropped.

        Any process may sweep at any time, several at once too.
        """
        ...

    async def stats(self) -> Stats:
        """The queue in numbers; cheap enough for every second."""
        ...

    async def find(self, id: str) -> JobView | None:
        """One job."""
        ...

    async def list(self, filter: JobFilter) -> tuple[JobView, ...]:
        """Jobs, newest first."""
        ...

    async def read_log(self, id: str) -> tuple[str, ...]:
        """The newest lines of a job's log (``rules.MOST_LINES`` at most), oldest first."""
        ...

    async def workers(self) -> tuple[WorkerView, ...]:
        """Every worker that has been heard of within the hour, by id."""
        ...

    async def pause(self, type: str = EVERYTHING) -> None:
        """Hand out no more jobs of a type, or none at all. What runs goes on."""
        ...

    async def resume(self, type: str = EVERYTHING) -> None:
        """Take a pause back. Each pause is taken back by its own name."""
        ...

    async def set_limit(self, limit: Limit) -> None:
        """Limit a key from now on; a ``Limit`` with neither rate nor concurrency lifts it."""
        ...

    async def limits(self) -> tuple[Limit, ...]:
        """Every limit, by key."""
        ...

    async def put_schedule(self, schedule: Schedule) -> ScheduleView:
        """Add or change a schedule. An unchanged cron expression keeps its next moment, even a missed one."""
        ...

    async def drop_schedule(self, name: str) -> bool:
        """Whether there was one."""
        ...

    async def schedules(self) -> tuple[ScheduleView, ...]:
        """Every schedule, by name."""
        ...

    async def firings(self, name: str, limit: int = 50) -> tuple[Firing, ...]:
        """When a schedule fired, newest first: one row a firing."""
        ...
