"""Jobs: taking them in, reading them, cancelling and retrying."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import Parameter, QueryParameter

from gonogo.jobs import commands
from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.intake import TYPE, read_jobs
from gonogo.jobs.permissions import check_types
from gonogo.jobs.queue import Queue
from gonogo.jobs.schemas import EVERYTHING, JobFilter, State
from gonogo.jobs.waiting import explain_wait
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.bounds_guard import is_bound
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.phrasing import in_words

Ask = Request[Actor, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=500)]
InState = Annotated[State | None, QueryParameter(name="state")]
"""The name without the annotation is the framework's."""
Text = Annotated[str | None, QueryParameter(pattern=in_words(r"^[^\x00]*$", "text without NUL"))]
CURSOR = in_words(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "the next_cursor of the page before")
Cursor = Annotated[str | None, QueryParameter(pattern=CURSOR)]
Family = Literal["jobs", "tasks"]


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, for the record."""

    why: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which dead jobs: of one type, or all."""

    type: Annotated[str, msgspec.Meta(max_length=200, pattern=TYPE)] | None = None
    family: Family = "jobs"


class JobsController(Controller):
    """People's jobs; with ``family=tasks`` the house's own, to be read and replayed."""

    path = "/api/jobs"
    opt = declare_scope("jobs:enqueue")
    tags = ("jobs",)

    @post("/", opt=declare_scope("jobs:enqueue", "llm:call"))
    async def enqueue(self, data: dict[str, Any], request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Take in one job, or ``{"jobs": [...]}``, all or none. What is answered is committed."""
        accepted = await commands.enqueue_jobs(kernel, request.user, read_jobs(data))
        if "jobs" in data:
            return success(accepted)
        view = await find_queue(kernel, "jobs").find(accepted[0].id)
        return success(view or accepted[0], created=accepted[0].created)

    @get("/")
    async def list_jobs(
        self,
        request: Ask,
        kernel: Kernel,
        in_state: InState = None,
        type: Text = None,
        parent: Text = None,
        cursor: Cursor = None,
        limit: Limit = 50,
        family: Family = "jobs",
    ) -> dict[str, Any]:
        """Jobs, newest first. A key that is bound to types says which one it lists."""
        if is_bound(request.user) and request.user.bound.types:
            await check_types(kernel, request.user, [type or EVERYTHING])
        wanted = JobFilter(state=in_state, type=type, parent=parent, before=cursor, limit=limit + 1)
        found = await find_queue(kernel, family).list(wanted)
        more = found[limit - 1].id if len(found) > limit else None
        return success(found[:limit], next_cursor=more)

    @get("/{id:str}")
    async def read_job(self, id: str, request: Ask, kernel: Kernel, family: Family = "jobs") -> dict[str, Any]:
        """One job, with its progress and result; a ready one with what it waits for."""
        queue = find_queue(kernel, family)
        view = await commands.get_job(queue, id)
        await check_types(kernel, request.user, [view.type])
        return success(await explain_wait(queue, view))

    @get("/{id:str}/log")
    async def read_log(self, id: str, request: Ask, kernel: Kernel, family: Family = "jobs") -> dict[str, Any]:
        """The newest thousand lines of its log."""
        queue = find_queue(kernel, family)
        view = await commands.get_job(queue, id)
        await check_types(kernel, request.user, [view.type])
        return success(await queue.read_log(id))

    @post("/{id:str}/cancel", status_code=200)
    async def cancel_job(self, id: str, request: Ask, kernel: Kernel, data: Reason | None = None) -> dict[str, Any]:
        """Cancel a live job; its worker stops it within a second or two."""
        return success(await commands.cancel_job(kernel, request.user, id, data.why if data else ""))

    @post("/{id:str}/retry", status_code=200)
    async def retry_job(self, id: str, request: Ask, kernel: Kernel, family: Family = "jobs") -> dict[str, Any]:
        """Make a dead, cancelled or waiting job ready now, with all its attempts."""
        return success(await commands.retry_job(kernel, request.user, find_queue(kernel, family), id))

    @post("/replay", status_code=200, opt=declare_scope("admin"))
    async def replay_dead(self, data: Replay, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Make all dead jobs ready again, or those of one type."""
        queue = find_queue(kernel, data.family)
        return success({"replayed": await commands.replay_dead(kernel, request.user, queue, data.type)})


def find_queue(kernel: Kernel, family: Family) -> Queue:
    """The queue of people's jobs, or of the house's tasks."""
    desk = kernel.get_part(JobsDesk)
    return desk.queue if family == "jobs" else desk.house.queue
