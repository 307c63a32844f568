"""Epochs: each begins with an empty Redis that is filled from the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import msgspec
import structlog

from gonogo.jobs.queues.breaker import explain_absence
from gonogo.jobs.queues.ledger.port import Kept, Ledger
from gonogo.jobs.queues.library.records import Record, make_record, name_pools, write
from gonogo.jobs.queues.redis.engine import RedisEngine
from gonogo.kernel.ids import new_id

PAGE = 1000
FENCES = 2**32
"""Fences of an epoch; the next begins above them, so that nothing from before can be taken for new."""
PATIENCE_S, LOOK_S = 10.0, 0.05
log = structlog.get_logger()


class Epoch(NamedTuple):
    """``mark`` is what Redis must hold: the epoch's number and the run of the server that was filled."""

    number: int
    mark: str


class Target(Protocol):
    """What is filled, by steps that don't ask in which epoch they are."""

    async def put_plainly(self, question: dict[str, Any]) -> None:
        """Put jobs; those that are there stay as they are."""
        ...

    async def list_unknown(self, ids: Sequence[str], mark: str) -> frozenset[str]:
        """Which of these jobs are not there."""
        ...

    async def put_orders(self) -> None:
        """Put pauses and limits."""
        ...


class Filling:
    """Knows the epoch, begins the next, and brings live jobs of the ledger to Redis."""

    def __init__(self, engine: RedisEngine, ledger: Ledger, target: Target) -> None:
        self._engine, self._ledger, self._target = engine, ledger, target
        self._epoch: Epoch | None = None
        self._beginning: asyncio.Task[None] | None = None

    async def find_epoch(self, *, patient: bool) -> Epoch:
        """The epoch of this moment, begun if need be."""
        while self._epoch is None:
            await self.begin(patient=patient)
        return self._epoch

    async def begin(self, *, patient: bool) -> None:
        """Take part in the epoch that Redis is in, or begin one if it lost the last. One at a time."""
        self._epoch = None
        if self._beginning is None or self._beginning.done():
            self._beginning = asyncio.create_task(self._begin())
        beginning = self._beginning
        await asyncio.wait({beginning}, timeout=PATIENCE_S if patient else self._engine.request_s)
        if not beginning.done():
            raise explain_absence("Redis")
        beginning.result()

    async def check_server(self) -> None:
        """Notice a server that was restarted on old data: it holds the mark of another run."""
        if self._epoch is not None and self._epoch.mark != f"{self._epoch.number}:{await self._engine.find_run()}":
            await self.begin(patient=True)

    async def _begin(self) -> None:
        while True:
            number, run = await self._ledger.find_epoch(), await self._engine.find_run()
            mark = f"{number}:{run}"
            if number and await self._engine.find_mark() == mark:
                self._epoch = Epoch(number, mark)
                return
            if await self._engine.lock_filling():
                break
            await asyncio.sleep(LOOK_S)
        try:
            await self._begin_anew(run)
        finally:
            await self._engine.unlock_filling()

    async def _begin_anew(self, run: str) -> None:
        number = await self._ledger.begin_epoch()
        await self._engine.forget_all()
        await self._target.put_orders()
        after: str | None = ""
        filled = 0
        while after is not None:
            page = await self._ledger.list_live(0, after, PAGE)
            after, filled = page.after, filled + len(page.kept)
            await self._put(page.kept, number)
        mark = f"{number}:{run}"
        await self._engine.set_mark(mark)
        self._epoch = Epoch(number, mark)
        log.info("redis filled from the ledger", epoch=number, jobs=filled)

    async def fill(self, since_ms: int) -> None:
        """Bring what the ledger took in since then, and Redis does not know."""
        epoch = await self.find_epoch(patient=True)
        before: str = ""
        while True:
            page = await self._ledger.list_live(since_ms, before, PAGE)
            unknown = await self._target.list_unknown([kept.job.id for kept in page.kept], epoch.mark)
            if unknown:
                # Whatever Redis forgot because it ended has ended in the ledger too by now.
                page = await self._ledger.list_live(since_ms, before, PAGE)
                await self._put([kept for kept in page.kept if kept.job.id in unknown], epoch.number, epoch=epoch.mark)
            if page.after is None:
                return
            before = page.after

    async def _put(self, kept: Sequence[Kept], number: int, **told: Any) -> None:
        if kept:
            await self._target.put_plainly(self._tell(kept, (number - 1) * FENCES) | told)

    def _tell(self, kept: Sequence[Kept], least_fence: int) -> dict[str, Any]:
        records = [_restore(one, least_fence) for one in kept]
        return {"jobs": records, "pools": name_pools([one.job for one in kept]), "token": new_id(), "restoring": True}


def _restore(kept: Kept, least_fence: int) -> Record:
    record = make_record(kept.job, kept.due)
    return msgspec.structs.replace(
        record,
        due=kept.due,
        at=kept.at,
        attempt=kept.attempt,
        fence=max(kept.fence, least_fence),
        error=write(kept.error) if kept.error else None,
    )
