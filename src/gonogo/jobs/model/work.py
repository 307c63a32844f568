"""The reference queue's heart: enqueue, claim, beat, finish."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.jobs.bell import Bell
from gonogo.jobs.model.rows import Member, Row, Timer, add_lines, make_claim, note_progress
from gonogo.jobs.rules import (
    LEASE_S,
    charge_starts,
    choose_pools,
    count_starts,
    find_backoff_ms,
    from_ms,
    name_pool,
    read_pause_ms,
    to_ms,
)
from gonogo.jobs.schemas import (
    LIVE,
    WAITING,
    Accepted,
    BeatAnswer,
    Claim,
    Finished,
    Firing,
    Job,
    Limit,
    Note,
    Progress,
    Result,
    State,
    Verdict,
    Worker,
)
from gonogo.kernel.clock import Clock

LONGEST_NAP_S = 0.5


class MemoryWork:
    """The half of ``MemoryQueue`` by which jobs come in, are done, and go."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rows: dict[str, Row] = {}
        self._members: dict[str, Member] = {}
        self._paused: set[str] = set()
        self._limits: dict[str, Limit] = {}
        self._free_at: dict[str, int] = {}
        self._timers: dict[str, Timer] = {}
        self._firings: list[Firing] = []
        self._notes: list[Note] = []
        self._note_seq = self._seq = 0
        self._totals = dict.fromkeys(("enqueued", "done", "failed", "dead", "cancelled", "recovered"), 0)
        self._bell = Bell(clock.sleep)

    async def enqueue(self, jobs: Sequence[Job]) -> tuple[Accepted, ...]:
        accepted = tuple(self._take_in(job) for job in jobs)
        self._wake()
        return accepted

    def _take_in(self, job: Job) -> Accepted:
        if job.id in self._rows:
            return Accepted(job.id, created=False)
        if (holder := self._find_holder(job.unique_key)) is not None:
            return Accepted(holder, created=False)
        now = self._now()
        due = now if job.due is None else max(now, to_ms(job.due))
        self._seq += 1
        self._rows[job.id] = Row(job, "scheduled" if due > now else "ready", now, due, self._seq)
        self._totals["enqueued"] += 1
        return Accepted(job.id)

    def _find_holder(self, unique_key: str | None) -> str | None:
        live = (row.job for row in self._rows.values() if row.state in LIVE)
        return next((job.id for job in live if unique_key is not None and job.unique_key == unique_key), None)

    async def register(self, worker: Worker) -> None:
        member = self._members.setdefault(worker.id, Member(worker, 0))
        member.worker, member.seen = worker, self._now()

    async def claim(
        self, worker: str, capabilities: Sequence[str], n: int, nonce: str, wait_s: float = 0.0
    ) -> tuple[Claim, ...]:
        end = self._clock.monotonic() + wait_s
        while True:
            rings = self._bell.count
            claims = self._hand_out(worker, capabilities, n, nonce)
            left = end - self._clock.monotonic()
            if claims or left <= 0:
                return claims
            await self._bell.wait(rings, min(left, LONGEST_NAP_S))

    def _hand_out(self, worker: str, capabilities: Sequence[str], n: int, nonce: str) -> tuple[Claim, ...]:
        member = self._meet(worker)
        if nonce and nonce == member.nonce:
            held = [(self._rows.get(job_id), fence) for job_id, fence in member.batch]
            return tuple(
                make_claim(row) for row, fence in held if row and row.state == "running" and row.fence == fence
            )
        self._promote(1000)
        claims: list[Claim] = []
        while len(claims) < n and (row := self._find_next(capabilities)) is not None:
            claims.append(self._start(row, worker))
        if claims:
            member.nonce, member.batch = nonce, tuple((claim.id, claim.fence) for claim in claims)
        return tuple(claims)

    def _find_next(self, capabilities: Sequence[str]) -> Row | None:
        ready = [row for row in self._rows.values() if row.state == "ready"]
        chosen = set(choose_pools({name_pool(row.job) for row in ready}, capabilities, self._paused))
        able = [row for row in ready if name_pool(row.job) in chosen and self._is_head(row) and self._has_room(row)]
        return min(able, key=lambda row: row.order, default=None)

    def _is_head(self, row: Row) -> bool:
        """Whether no live job of its lane came before."""
        others = (other for other in self._rows.values() if other.state in LIVE and other.job.lane == row.job.lane)
        return row.job.lane is None or min(other.seq for other in others) == row.seq

    def _has_room(self, row: Row) -> bool:
        key = row.job.limit_key
        limit = None if key is None else self._limits.get(key)
        if key is None or limit is None:
            return True
        running = sum(other.state == "running" and other.job.limit_key == key for other in self._rows.values())
        starts = count_starts(limit, self._now(), self._free_at.get(key, 0))
        return (limit.concurrency is None or running < limit.concurrency) and starts != 0

    def _start(self, row: Row, worker: str) -> Claim:
        key = row.job.limit_key
        if key is not None and key in self._limits:
            self._free_at[key] = charge_starts(self._limits[key], self._now(), self._free_at.get(key, 0), 1)
        row.state, row.worker, row.started = "running", worker, self._now()
        row.fence, row.attempt = row.fence + 1, row.attempt + 1
        row.fraction, row.message = None, ""
        return make_claim(row)

    async def beat(self, worker: str, running: Sequence[Progress]) -> BeatAnswer:
        """See ``Queue.beat``."""
        self._meet(worker)
        told = {progress.id for progress in running}
        cancelled, lost = [], []
        for progress in running:
            row = self._rows.get(progress.id)
            if row is not None and row.state == "running" and row.fence == progress.fence:
                note_progress(row, progress)
            elif row is not None and row.state == "cancelled":
                cancelled.append(progress.id)
            else:
                lost.append(progress.id)
        for row in self._list_held(worker):
            assert row.started is not None  # a held job was handed out
            if row.job.id not in told and row.started + LEASE_S * 1000 <= self._now():
                self._recover(row, "The claim was lost on its way to the worker.")
        return BeatAnswer(cancelled=tuple(cancelled), lost=tuple(lost))

    async def finish(
        self,
        worker: str,
        results: Sequence[Result],
        claim_n: int = 0,
        capabilities: Sequence[str] = (),
        nonce: str = "",
    ) -> Finished:
        """See ``Queue.finish``."""
        self._meet(worker)
        verdicts = tuple(self._record(result) for result in results)
        claims = self._hand_out(worker, capabilities, claim_n, nonce) if claim_n else ()
        self._wake()
        return Finished(verdicts=verdicts, claims=claims)

    def _record(self, result: Result) -> Verdict:
        row = self._rows.get(result.id)
        if row is None or row.fence != result.fence:
            return "stale"
        if row.state != "running":
            return "ok"  # said before: the first word stands
        add_lines(row, result.lines)
        row.error = result.error
        if result.outcome == "done":
            row.value, row.fraction = result.value, 1.0
            self._end(row, "done")
        elif result.outcome == "released":
            row.attempt -= 1
            row.state, row.worker = "ready", None
        else:
            self._fail(row, result.outcome == "dead", result.retry_after)
        return "ok"

    def _fail(self, row: Row, for_good: bool, retry_after: float | None) -> None:
        self._totals["failed"] += 1
        if for_good or row.attempt >= row.job.max_attempts:
            self._end(row, "dead")
        else:
            asked = read_pause_ms(retry_after)
            pause = find_backoff_ms(row.job.backoff, row.attempt) if asked is None else asked
            row.state, row.worker, row.due = "failed", None, self._now() + pause
        self._note(row)

    def _recover(self, row: Row, error: str) -> None:
        """Take a job back from a worker that won't end it; its late report will be stale."""
        row.fence, row.error = row.fence + 1, error
        self._totals["recovered"] += 1
        if row.attempt >= row.job.max_attempts:
            self._fail(row, True, None)
        else:
            row.state, row.worker = "ready", None
            self._wake()

    def _end(self, row: Row, state: State) -> None:
        self._totals[state] += 1
        row.state, row.worker, row.ended = state, None, self._now()
        if state == "done" and row.job.keep_s == 0:
            del self._rows[row.job.id]

    def _note(self, row: Row) -> None:
        self._note_seq += 1
        note = Note(
            seq=self._note_seq,
            id=row.job.id,
            type=row.job.type,
            what="dead" if row.state == "dead" else "failed",
            attempt=row.attempt,
            error=row.error,
            at=from_ms(self._now()),
        )
        self._notes.append(note)

    async def leave(self, worker: str) -> None:
        for row in self._list_held(worker):
            row.state, row.worker, row.fence, row.attempt = "ready", None, row.fence + 1, row.attempt - 1
        self._members.pop(worker, None)
        self._wake()

    # What both halves stand on

    def _meet(self, worker: str) -> Member:
        member = self._members.setdefault(worker, Member(Worker(id=worker), 0))
        member.seen = self._now()
        return member

    def _list_held(self, worker: str) -> list[Row]:
        return [row for row in self._rows.values() if row.state == "running" and row.worker == worker]

    def _promote(self, limit: int) -> int:
        due = [row for row in self._rows.values() if row.state in WAITING and row.due <= self._now()]
        for row in due[:limit]:
            row.state = "ready"
        return len(due[:limit])

    def _now(self) -> int:
        return to_ms(self._clock.now())

    def _wake(self) -> None:
        self._bell.ring()
