"""A process that goes through every transition once, until a fault ends it: ``python -m tests.faults.victim STAGE``."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import msgspec

from gonogo.jobs.queue import Queue
from gonogo.jobs.schemas import Claim, Job, Progress, Result, Worker
from gonogo.kernel.ids import new_id
from tests.faults.diary import Diary
from tests.faults.stage import Stage, open_stage

NOOP = ("type=noop",)
NAME = "victim"


async def live(queue: Queue, diary: Diary) -> None:
    """Every transition: enqueue, claim, beat, finish, fail, cancel, retry, sweep, leave."""
    await queue.register(Worker(id=NAME, capabilities=NOOP))
    jobs = [Job(type="noop", backoff=(0.0,), max_attempts=9) for _ in range(8)]
    for accepted in await queue.enqueue(jobs):
        diary.write("accepted", accepted.id)
    first, second, third, *held = await queue.claim(NAME, NOOP, 5, new_id())
    await queue.beat(NAME, [Progress(id=claim.id, fence=claim.fence, fraction=0.5) for claim in (first, second, *held)])
    await report(queue, diary, [first], claim_n=1)
    await report(queue, diary, [second], outcome="failed")
    diary.write("cancelling", third.id)
    await queue.cancel([third.id])
    await queue.retry([third.id, second.id])
    await queue.sweep()
    await report(queue, diary, held[:1])
    await queue.leave(NAME)


async def report(
    queue: Queue, diary: Diary, claims: list[Claim], claim_n: int = 0, outcome: str = "done", worker: str = NAME
) -> tuple[Claim, ...]:
    """Finish and write down the verdicts; an attempt that failed may be followed by others."""
    results = [msgspec.convert({"id": c.id, "fence": c.fence, "outcome": outcome}, Result) for c in claims]
    finished = await queue.finish(worker, results, claim_n, NOOP, new_id())
    for claim, verdict in zip(claims, finished.verdicts, strict=True):
        if outcome == "done" or verdict == "stale":
            diary.write(verdict, claim.id, claim.fence)
    return finished.claims


async def freeze(queue: Queue, diary: Diary) -> None:
    """Claim, sleep through the lease as a suspended machine would, then report."""
    claims = await queue.claim(NAME, NOOP, 5, new_id())
    os.kill(os.getpid(), signal.SIGSTOP)
    await report(queue, diary, [*claims])


async def main(stage: Stage, role: str) -> None:
    async with open_stage(stage) as queue:
        await (freeze if role == "freeze" else live)(queue, Diary(Path(stage.folder) / "diary"))


if __name__ == "__main__":
    asyncio.run(main(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Stage), sys.argv[2]))
