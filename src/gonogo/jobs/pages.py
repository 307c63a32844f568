"""The pages of jobs: the queue with its newest jobs and its workers, and one job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect, Template

from gonogo.jobs import commands
from gonogo.jobs.asset_errors import AssetDamaged, AssetNotFound
from gonogo.jobs.asset_store import list_assets
from gonogo.jobs.assets.commands import verify_asset
from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.errors import BadJob
from gonogo.jobs.intake import read_jobs
from gonogo.jobs.queue import Queue
from gonogo.jobs.schemas import JobFilter, JobView, State
from gonogo.jobs.waiting import explain_wait
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import Conflict, Problem, Unavailable
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
MOST_ASSETS = 50
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]
InState = Annotated[State | Literal[""] | None, QueryParameter(name="state")]
"""Empty means any, as forms and filters leave it."""


class JobsPages(Controller):
    """``/jobs`` and everything under it."""

    path = "/jobs"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_queue(
        self, request: PageRequest, kernel: Kernel, in_state: InState = None, type: str = "", before: str | None = None
    ) -> Template:
        """The queue's numbers, its jobs by state and type, its workers and schedules."""
        wanted = JobFilter(state=in_state or None, type=type or None, before=before or None, limit=SHOWN + 1)
        return await _show_queue(kernel, request, wanted)

    @post("/")
    async def enqueue(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Take in one job from the form."""
        try:
            accepted = await commands.enqueue_jobs(kernel, request.user, read_jobs(_read_form(data)))
        except BadJob as problem:
            return await _show_queue(kernel, request, JobFilter(limit=SHOWN + 1), problem, data)
        return Redirect(f"/jobs/{accepted[0].id}", status_code=303)

    @get("/{id:str}")
    async def show_job(self, id: str, request: PageRequest, kernel: Kernel, prove: bool = False) -> Template:
        """One job, with its log, its result and the files it made; ``prove`` has their statements proved."""
        return await _show(kernel, request, id, prove=prove)

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
    async def replay(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Make all dead jobs ready, or those of one type."""
        await commands.replay_dead(kernel, request.user, kernel.get_part(JobsDesk).queue, data.get("type") or None)
        return Redirect("/jobs", status_code=303)

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


async def _show_queue(
    kernel: Kernel,
    request: PageRequest,
    wanted: JobFilter,
    problem: Problem | None = None,
    asked: dict[str, str] | None = None,
) -> Template:
    desk = kernel.get_part(JobsDesk)
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
        in_state=wanted.state or "",
        type=wanted.type or "",
        before=wanted.before or "",
        tabs=TABS,
        problem=problem,
        asked=defaultdict(str, asked or {}),
    )
    name = "jobs/_list.html" if _is_fragment(request) else "jobs/list.html"
    return Template(name, context=context, status_code=problem.status if problem else 200)


def _read_form(data: dict[str, str]) -> dict[str, Any]:
    """The job that the form describes; a shell job's payload may be the command itself. Raises ``BadJob``."""
    asked: dict[str, Any] = {name: text.strip() for name, text in data.items() if text.strip()}
    payload = asked.get("payload", "{}")
    try:
        asked["payload"] = msgspec.json.decode(payload)
    except msgspec.DecodeError as error:
        if asked.get("type") != "shell":
            raise BadJob(f"The payload is not JSON: {error}.", field="payload") from error
        asked["payload"] = {"command": payload}
    for name in ("max_attempts", "priority"):
        if asked.get(name, "").lstrip("-").isdecimal():
            asked[name] = int(asked[name])
    return asked


async def _show(
    kernel: Kernel, request: PageRequest, id: str, problem: Conflict | None = None, *, prove: bool = False
) -> Template:
    queue = kernel.get_part(JobsDesk).queue
    job = await explain_wait(queue, await commands.get_job(queue, id))
    assets = await kernel.db.read(partial(list_assets, job=id, sha256=None, before=None, limit=MOST_ASSETS))
    context = page_context(
        request,
        job=job,
        log=await _read_log(queue, id),
        payload=_format(job.payload),
        result=None if job.value is None else _format(job.value),
        problem=problem,
        assets=assets,
        proofs={asset.id: await _prove(kernel, asset.id) for asset in assets} if prove else {},
        moves=_list_moves(job),
    )
    status = 409 if problem is not None else 200
    name = "jobs/_job.html" if _is_fragment(request) else "jobs/job.html"
    return Template(name, context=context, status_code=status)


async def _read_log(queue: Queue, id: str) -> Sequence[str]:
    """Its log; without the queue, a line that says so instead of no page at all."""
    try:
        return await queue.read_log(id)
    except Unavailable as error:
        return [f"(The log can't be read now. {error.detail})"]


async def _prove(kernel: Kernel, id: str) -> str:
    """What is wrong with an asset; empty when it is proved."""
    try:
        await verify_asset(kernel, id)
    except (AssetDamaged, AssetNotFound) as problem:
        return problem.detail
    return ""


def _list_moves(job: JobView) -> list[str]:
    moves = {"dead": ["retry"], "cancelled": ["retry"], "failed": ["retry", "cancel"], "scheduled": ["retry", "cancel"]}
    return moves.get(job.state, ["cancel"] if job.state in ("ready", "running") else [])


def _format(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _is_fragment(request: PageRequest) -> bool:
    return "hx-request" in request.headers and "hx-boosted" not in request.headers
