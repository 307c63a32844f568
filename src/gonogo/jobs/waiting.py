"""Why a job that is ready does not run: what people ask first."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gonogo.jobs.queue import Queue
from gonogo.jobs.schemas import EVERYTHING, JobView, Limit, WorkerView
from gonogo.kernel.errors import Unavailable


async def explain_wait(queue: Queue, view: JobView) -> JobView:
    """The job with what it waits for, if it is ready."""
    if view.state != "ready":
        return view
    try:
        paused = (await queue.stats()).paused
        why = tell_pause(view, paused) or tell_workers(view, await queue.workers())
        why = why or tell_turn(view, await queue.limits())
    except Unavailable as error:
        why = f"The queue does not answer. {error.detail}"
    return msgspec.structs.replace(view, waits_for=why)


def tell_pause(view: JobView, paused: Sequence[str]) -> str:
    """Whether somebody has paused it."""
    if EVERYTHING in paused:
        return "The queue is paused. `gonogo jobs resume` takes that back."
    if view.type in paused:
        return f"Jobs of the type '{view.type}' are paused. `gonogo jobs resume {view.type}` takes that back."
    return ""


def tell_workers(view: JobView, workers: Sequence[WorkerView]) -> str:
    """Whether nobody is there who can do it, or nobody has a hand free."""
    offers = [frozenset(each.worker.capabilities) for each in workers if each.alive]
    type_, needs = f"type={view.type}", frozenset(view.needs)
    of_type = [offered for offered in offers if type_ in offered]
    if not of_type:
        return f"No worker does '{view.type}' jobs now. `gonogo worker` starts one, `gonogo jobs workers` lists them."
    if not any(needs <= offered for offered in of_type):
        lacking = min([sorted(needs - offered) for offered in of_type], key=len)
        told = f"No worker that does '{view.type}' jobs offers {', '.join(lacking)}"
        return f"{told}. `gonogo jobs workers` says what each can do."
    able = [each for each in workers if each.alive and {type_, *needs} <= set(each.worker.capabilities)]
    if all(each.running >= each.worker.concurrency for each in able):
        return "Every worker that can do it is busy."
    return ""


def tell_turn(view: JobView, limits: Sequence[Limit]) -> str:
    """Whether its limit or its lane holds it back."""
    limited = any(limit.key == view.limit_key for limit in limits)
    if limited and view.lane:
        return f"It waits for its turn in the lane '{view.lane}', or under the limit of '{view.limit_key}'."
    if limited:
        return f"It waits for its turn under the limit of '{view.limit_key}'. `gonogo jobs limits` lists them."
    return f"It waits for its turn in the lane '{view.lane}'." if view.lane else ""
