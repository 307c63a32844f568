"""``Queue`` over a library of steps inside a database. One call is one step, but for schedules and waiting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from gonogo.jobs.queues.library.answers import (
    Beaten,
    Counts,
    Done,
    Page,
    Row,
    Seen,
    Taken,
    Timer,
    Upkeep,
    make_claim,
    show_note,
    show_row,
    show_stats,
    show_timer,
    show_worker,
)
from gonogo.jobs.queues.library.engine import Engine
from gonogo.jobs.queues.library.pools import PoolBook
from gonogo.jobs.queues.library.records import (
    encode,
    make_record,
    name_pools,
    tell_limit,
    tell_progress,
    tell_result,
    write,
)
from gonogo.jobs.rules import LEASE_S, MOST_LINES, find_last_firing, find_next_firing, from_ms, to_ms
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
from gonogo.kernel.failpoints import fail_here
from gonogo.kernel.ids import new_id

T = TypeVar("T")
LONGEST_NAP_S = 1.0
LEASE_MS = round(LEASE_S * 1000)


class LibraryQueue:
    """The steps' caller. ``engine`` runs them; Redis and Postgres each bring one."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._pools = PoolBook(engine)

    async def enqueue(self, jobs: Sequence[Job]) -> tuple[Accepted, ...]:
        """See ``Queue.enqueue``."""
        if not jobs:
            return ()
        records = [make_record(job, self._now()) for job in jobs]
        question: dict[str, Any] = {"token": new_id(), "jobs": records, "pools": name_pools(jobs)}
        accepted = await self._ask("put", tuple[tuple[str, bool], ...], items=len(jobs), **question)
        return tuple(Accepted(*answer) for answer in accepted)

    async def register(self, worker: Worker) -> None:
        await self._ask("register", Done, patient=True, worker=worker.id, introduction=write(worker))

    async def claim(
        self, worker: str, capabilities: Sequence[str], n: int, nonce: str, wait_s: float = 0.0
    ) -> tuple[Claim, ...]:
        """See ``Queue.claim``."""
        end = self._clock.monotonic() + wait_s
        if wait_s <= 0:
            return _read_claims(await self._take(worker, capabilities, n, nonce))
        async with self._engine.listen(self._pools.name_rings(capabilities)) as bell:
            while True:
                taken = await self._take(worker, capabilities, n, nonce)
                left = end - self._clock.monotonic()
                if taken.claims or left <= 0:
                    return _read_claims(taken)
                await bell.wait(min(left, LONGEST_NAP_S, self._find_nap(taken)))

    def _find_nap(self, taken: Taken) -> float:
        return LONGEST_NAP_S if taken.next is None else max(0.001, (taken.next - self._now()) / 1000)

    async def _take(self, worker: str, capabilities: Sequence[str], n: int, nonce: str) -> Taken:
        while True:
            asked = await self._pools.choose(capabilities, n, nonce)
            taken = await self._ask("take", Taken, patient=True, worker=worker, take=asked)
            if not taken.outdated:
                return taken
            await self._pools.refresh()

    async def beat(self, worker: str, running: Sequence[Progress]) -> BeatAnswer:
        told = [tell_progress(progress) for progress in running]
        answer = await self._ask("beat", Beaten, patient=True, worker=worker, running=told)
        return BeatAnswer(cancelled=answer.cancelled, lost=answer.lost)

    async def finish(
        self,
        worker: str,
        results: Sequence[Result],
        claim_n: int = 0,
        capabilities: Sequence[str] = (),
        nonce: str = "",
    ) -> Finished:
        """See ``Queue.finish``."""
        told: dict[str, Any] = {"worker": worker, "results": [tell_result(result) for result in results]}
        if claim_n:
            told["take"] = await self._pools.choose(capabilities, claim_n, nonce)
        taken = await self._ask("finish", Taken, patient=True, items=len(results), **told)
        verdicts = taken.verdicts
        if taken.outdated:
            await self._pools.refresh()
            taken = await self._take(worker, capabilities, claim_n, nonce)
        return Finished(verdicts=verdicts, claims=_read_claims(taken))

    async def leave(self, worker: str) -> None:
        await self._ask("leave", Done, patient=True, worker=worker)

    async def cancel(self, ids: Sequence[str], why: str = "") -> tuple[str, ...]:
        """See ``Queue.cancel``."""
        return (await self._ask("cancel", Done, items=len(ids), ids=tuple(ids), why=write(why))).ids

    async def retry(self, ids: Sequence[str]) -> tuple[str, ...]:
        return (await self._ask("retry", Done, items=len(ids), ids=tuple(ids))).ids

    async def pause(self, type: str = EVERYTHING) -> None:
        await self._ask("pause", Done, type=type, on=True, token=new_id())

    async def resume(self, type: str = EVERYTHING) -> None:
        await self._ask("pause", Done, type=type, on=False, token=new_id())
        await self._ring_all()

    async def set_limit(self, limit: Limit) -> None:
        await self._ask("set_limit", Done, limit=tell_limit(limit))
        await self._ring_all()

    async def limits(self) -> tuple[Limit, ...]:
        return tuple(sorted(await self._ask("limits", tuple[Limit, ...]), key=lambda limit: limit.key))

    async def sweep(self, limit: int = 1000, acknowledged: int = 0) -> Swept:
        """See ``Queue.sweep``."""
        done = await self._ask("sweep", Upkeep, patient=True, items=limit, limit=limit, acknowledged=acknowledged)
        fired = [await self._fire(timer) for timer in done.timers]
        counts = (done.promoted, done.recovered, done.timed_out, done.forgotten)
        return Swept(
            promoted=done.promoted,
            recovered=done.recovered,
            timed_out=done.timed_out,
            fired=sum(fired),
            forgotten=done.forgotten,
            notes=tuple(show_note(note) for note in done.notes),
            more=limit in counts,
        )

    async def _fire(self, timer: Timer) -> bool:
        schedule, now = timer.schedule, self._now()
        moment = find_last_firing(schedule.cron, from_ms(now))
        job = msgspec.structs.replace(schedule.job, id=new_id(), due=None)
        told: dict[str, Any] = {
            "name": schedule.name,
            "planned": timer.next,
            "moment": to_ms(moment),
            "next": self._plan(schedule),
            "jobs": [make_record(job, now)],
            "pools": name_pools([job]),
            "token": new_id(),
        }
        return (await self._ask("fire", Done, patient=True, **told)).fired

    def _plan(self, schedule: Schedule) -> int | None:
        following = find_next_firing(schedule.cron, self._clock.now())
        return to_ms(following) if schedule.enabled and following is not None else None

    async def put_schedule(self, schedule: Schedule) -> ScheduleView:
        """See ``Queue.put_schedule``."""
        told: dict[str, Any] = {"name": schedule.name, "cron": schedule.cron, "schedule": write(schedule)}
        return show_timer(await self._ask("put_timer", Timer, next=self._plan(schedule), **told))

    async def drop_schedule(self, name: str) -> bool:
        return await self._ask("drop_timer", bool, name=name)

    async def schedules(self) -> tuple[ScheduleView, ...]:
        timers = await self._ask("timers", tuple[Timer, ...])
        return tuple(show_timer(timer) for timer in sorted(timers, key=lambda timer: timer.schedule.name))

    async def firings(self, name: str, limit: int = 50) -> tuple[Firing, ...]:
        fired = await self._ask("firings", tuple[tuple[int, str], ...], name=name, limit=limit)
        return tuple(Firing(name, from_ms(at), job) for at, job in fired)

    async def stats(self) -> Stats:
        """See ``Queue.stats``."""
        now = self._now()
        return show_stats(await self._ask("stats", Counts), now)

    async def find(self, id: str) -> JobView | None:
        found = await self._ask("find", tuple[Row, ...], id=id)
        return show_row(found[0]) if found else None

    async def list(self, filter: JobFilter) -> tuple[JobView, ...]:
        """See ``Queue.list``."""
        rows: list[Row] = []
        asked = msgspec.to_builtins(filter)
        while len(rows) < filter.limit:
            asked["limit"] = filter.limit - len(rows)
            page = await self._ask("list", Page, **asked)
            rows += page.rows
            if page.before is None:
                break
            asked["before"] = page.before
        return tuple(show_row(row) for row in rows)

    async def read_log(self, id: str) -> tuple[str, ...]:
        return await self._ask("lines", tuple[str, ...], id=id)

    async def workers(self) -> tuple[WorkerView, ...]:
        now = self._now()
        seen = await self._ask("workers", tuple[Seen, ...])
        return tuple(show_worker(one, now) for one in sorted(seen, key=lambda one: one.worker.id))

    async def close(self) -> None:
        await self._engine.close()

    async def _ask(self, step: str, kind: type[T], *, patient: bool = False, items: int = 0, **told: Any) -> T:
        question = {"now": self._now(), "lease": LEASE_MS, "most_lines": MOST_LINES}
        question |= {name: value for name, value in told.items() if value is not None}
        rings = {record.wake for record in told.get("jobs", ())}
        fail_here(f"{step}.asked")
        text = await self._engine.ask(step, encode(question), rings=rings, patient=patient, items=items)
        fail_here(f"{step}.answered")
        answer = _decode(text, kind)
        if isinstance(answer, (Done, Taken, Beaten, Upkeep)) and answer.woken:
            await self._engine.ring(answer.woken)
        return answer

    async def _ring_all(self) -> None:
        await self._pools.refresh()
        await self._engine.ring(self._pools.all_rings())

    def _now(self) -> int:
        return to_ms(self._clock.now())


def _decode(answer: bytes | str, kind: type[T]) -> T:
    decoded: T = _find_decoder(kind).decode(answer)
    return decoded


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def _find_decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    return decoder


def _read_claims(taken: Taken) -> tuple[Claim, ...]:
    return tuple(make_claim(claim) for claim in taken.claims)
