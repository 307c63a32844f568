"""After a fault: healthy processes go on, and what was promised is held against what is there."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

import msgspec

from gonogo.jobs.queue import Queue
from gonogo.jobs.rules import LEASE_S
from gonogo.jobs.schemas import Job
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.errors import Unavailable
from gonogo.kernel.ids import new_id
from tests.faults.diary import Diary
from tests.faults.stage import Stage, open_stage
from tests.faults.victim import NOOP, report

T = TypeVar("T")
AGAIN_S = 0.05


class Finding(msgspec.Struct, frozen=True):
    """What one fault left behind. ``resumed_s`` is from the server's return to the next recorded outcome."""

    backend: str
    fault: str
    accepted: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    complaint: str = ""
    resumed_s: float | None = None

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.complaint)


def make_stage(backend: str, redis: str, postgres: str) -> Stage:
    """A new queue, with an empty database of its own beside it."""
    folder = Path(mkdtemp(prefix="gonogo-fault-"))
    migrate_database(folder / "gonogo.db")
    stage = Stage(backend, str(folder), redis, postgres, "f" + new_id())
    (folder / "stage").write_bytes(msgspec.json.encode(stage))
    return stage


def get_diary(stage: Stage) -> Diary:
    """The diary of everybody on this stage."""
    return Diary(Path(stage.folder) / "diary")


async def judge(stage: Stage, fault: str, complaint: str = "", resumed_s: float | None = None) -> Finding:
    """Let a healthy worker do what is left, one lease later, and look at every accepted job."""
    diary = get_diary(stage)
    async with open_stage(stage, ahead_s=LEASE_S + 1) as queue:
        await work_off(queue, diary)
        lost = [one for one in sorted(diary.list_ids("accepted")) if not await _has_ended(queue, diary, one)]
    accepted = len(diary.list_ids("accepted"))
    shutil.rmtree(stage.folder, ignore_errors=True)
    return Finding(stage.backend, fault, accepted, tuple(lost), tuple(diary.list_doubles()), complaint, resumed_s)


async def work_off(queue: Queue, diary: Diary) -> None:
    """Sweep and work until there is nothing to do."""
    await insist(queue.sweep)
    while claims := await queue.claim("healthy", NOOP, 50, new_id()):
        await report(queue, diary, [*claims], worker="healthy")


async def _has_ended(queue: Queue, diary: Diary, id: str) -> bool:
    view = await queue.find(id)
    if view is None:
        return False
    return view.state == "done" or (view.state == "cancelled" and id in diary.list_ids("cancelling"))


class Load:
    """A producer and two workers that go on through whatever happens, as ``gonogo worker`` does."""

    def __init__(self, queue: Queue, diary: Diary) -> None:
        self._queue, self._diary = queue, diary
        self._over = False
        self.recorded: list[float] = []

    async def run(self, fault: Callable[[], Awaitable[None]]) -> float:
        """Work, meet the fault, work on; seconds from the fault's end to the next recorded outcome."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._produce())
            for number in range(2):
                group.create_task(self._work(f"worker-{number}"))
            group.create_task(self._sweep())
            await self._wait_for_outcome(0.0)
            await fault()
            back = time.monotonic()
            resumed = await self._wait_for_outcome(back) - back
            self._over = True
        return resumed

    async def _wait_for_outcome(self, since: float) -> float:
        end = time.monotonic() + 2 * LEASE_S
        while time.monotonic() < end:
            if self.recorded and self.recorded[-1] > since:
                return self.recorded[-1]
            await asyncio.sleep(AGAIN_S)
        return end

    async def _produce(self) -> None:
        while not self._over:
            jobs = [Job(type="noop", max_attempts=9) for _ in range(20)]
            for accepted in await insist(lambda jobs=jobs: self._queue.enqueue(jobs)):  # type: ignore[misc]
                self._diary.write("accepted", accepted.id)
            await asyncio.sleep(AGAIN_S / 5)

    async def _work(self, name: str) -> None:
        while not self._over:
            nonce = new_id()
            claims = await insist(lambda nonce=nonce: self._queue.claim(name, NOOP, 10, nonce, 0.2))  # type: ignore[misc]
            if claims:
                await insist(lambda claims=claims: report(self._queue, self._diary, [*claims], worker=name))  # type: ignore[misc]
                self.recorded.append(time.monotonic())

    async def _sweep(self) -> None:
        while not self._over:
            await insist(self._queue.sweep)
            await asyncio.sleep(AGAIN_S * 4)


async def insist(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer, however long the queue is away; a minute at most."""
    end = time.monotonic() + 60
    while True:
        try:
            return await ask()
        except Unavailable:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(AGAIN_S)
