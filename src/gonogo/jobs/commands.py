"""What people do with the queue. Each change is written to the event log with who made it.

A request that enqueues leaves one event, however many jobs it brings. Jobs done make none: at thousands a second they
would bury everything else. The queue's totals count them; failures and deaths are told by its upkeep.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.errors import JobEnded, JobNotFound, JobNotRetriable, ScheduleNotFound
from gonogo.jobs.permissions import COMMAND_TYPES, authorise_types, check_types
from gonogo.jobs.queue import Queue
from gonogo.jobs.schemas import (
    EVERYTHING,
    Accepted,
    Firing,
    Job,
    JobFilter,
    JobView,
    Limit,
    Schedule,
    ScheduleView,
)
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel

REPLAYED_AT_ONCE = 500
MOST_NAMED = 20
"""Ids and types that one event names; it always says how many there are."""
NUL = "\0"
"""In no name; some databases would refuse even to look for one."""


async def enqueue_jobs(kernel: Kernel, actor: Actor, jobs: Sequence[Job]) -> tuple[Accepted, ...]:
    """Take jobs in; they are committed when this returns."""
    authorise(actor, "operator")
    permission = authorise_types(actor, jobs)
    await check_types(kernel, actor, (job.type for job in jobs))
    jobs = [msgspec.structs.replace(job, author=actor.name) for job in jobs]
    accepted = await kernel.get_part(JobsDesk).queue.enqueue(jobs)
    data = _describe_enqueued(jobs, accepted)
    if permission is not None:
        data |= {"types": sorted({job.type for job in jobs} & COMMAND_TYPES), "permission": permission}
    await _tell(kernel, "job.command_enqueued" if permission else "job.enqueued", actor, accepted[0].id, data)
    return accepted


async def get_job(queue: Queue, id: str) -> JobView:
    """One job. Raises ``JobNotFound``."""
    view = await queue.find(id) if NUL not in id else None
    if view is None:
        raise JobNotFound(
            f"There is no job '{id}'. A done job is forgotten after a while; `gonogo jobs list` shows those there are."
        )
    return view


async def cancel_job(kernel: Kernel, actor: Actor, id: str, why: str = "") -> JobView:
    """Cancel a live job, also one that runs. Raises ``JobNotFound``, ``JobEnded``."""
    authorise(actor, "operator")
    queue = kernel.get_part(JobsDesk).queue
    view = await get_job(queue, id)
    await check_types(kernel, actor, [view.type])
    if not await queue.cancel([id], why or f"Cancelled by {actor.name}."):
        raise JobEnded(f"Job '{id}' is {view.state} already; there is nothing to cancel.", state=view.state)
    await _tell(kernel, "job.cancelled", actor, id, {"type": view.type, "why": why})
    return await get_job(queue, id)


async def retry_job(kernel: Kernel, actor: Actor, queue: Queue, id: str) -> JobView:
    """Make a dead, cancelled or waiting job ready now. Raises ``JobNotFound``, ``JobNotRetriable``."""
    authorise(actor, "operator")
    view = await get_job(queue, id)
    await check_types(kernel, actor, [view.type])
    if not await queue.retry([id]):
        raise JobNotRetriable(_explain_refusal(view), state=view.state)
    await _tell(kernel, "job.retried", actor, id, {"type": view.type})
    return await get_job(queue, id)


async def replay_dead(kernel: Kernel, actor: Actor, queue: Queue, type: str | None) -> int:
    """Make all dead jobs (of a type) ready; how many were."""
    authorise(actor, "operator")
    replayed, before = 0, None
    while page := await queue.list(JobFilter(state="dead", type=type, before=before, limit=REPLAYED_AT_ONCE)):
        replayed += len(await queue.retry([view.id for view in page]))
        before = page[-1].id
    if replayed:
        await _tell(kernel, "queue.replayed", actor, type or EVERYTHING, {"jobs": replayed})
    return replayed


async def pause_queue(kernel: Kernel, actor: Actor, type: str) -> None:
    """Hand out no more of a type, or nothing at all."""
    authorise(actor, "operator")
    await kernel.get_part(JobsDesk).queue.pause(type)
    await _tell(kernel, "queue.paused", actor, type, {})


async def resume_queue(kernel: Kernel, actor: Actor, type: str) -> None:
    """Take a pause back."""
    authorise(actor, "operator")
    await kernel.get_part(JobsDesk).queue.resume(type)
    await _tell(kernel, "queue.resumed", actor, type, {})


async def limit_key(kernel: Kernel, actor: Actor, limit: Limit) -> None:
    """Limit a key, or lift its limit."""
    authorise(actor, "operator")
    await kernel.get_part(JobsDesk).queue.set_limit(limit)
    await _tell(kernel, "queue.limited", actor, limit.key, {"concurrency": limit.concurrency, "rate": limit.rate})


async def save_schedule(kernel: Kernel, actor: Actor, schedule: Schedule) -> ScheduleView:
    """Add or change a schedule. Raises ``BadCron``."""
    authorise(actor, "operator")
    permission = authorise_types(actor, [schedule.job])
    schedule = msgspec.structs.replace(schedule, job=msgspec.structs.replace(schedule.job, author=actor.name))
    view = await kernel.get_part(JobsDesk).queue.put_schedule(schedule)
    data: dict[str, Any] = {"cron": schedule.cron, "type": schedule.job.type, "enabled": schedule.enabled}
    data |= {"permission": permission} if permission else {}
    await _tell(kernel, "schedule.saved", actor, schedule.name, data)
    return view


async def drop_schedule(kernel: Kernel, actor: Actor, name: str) -> None:
    """Remove a schedule; jobs it made stay. Raises ``ScheduleNotFound``."""
    authorise(actor, "operator")
    if NUL in name or not await kernel.get_part(JobsDesk).queue.drop_schedule(name):
        raise ScheduleNotFound(f"There is no schedule '{name}'. `gonogo jobs schedules list` lists them.")
    await _tell(kernel, "schedule.dropped", actor, name, {})


async def list_firings(queue: Queue, name: str, limit: int) -> tuple[Firing, ...]:
    """When a schedule fired, newest first, also one that was dropped since. Raises ``ScheduleNotFound``."""
    fired = await queue.firings(name, limit) if NUL not in name else ()
    if not fired and name not in {view.schedule.name for view in await queue.schedules()}:
        raise ScheduleNotFound(f"There is no schedule '{name}'. `gonogo jobs schedules list` lists them.")
    return fired


async def _tell(kernel: Kernel, name: str, actor: Actor, subject: str, data: dict[str, Any]) -> None:
    await kernel.db.write(partial(_emit, name=name, subject=subject, data=data, actor=actor))


def _emit(tx: Tx, name: str, subject: str, data: dict[str, Any], actor: Actor) -> None:
    tx.emit(name, subject, data, actor)


def _describe_enqueued(jobs: Sequence[Job], accepted: Sequence[Accepted]) -> dict[str, Any]:
    created = [one.id for one in accepted if one.created]
    types = sorted({job.type for job in jobs})
    return {"types": types[:MOST_NAMED], "jobs": len(created), "ids": created[:MOST_NAMED]}


def _explain_refusal(view: JobView) -> str:
    if view.state in ("dead", "cancelled"):
        return f"Another live job has the unique key '{view.unique_key}'. Cancel that one first, or leave this one."
    told = {"running": "runs", "ready": "waits its turn", "done": "is done"}[view.state]
    return f"Job '{view.id}' {told}; there is nothing to retry."
