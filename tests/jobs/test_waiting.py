"""Why a job that is ready does not run, in one sentence; empty when it is about to."""

from __future__ import annotations

from typing import Any

import pytest

from gonogo.jobs.model import MemoryQueue
from gonogo.jobs.schemas import Job, Limit, Worker
from gonogo.jobs.waiting import explain_wait
from tests.fake_clock import FakeClock

SHELL = Worker(id="w", concurrency=1, capabilities=("type=shell", "connector=shell"))


async def explain(queue: MemoryQueue, **job: Any) -> str:
    (accepted,) = await queue.enqueue([Job(**{"type": "shell", **job})])
    view = await queue.find(accepted.id)
    assert view is not None
    return (await explain_wait(queue, view)).waits_for


@pytest.fixture
async def queue(clock: FakeClock) -> MemoryQueue:
    queue = MemoryQueue(clock)
    await queue.register(SHELL)
    return queue


async def test_a_job_that_is_about_to_run_waits_for_nothing(queue: MemoryQueue) -> None:
    assert await explain(queue) == ""


async def test_nobody_can_do_it(queue: MemoryQueue, clock: FakeClock) -> None:
    assert (await explain(queue, type="python")).startswith("No worker does 'python' jobs now.")
    assert "offers gpu, model=x." in await explain(queue, needs=("gpu", "connector=shell", "model=x"))
    clock.advance(60)
    assert (await explain(queue)).startswith("No worker does 'shell' jobs now.")


async def test_everybody_is_busy(queue: MemoryQueue) -> None:
    await queue.enqueue([Job(type="shell")])
    await queue.claim("w", SHELL.capabilities, 1, "n")
    assert await explain(queue) == "Every worker that can do it is busy."


async def test_it_is_paused(queue: MemoryQueue) -> None:
    await queue.pause("shell")
    assert "`gonogo jobs resume shell`" in await explain(queue)
    await queue.pause("*")
    assert (await explain(queue)).startswith("The queue is paused.")


async def test_its_turn_has_not_come(queue: MemoryQueue) -> None:
    await queue.set_limit(Limit(key="api", concurrency=0))
    assert "limit of 'api'" in await explain(queue, limit_key="api")
    assert await explain(queue, lane="ann") == "It waits for its turn in the lane 'ann'."
