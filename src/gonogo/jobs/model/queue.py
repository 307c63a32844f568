"""The reference queue's other half: orders, upkeep, reads."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gonogo.jobs.model.rows import Row, Timer, show_row
from gonogo.jobs.model.work import MemoryWork
from gonogo.jobs.rules import FORGET_WORKER_S, LEASE_S, find_last_firing, find_next_firing, from_ms, to_ms
from gonogo.jobs.schemas import (
    EVERYTHING,
    LIVE,
    WAITING,
    Firing,
    JobFilter,
    JobView,
    Limit,
    Schedule,
    ScheduleView,
    Stats,
    Swept,
    TypeStats,
    WorkerView,
)
from gonogo.kernel.ids import new_id


class MemoryQueue(MemoryWork):
    """``Queue`` over dictionaries. Every method without a wait is one indivisible step."""

    async def cancel(self, ids: Sequence[str], why: str = "") -> tuple[str, ...]:
        """See ``Queue.cancel``."""
        rows = [row for row in map(self._rows.get, dict.fromkeys(ids)) if row is not None]
        live = [row for row in rows if row.state in LIVE]
        for row in live:
            row.fence, row.error = row.fence + 1, why
            self._end(row, "cancelled")
        self._wake()
        return tuple(row.job.id for row in live)

    async def retry(self, ids: Sequence[str]) -> tuple[str, ...]:
        """See ``Queue.retry``."""
        rows = [row for row in map(self._rows.get, dict.fromkeys(ids)) if row is not None]
        retried = tuple(row.job.id for row in rows if self._try_again(row))
        self._wake()
        return retried

    def _try_again(self, row: Row) -> bool:
        ended = row.state in ("dead", "cancelled")
        if not ended and row.state not in WAITING:
            return False
        if ended and self._find_holder(row.job.unique_key) is not None:
            return False
        if ended:
            self._seq += 1
            row.seq = self._seq  # last of its lane
        row.state, row.due, row.attempt, row.ended = "ready", self._now(), 0, None
        row.fence += 1
        return True

    async def pause(self, type: str = EVERYTHING) -> None:
        self._paused.add(type)

    async def resume(self, type: str = EVERYTHING) -> None:
        self._paused.discard(type)
        self._wake()

    async def set_limit(self, limit: Limit) -> None:
        if limit.rate is None and limit.concurrency is None:
            self._limits.pop(limit.key, None)
        else:
            self._limits[limit.key] = limit
        self._wake()

    async def limits(self) -> tuple[Limit, ...]:
        return tuple(self._limits[key] for key in sorted(self._limits))

    async def sweep(self, limit: int = 1000, acknowledged: int = 0) -> Swept:
        """See ``Queue.sweep``."""
        self._notes = [note for note in self._notes if note.seq > acknowledged]
        promoted = self._promote(limit)
        recovered, timed_out = self._recover_lost(limit), self._end_overdue(limit)
        fired, forgotten = self._fire(), self._forget(limit)
        self._wake()
        return Swept(
            promoted=promoted,
            recovered=recovered,
            timed_out=timed_out,
            fired=fired,
            forgotten=forgotten,
            notes=tuple(self._notes[:limit]),
            more=limit in (promoted, recovered, timed_out, forgotten),
        )

    def _recover_lost(self, limit: int) -> int:
        dead = {name for name, member in self._members.items() if not self._is_alive(member.seen)}
        lost = [row for row in self._rows.values() if row.state == "running" and row.worker in dead][:limit]
        for row in lost:
            self._recover(row, f"Worker {row.worker} was not heard of for {LEASE_S:.0f} s.")
        return len(lost)

    def _end_overdue(self, limit: int) -> int:
        running = (row for row in self._rows.values() if row.state == "running")
        overdue = [row for row in running if row.deadline <= self._now()][:limit]
        for row in overdue:
            row.fence, row.error = row.fence + 1, f"It ran for longer than {row.job.timeout_s:g} s."
            self._fail(row, False, None)
        return len(overdue)

    def _fire(self) -> int:
        due = [timer for timer in self._timers.values() if timer.next_at is not None and timer.next_at <= self._now()]
        for timer in due:
            moment = find_last_firing(timer.schedule.cron, self._clock.now())
            job = msgspec.structs.replace(timer.schedule.job, id=new_id(), due=None)
            timer.last_at, timer.last_job = to_ms(moment), self._take_in(job).id
            self._firings.append(Firing(timer.schedule.name, moment, timer.last_job))
            timer.next_at = self._plan(timer.schedule)
        return len(due)

    def _forget(self, limit: int) -> int:
        now = self._now()
        done = (row for row in self._rows.values() if row.state in ("done", "cancelled"))
        old = [row for row in done if row.ended is not None and row.ended + row.job.keep_s * 1000 <= now][:limit]
        for row in old:
            del self._rows[row.job.id]
        for name in [name for name, member in self._members.items() if self._is_stranger(name, member.seen)]:
            del self._members[name]
        return len(old)

    def _is_stranger(self, name: str, seen: int) -> bool:
        return seen + FORGET_WORKER_S * 1000 <= self._now() and not self._list_held(name)

    def _plan(self, schedule: Schedule) -> int | None:
        following = find_next_firing(schedule.cron, self._clock.now())
        return to_ms(following) if schedule.enabled and following is not None else None

    def _is_alive(self, seen: int) -> bool:
        return seen + LEASE_S * 1000 > self._now()

    async def stats(self) -> Stats:
        """See ``Queue.stats``."""
        rows = list(self._rows.values())
        ready = [row for row in rows if row.state == "ready"]
        oldest = min((row.due for row in ready), default=self._now())
        types = tuple(_count_type(name, rows) for name in sorted({row.job.type for row in rows}))
        return Stats(
            ready=len(ready),
            running=sum(row.state == "running" for row in rows),
            waiting=sum(row.state in WAITING for row in rows),
            dead=sum(row.state == "dead" for row in rows),
            oldest_ready_s=(self._now() - oldest) / 1000,
            **{f"{name}_total": count for name, count in self._totals.items()},
            types=tuple(counted for counted in types if counted != TypeStats(type=counted.type)),
            workers=sum(self._is_alive(member.seen) for member in self._members.values()),
            paused=tuple(sorted(self._paused)),
        )

    async def find(self, id: str) -> JobView | None:
        row = self._rows.get(id)
        return None if row is None else show_row(row)

    async def list(self, filter: JobFilter) -> tuple[JobView, ...]:
        found = sorted((row for row in self._rows.values() if _matches(row, filter)), key=lambda row: row.job.id)
        return tuple(show_row(row) for row in reversed(found[-filter.limit :]))

    async def read_log(self, id: str) -> tuple[str, ...]:
        row = self._rows.get(id)
        return () if row is None else tuple(row.lines)

    async def workers(self) -> tuple[WorkerView, ...]:
        return tuple(
            WorkerView(
                worker=member.worker,
                seen_at=from_ms(member.seen),
                alive=self._is_alive(member.seen),
                running=len(self._list_held(name)),
            )
            for name, member in sorted(self._members.items())
        )

    async def put_schedule(self, schedule: Schedule) -> ScheduleView:
        """See ``Queue.put_schedule``."""
        timer = self._timers.get(schedule.name)
        next_at = self._plan(schedule)
        if timer is None:
            timer = self._timers[schedule.name] = Timer(schedule, next_at)
        else:
            kept = timer.schedule.cron == schedule.cron and timer.next_at is not None and schedule.enabled
            timer.next_at = timer.next_at if kept else next_at
            timer.schedule = schedule
        return _show_timer(timer)

    async def drop_schedule(self, name: str) -> bool:
        return self._timers.pop(name, None) is not None

    async def schedules(self) -> tuple[ScheduleView, ...]:
        return tuple(_show_timer(timer) for _, timer in sorted(self._timers.items()))

    async def firings(self, name: str, limit: int = 50) -> tuple[Firing, ...]:
        return tuple(reversed([firing for firing in self._firings if firing.name == name][-limit:]))

    async def close(self) -> None:
        self._wake()


def _matches(row: Row, filter: JobFilter) -> bool:
    return (
        filter.state in (None, row.state)
        and filter.type in (None, row.job.type)
        and filter.parent in (None, row.job.parent)
        and (filter.before is None or row.job.id < filter.before)
    )


def _count_type(type: str, rows: Sequence[Row]) -> TypeStats:
    states = [row.state for row in rows if row.job.type == type]
    return TypeStats(
        type=type,
        ready=states.count("ready"),
        running=states.count("running"),
        waiting=sum(state in WAITING for state in states),
        dead=states.count("dead"),
    )


def _show_timer(timer: Timer) -> ScheduleView:
    return ScheduleView(
        schedule=timer.schedule,
        next_at=None if timer.next_at is None else from_ms(timer.next_at),
        last_at=None if timer.last_at is None else from_ms(timer.last_at),
        last_job=timer.last_job,
    )
