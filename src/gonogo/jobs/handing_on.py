"""Jobs that other rooms ask for: each comes as a task of the house, and goes to the queue of people's workers."""

from __future__ import annotations

import msgspec

from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.schemas import Job
from gonogo.kernel.durable import Attempt, JobAsked


async def hand_on(desk: JobsDesk, attempt: Attempt) -> None:
    """Take the job in under the task's own id: done twice, it is still one job."""
    asked = msgspec.convert(attempt.payload, JobAsked)
    await desk.queue.enqueue([Job(id=attempt.id, type=asked.type, payload=asked.payload)])
