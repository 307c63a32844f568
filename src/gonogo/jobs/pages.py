"""The pages of jobs: the queue with its newest jobs and its workers, and one job."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect, Template

from gonogo.jobs import commands
from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.schemas import JobFilter, JobView, State
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.errors import Conflict
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel

SHOWN = 50
TABS: tuple[tuple[str, str], ...] = (
    ("", "All"),
    ("ready", "Ready"),
    ("running", "Running"),
    ("scheduled", "Scheduled"),
    ("failed", "To be tried again"),
    ("dead", "Dead"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
)
PageRequest = Request[Actor, Any, Any]
InState = Annotated[State | None, QueryParameter(name="state")]


class JobsPages(Controller):
    """``/jobs`` and everything under it."""

    path = "/jobs"
    include_in_schema = False

    @get("/")
    async def show_queue(
        self, request: PageRequest, kernel: Kernel, in_state: InState = None, type: str = "", before: str | None = None
    ) -> Template:
        """The queue's numbers, its jobs by state, and its workers."""
        desk = kernel.get_part(JobsDesk)
        wanted = JobFilter(state=in_state, type=type or None, before=before, limit=SHOWN + 1)
        found = await desk.queue.list(wanted)
        context = page_context(
            request,
            stats=await desk.queue.stats(),
            jobs=found[:SHOWN],
            older=found[SHOWN - 1].id if len(found) > SHOWN else None,
            workers=[each for each in await desk.queue.workers() if each.alive],
            schedules=await desk.queue.schedules(),
            throughput=desk.measures.read_throughput(),
            failure_percent=100 * desk.measures.read_failure_rate(),
            in_state=in_state or "",
            type=type,
            tabs=TABS,
        )
        return Template("jobs/_list.html" if _is_fragment(request) else "jobs/list.html", context=context)

    @get("/{id:str}")
    async def show_job(self, id: str, request: PageRequest, kernel: Kernel) -> Template:
        """One job, with its log and result."""
        return await _show(kernel, request, id)

    @post("/{id:str}/cancel")
    async def cancel(self, id: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Cancel it."""
        try:
            await commands.cancel_job(kernel, request.user, id)
        except Conflict as problem:
            return await _show(kernel, request, id, problem)
        return Redirect(f"/jobs/{id}")

    @post("/{id:str}/retry")
    async def retry(self, id: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Make it ready."""
        try:
            await commands.retry_job(kernel, request.user, kernel.get_part(JobsDesk).queue, id)
        except Conflict as problem:
            return await _show(kernel, request, id, problem)
        return Redirect(f"/jobs/{id}")

    @post("/replay")
    async def replay(self, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Make all dead jobs ready."""
        await commands.replay_dead(kernel, request.user, kernel.get_part(JobsDesk).queue, None)
        return Redirect("/jobs")

    @post("/pause")
    async def pause(self, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Hand out no more jobs."""
        await commands.pause_queue(kernel, request.user, "*")
        return Redirect("/jobs")

    @post("/resume")
    async def resume(self, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Take every pause back."""
        for name in (await kernel.get_part(JobsDesk).queue.stats()).paused:
            await commands.resume_queue(kernel, request.user, name)
        return Redirect("/jobs")


async def _show(kernel: Kernel, request: PageRequest, id: str, problem: Conflict | None = None) -> Template:
    queue = kernel.get_part(JobsDesk).queue
    job = await commands.get_job(queue, id)
    context = page_context(
        request,
        job=job,
        log=await queue.read_log(id),
        payload=_format(job.payload),
        result=None if job.value is None else _format(job.value),
        problem=problem,
        moves=_list_moves(job),
    )
    status = 409 if problem is not None else 200
    name = "jobs/_job.html" if _is_fragment(request) else "jobs/job.html"
    return Template(name, context=context, status_code=status)


def _list_moves(job: JobView) -> list[str]:
    moves = {"dead": ["retry"], "cancelled": ["retry"], "failed": ["retry", "cancel"], "scheduled": ["retry", "cancel"]}
    return moves.get(job.state, ["cancel"] if job.state in ("ready", "running") else [])


def _format(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _is_fragment(request: PageRequest) -> bool:
    return "hx-request" in request.headers and "hx-boosted" not in request.headers
