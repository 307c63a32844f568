"""What tests of the queue do again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.jobs.queue import Queue
from gonogo.jobs.schemas import Claim, Job, JobView, Result
from gonogo.kernel.ids import new_id

NOOP = ("type=noop",)


def make_jobs(count: int = 1, **details: Any) -> list[Job]:
    return [Job(**{"type": "noop", **details}) for _ in range(count)]


async def add(queue: Queue, **details: Any) -> str:
    """Enqueue one job; its id."""
    (accepted,) = await queue.enqueue(make_jobs(**details))
    return accepted.id


async def take(
    queue: Queue, n: int = 1, worker: str = "w1", capabilities: Sequence[str] = NOOP, nonce: str | None = None
) -> tuple[Claim, ...]:
    return await queue.claim(worker, capabilities, n, nonce or new_id())


async def take_one(queue: Queue, worker: str = "w1", capabilities: Sequence[str] = NOOP) -> Claim:
    (claim,) = await take(queue, 1, worker, capabilities)
    return claim


async def end(queue: Queue, claim: Claim, outcome: Any = "done", worker: str = "w1", **details: Any) -> str:
    """Report how a claim ended; the verdict."""
    result = Result(id=claim.id, fence=claim.fence, outcome=outcome, **details)
    return (await queue.finish(worker, [result])).verdicts[0]


async def get(queue: Queue, id: str) -> JobView:
    view = await queue.find(id)
    assert view is not None
    return view
