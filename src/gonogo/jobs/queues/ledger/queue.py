"""``Queue`` in Redis over a ledger in SQL.

An accepted job is in the ledger before anybody hears of it, and an outcome is before its worker is told ``ok``. Redis
may be gone, flushed or set back at any time: the ledger begins a new epoch and fills Redis from what still lives.
What was going on in the epoch before is stale; the jobs run again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

import msgspec

from gonogo.jobs.errors import QueueUnavailable
from gonogo.jobs.queues.ledger.filling import Filling
from gonogo.jobs.queues.ledger.port import Ledger
from gonogo.jobs.queues.library import LibraryQueue
from gonogo.jobs.queues.library.answers import Done, Row, show_row
from gonogo.jobs.queues.library.engine import EpochLost
from gonogo.jobs.queues.library.outcome import Outcome
from gonogo.jobs.queues.library.records import tell_limit
from gonogo.jobs.queues.redis.engine import RedisEngine
from gonogo.jobs.schemas import (
    ENDED,
    EVERYTHING,
    LIVE,
    Accepted,
    Finished,
    Firing,
    Job,
    JobFilter,
    JobView,
    Limit,
    Result,
    Schedule,
    ScheduleView,
    Swept,
    Worker,
)
from gonogo.kernel.clock import Clock
from gonogo.kernel.failpoints import fail_here
from gonogo.kernel.ids import new_id

T = TypeVar("T")
LOOK_BACK_MS = 30_000
LOOK_EVERY_S = 5.0


class LedgeredQueue(LibraryQueue):
    """What needs Redis (claims, beats, outcomes, orders to live jobs) fails without it; all else goes on."""

    def __init__(self, engine: RedisEngine, ledger: Ledger, clock: Clock) -> None:
        super().__init__(engine, clock)
        self._ledger = ledger
        self._filling = Filling(engine, ledger, self)
        self._acks: list[dict[str, Any]] = []
        self._refused: set[str] = set()
        self._is_behind = True
        self._looked_at = float("-inf")
        self._introduced: dict[str, Worker] = {}

    async def enqueue(self, jobs: Sequence[Job]) -> tuple[Accepted, ...]:
        """See ``Queue.enqueue``. Works without Redis: the jobs wait in the ledger."""
        await self._try(self._filling.find_epoch(patient=False))
        accepted = await self._ledger.enqueue(jobs)
        fail_here("put.ledgered")
        await self._try(super().enqueue([job for job, answer in zip(jobs, accepted, strict=True) if answer.created]))
        return accepted

    async def finish(
        self,
        worker: str,
        results: Sequence[Result],
        claim_n: int = 0,
        capabilities: Sequence[str] = (),
        nonce: str = "",
    ) -> Finished:
        """See ``Queue.finish``."""
        finished = await super().finish(worker, results, claim_n, capabilities, nonce)
        pairs = zip(results, finished.verdicts, strict=True)
        verdicts = [await self._judge(result, verdict == "ok") for result, verdict in pairs]
        return Finished(verdicts=tuple("ok" if ok else "stale" for ok in verdicts), claims=finished.claims)

    async def _judge(self, result: Result, ok: bool) -> bool:
        if result.id in self._refused:
            self._refused.discard(result.id)
            return False
        if ok or result.outcome != "done":
            return ok
        # Redis forgets what is done; the ledger knows whether it was this worker who did it.
        view = await self._ledger.find(result.id)
        return view is not None and (view.state, view.fence) == ("done", result.fence)

    async def register(self, worker: Worker) -> None:
        self._introduced[worker.id] = worker
        await super().register(worker)

    async def leave(self, worker: str) -> None:
        self._introduced.pop(worker, None)
        await super().leave(worker)

    async def cancel(self, ids: Sequence[str], why: str = "") -> tuple[str, ...]:
        """See ``Queue.cancel``."""
        cancelled = {*await super().cancel(ids, why)}
        cancelled |= {*await self._ledger.cancel([one for one in ids if one not in cancelled], why)}
        return tuple(one for one in ids if one in cancelled)

    async def retry(self, ids: Sequence[str]) -> tuple[str, ...]:
        """See ``Queue.retry``. A job that Redis has forgotten goes back to it."""
        known = {row.body.id for row in await self._look(ids)}
        retried = {*await super().retry(ids)}
        if forgotten := await self._ledger.retry([one for one in ids if one not in known]):
            retried |= {*forgotten}
            await self._filling.fill(since_ms=0)
        return tuple(one for one in ids if one in retried)

    async def sweep(self, limit: int = 1000, acknowledged: int = 0) -> Swept:
        """See ``Queue.sweep``. Schedules fire in the ledger, whether Redis is there or not."""
        kept = await self._ledger.sweep(limit)
        self._is_behind |= kept.fired > 0
        await self._filling.check_server()
        swept = await super().sweep(limit, acknowledged)
        await self._catch_up()
        more = swept.more or kept.forgotten == limit
        return msgspec.structs.replace(swept, fired=kept.fired, forgotten=kept.forgotten, more=more)

    async def _catch_up(self) -> None:
        """Bring to Redis what the ledger took in while Redis, or the process that should have done it, was gone."""
        now = self._clock.monotonic()
        if self._is_behind:
            await self._filling.fill(since_ms=0)
            await self._push_orders()
        elif now - self._looked_at >= LOOK_EVERY_S:
            await self._filling.fill(since_ms=self._now() - LOOK_BACK_MS)
        else:
            return
        self._is_behind, self._looked_at = False, now

    async def _push_orders(self) -> None:
        wanted, found = {*(await self._ledger.stats()).paused}, {*(await super().stats()).paused}
        for name in wanted - found:
            await super().pause(name)
        for name in found - wanted:
            await super().resume(name)
        for limit in await self._ledger.limits():
            await super().set_limit(limit)

    async def pause(self, type: str = EVERYTHING) -> None:
        await self._ledger.pause(type)
        await self._try(super().pause(type))

    async def resume(self, type: str = EVERYTHING) -> None:
        await self._ledger.resume(type)
        await self._try(super().resume(type))

    async def set_limit(self, limit: Limit) -> None:
        await self._ledger.set_limit(limit)
        await self._try(super().set_limit(limit))

    async def limits(self) -> tuple[Limit, ...]:
        return await self._ledger.limits()

    async def put_schedule(self, schedule: Schedule) -> ScheduleView:
        return await self._ledger.put_schedule(schedule)

    async def drop_schedule(self, name: str) -> bool:
        return await self._ledger.drop_schedule(name)

    async def schedules(self) -> tuple[ScheduleView, ...]:
        return await self._ledger.schedules()

    async def firings(self, name: str, limit: int = 50) -> tuple[Firing, ...]:
        return await self._ledger.firings(name, limit)

    async def find(self, id: str) -> JobView | None:
        view = await self._ledger.find(id)
        return None if view is None else (await self._refresh([view]))[0]

    async def list(self, filter: JobFilter) -> tuple[JobView, ...]:
        """See ``Queue.list``. Without Redis, live jobs are shown as the ledger last heard of them."""
        if filter.state in ENDED:
            return await self._ledger.list(filter)
        found: tuple[JobView, ...] = ()
        asked = msgspec.structs.replace(filter, state=None)
        while len(found) < filter.limit:
            page = await self._ledger.list(asked)
            found += tuple(view for view in await self._refresh(page) if filter.state in (None, view.state))
            if len(page) < asked.limit:
                break
            asked = msgspec.structs.replace(asked, before=page[-1].id)
        return found[: filter.limit]

    async def read_log(self, id: str) -> tuple[str, ...]:
        return await self._ledger.read_log(id) or await super().read_log(id)

    async def close(self) -> None:
        await super().close()
        await self._ledger.close()

    async def _refresh(self, views: Sequence[JobView]) -> tuple[JobView, ...]:
        live = [view.id for view in views if view.state in LIVE]
        try:
            rows = {row.body.id: row for row in await self._look(live)}
        except QueueUnavailable:
            return tuple(views)
        return tuple(show_row(rows[view.id]) if view.id in rows else view for view in views)

    async def _look(self, ids: Sequence[str]) -> tuple[Row, ...]:
        return await self._ask("look", tuple[Row, ...], ids=tuple(ids)) if ids else ()

    async def _try(self, order: Awaitable[object]) -> None:
        try:
            await order
        except QueueUnavailable:
            self._is_behind = True

    async def _ask(self, step: str, kind: type[T], *, patient: bool = False, items: int = 0, **told: Any) -> T:
        acks: tuple[dict[str, Any], ...] = ()
        if step in ("finish", "sweep"):
            acks, self._acks = tuple(self._acks), []
            told["acks"] = acks
        while True:
            epoch = await self._filling.find_epoch(patient=patient)
            told["epoch"] = epoch.mark
            try:
                answer = await super()._ask(step, kind, patient=patient, items=items, **told)
            except EpochLost:
                await self._filling.begin(patient=patient)
                await self._introduce()
            except QueueUnavailable:
                self._acks += acks
                raise
            else:
                await self._settle(epoch.number, getattr(answer, "unsettled", ()))
                return answer

    async def _introduce(self) -> None:
        for worker in tuple(self._introduced.values()):
            await super().register(worker)

    async def _settle(self, epoch: int, outcomes: Sequence[Outcome]) -> None:
        if not outcomes:
            return
        fail_here("outcome.unsettled")
        taken = await self._ledger.settle(epoch, outcomes)
        fail_here("outcome.settled")
        refused = {outcome.id for outcome in outcomes} - taken
        self._refused |= refused
        self._acks += [
            {"id": one.id, "fence": one.fence, "state": one.state, "refused": one.id in refused} for one in outcomes
        ]

    async def put_plainly(self, question: dict[str, Any]) -> None:
        """See ``Target``."""
        await super()._ask("put", tuple[tuple[str, bool], ...], patient=True, items=len(question["jobs"]), **question)

    async def list_unknown(self, ids: Sequence[str], mark: str) -> frozenset[str]:
        """See ``Target``."""
        return frozenset(await super()._ask("unknown", tuple[str, ...], patient=True, ids=tuple(ids), epoch=mark))

    async def put_orders(self) -> None:
        """See ``Target``."""
        for name in (await self._ledger.stats()).paused:
            await super()._ask("pause", Done, patient=True, type=name, on=True, token=new_id())
        for limit in await self._ledger.limits():
            await super()._ask("set_limit", Done, patient=True, limit=tell_limit(limit))
