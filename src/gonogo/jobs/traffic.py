"""How many jobs each worker was handed in the last minute, by type: what the edges of the live graph show."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence

import msgspec

from gonogo.jobs.queue import WorkerProtocol
from gonogo.jobs.schemas import BeatAnswer, Claim, Finished, Progress, Result, Worker
from gonogo.kernel.clock import Clock

WINDOW_S = 60.0
PIECE_S = 5.0


class Flow(msgspec.Struct, frozen=True):
    """Where jobs went. ``model`` is the one that a job's payload names, if it names one."""

    worker: str
    type: str
    model: str = ""


class Traffic:
    """Counts in pieces of some seconds, so that a million jobs take no more room than ten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pieces: deque[tuple[float, Counter[Flow]]] = deque()

    def note(self, worker: str, claims: Sequence[Claim]) -> None:
        """A worker was handed these."""
        if claims:
            self._open_piece().update(Flow(worker, claim.type, _read_model(claim)) for claim in claims)

    def read(self) -> Counter[Flow]:
        """Jobs of the last minute."""
        self._drop_old(self._clock.monotonic())
        total: Counter[Flow] = Counter()
        for _, counted in self._pieces:
            total.update(counted)
        return total

    def _open_piece(self) -> Counter[Flow]:
        now = self._clock.monotonic()
        if not self._pieces or now - self._pieces[-1][0] >= PIECE_S:
            self._drop_old(now)
            self._pieces.append((now, Counter()))
        return self._pieces[-1][1]

    def _drop_old(self, now: float) -> None:
        while self._pieces and now - self._pieces[0][0] > WINDOW_S:
            self._pieces.popleft()


class CountedQueue:
    """``WorkerProtocol`` over another one; notes what it hands out, and tells which jobs have news."""

    def __init__(self, queue: WorkerProtocol, traffic: Traffic, tell: Callable[[str], None]) -> None:
        self._queue, self._traffic, self._tell = queue, traffic, tell

    async def register(self, worker: Worker) -> None:
        await self._queue.register(worker)

    async def claim(
        self, worker: str, capabilities: Sequence[str], n: int, nonce: str, wait_s: float = 0.0
    ) -> tuple[Claim, ...]:
        claims = await self._queue.claim(worker, capabilities, n, nonce, wait_s)
        self._traffic.note(worker, claims)
        return claims

    async def beat(self, worker: str, running: Sequence[Progress]) -> BeatAnswer:
        answer = await self._queue.beat(worker, running)
        for progress in running:
            if progress.lines or progress.message or progress.fraction is not None:
                self._tell(progress.id)
        return answer

    async def finish(
        self,
        worker: str,
        results: Sequence[Result],
        claim_n: int = 0,
        capabilities: Sequence[str] = (),
        nonce: str = "",
    ) -> Finished:
        finished = await self._queue.finish(worker, results, claim_n, capabilities, nonce)
        self._traffic.note(worker, finished.claims)
        return finished

    async def leave(self, worker: str) -> None:
        await self._queue.leave(worker)

    async def close(self) -> None:
        await self._queue.close()


def _read_model(claim: Claim) -> str:
    model = claim.payload.get("model", "") if isinstance(claim.payload, dict) else ""
    return model if isinstance(model, str) else ""
