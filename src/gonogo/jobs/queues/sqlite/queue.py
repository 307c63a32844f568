"""``Queue`` over the kernel's database: every call is one function on its writer, committed with its neighbours'."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from gonogo.jobs.bell import Bell
from gonogo.jobs.queues.sqlite import handing, orders, reading, recording, taking, upkeep
from gonogo.jobs.queues.sqlite.book import Book, encode
from gonogo.jobs.rules import to_ms
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
from gonogo.kernel.clock import Clock
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.failpoints import fail_here

T = TypeVar("T")
P = ParamSpec("P")


class SqliteQueue:
    """One family of tables (``jobs`` or ``tasks``). Make it on the event loop that will use it."""

    def __init__(self, db: Database, clock: Clock, family: str = "jobs") -> None:
        self._db, self._clock, self._family = db, clock, family
        self._loop = asyncio.get_running_loop()
        self._bell = Bell(clock.sleep)

    def take_in(self, tx: Tx, jobs: Sequence[Job]) -> tuple[Accepted, ...]:
        """``enqueue`` as a part of the caller's transaction, on the writer thread."""
        accepted = taking.take_in(Book(tx, self._family), jobs)
        # A claim that wakes too early waits its turn behind this transaction.
        self._loop.call_soon_threadsafe(self._bell.ring)
        return accepted

    async def enqueue(self, jobs: Sequence[Job]) -> tuple[Accepted, ...]:
        """See ``Queue.enqueue``."""
        accepted = await self._write(taking.take_in, jobs)
        fail_here("enqueue.committed")
        self._bell.ring()
        return accepted

    async def register(self, worker: Worker) -> None:
        await self._write(_register, worker)

    async def claim(
        self, worker: str, capabilities: Sequence[str], n: int, nonce: str, wait_s: float = 0.0
    ) -> tuple[Claim, ...]:
        end = self._clock.monotonic() + wait_s
        while True:
            rings = self._bell.count
            claims, due = await self._write(_claim, worker, capabilities, n, nonce)
            fail_here("claim.committed")
            left = end - self._clock.monotonic()
            if claims or left <= 0:
                return claims
            await self._bell.wait(rings, left if due is None else min(left, self._measure_nap(due)))

    def _measure_nap(self, due: int) -> float:
        return max(0.001, (due - to_ms(self._clock.now())) / 1000)

    async def beat(self, worker: str, running: Sequence[Progress]) -> BeatAnswer:
        return await self._write(_beat, worker, running)

    async def finish(
        self,
        worker: str,
        results: Sequence[Result],
        claim_n: int = 0,
        capabilities: Sequence[str] = (),
        nonce: str = "",
    ) -> Finished:
        """See ``Queue.finish``."""
        finished = await self._write(_finish, worker, results, claim_n, capabilities, nonce)
        fail_here("finish.committed")
        self._bell.ring()
        return finished

    async def leave(self, worker: str) -> None:
        await self._write(_leave, worker)
        self._bell.ring()

    async def cancel(self, ids: Sequence[str], why: str = "") -> tuple[str, ...]:
        cancelled = await self._write(orders.cancel_jobs, ids, why)
        self._bell.ring()
        return cancelled

    async def retry(self, ids: Sequence[str]) -> tuple[str, ...]:
        retried = await self._write(orders.retry_jobs, ids)
        self._bell.ring()
        return retried

    async def sweep(self, limit: int = 1000, acknowledged: int = 0) -> Swept:
        swept = await self._write(upkeep.sweep_once, limit, acknowledged)
        if swept.promoted or swept.recovered or swept.timed_out or swept.fired:
            self._bell.ring()
        return swept

    async def pause(self, type: str = EVERYTHING) -> None:
        await self._write(orders.pause_type, type)

    async def resume(self, type: str = EVERYTHING) -> None:
        await self._write(orders.resume_type, type)
        self._bell.ring()

    async def set_limit(self, limit: Limit) -> None:
        await self._write(orders.keep_limit, limit)
        self._bell.ring()

    async def put_schedule(self, schedule: Schedule) -> ScheduleView:
        return await self._write(orders.keep_schedule, schedule)

    async def drop_schedule(self, name: str) -> bool:
        return await self._write(_drop_schedule, name)

    async def stats(self) -> Stats:
        return await self._read(reading.measure)

    async def find(self, id: str) -> JobView | None:
        return await self._read(reading.find_job, id)

    async def list(self, filter: JobFilter) -> tuple[JobView, ...]:
        return await self._read(reading.list_jobs, filter)

    async def read_log(self, id: str) -> tuple[str, ...]:
        return await self._read(reading.find_log, id)

    async def workers(self) -> tuple[WorkerView, ...]:
        return await self._read(reading.list_workers)

    async def limits(self) -> tuple[Limit, ...]:
        return await self._read(reading.list_limits)

    async def schedules(self) -> tuple[ScheduleView, ...]:
        return await self._read(reading.list_schedules)

    async def firings(self, name: str, limit: int = 50) -> tuple[Firing, ...]:
        return await self._read(reading.list_firings, name, limit)

    async def renew_leases(self, ended: Sequence[str] = ()) -> None:
        """Begin every worker's lease anew: a server that was away heard nobody. Workers of these names have ended."""
        await self._write(upkeep.renew_leases, ended)

    async def close(self) -> None:
        """Nothing of its own to let go of: the database is the kernel's."""
        self._bell.ring()

    async def _write(self, work: Callable[Concatenate[Book, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        return await self._db.write(partial(self._open, work, *arguments, **named))

    async def _read(self, work: Callable[Concatenate[Book, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        return await self._db.read(partial(self._open, work, *arguments, **named))

    def _open(self, work: Callable[..., T], *rest: object) -> T:
        *arguments, tx = rest
        assert isinstance(tx, Tx)
        return work(Book(tx, self._family), *arguments)


def _register(book: Book, worker: Worker) -> None:
    handing.meet(book, worker.id)
    book.run("UPDATE @_workers SET worker = ? WHERE id = ?", (encode(worker), worker.id))


def _claim(
    book: Book, worker: str, capabilities: Sequence[str], n: int, nonce: str
) -> tuple[tuple[Claim, ...], int | None]:
    """Claims, or the moment (milliseconds) at which to look again without being woken."""
    claims = handing.hand_out(book, worker, capabilities, n, nonce)
    return claims, None if claims else handing.find_next(book)


def _beat(book: Book, worker: str, running: Sequence[Progress]) -> BeatAnswer:
    handing.meet(book, worker)
    return recording.take_beat(book, worker, running)


def _finish(
    book: Book, worker: str, results: Sequence[Result], claim_n: int, capabilities: Sequence[str], nonce: str
) -> Finished:
    handing.meet(book, worker)
    verdicts = recording.record(book, results)
    claims = handing.hand_out(book, worker, capabilities, claim_n, nonce) if claim_n else ()
    return Finished(verdicts=verdicts, claims=claims)


def _leave(book: Book, worker: str) -> None:
    book.run(
        "UPDATE @ SET state = 'ready', worker = NULL, fence = fence + 1, attempt = attempt - 1 "
        "WHERE state = 'running' AND worker = ?",
        (worker,),
    )
    book.run("DELETE FROM @_workers WHERE id = ?", (worker,))


def _drop_schedule(book: Book, name: str) -> bool:
    return book.run("DELETE FROM @_schedules WHERE name = ?", (name,)).rowcount > 0
