"""The queue as a whole: its numbers, pauses and limits; and who works."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, get, post, put

from gonogo.jobs import commands
from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.schemas import EVERYTHING, Limit
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import Unavailable
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.phrasing import in_words

PAUSABLE = in_words(r"^(\*|[A-Za-z0-9][A-Za-z0-9._:/-]*)$", "a type of job, or * for the whole queue")
Ask = Request[Actor, Any, Any]


class Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A type of job; ``*`` is the whole queue."""

    type: Annotated[str, msgspec.Meta(max_length=200, pattern=PAUSABLE)] = EVERYTHING


class QueueController(Controller):
    """Numbers, pauses, limits."""

    path = "/api/queue"
    opt = declare_scope("admin")
    tags = ("jobs",)

    @get("/metrics", opt=declare_scope("metrics:read"))
    async def read_metrics(self, kernel: Kernel) -> dict[str, Any]:
        """The queue in numbers, as of this moment."""
        desk = kernel.get_part(JobsDesk)
        stats = msgspec.structs.asdict(await desk.queue.stats())
        rates = {
            "failure_rate": desk.measures.read_failure_rate(),
            "throughput_per_s": round(desk.measures.read_throughput(), 3),
        }
        return success(stats | rates)

    @post("/pause", status_code=200)
    async def pause(self, data: Which, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Hand out no more jobs of a type, or none at all; what runs goes on."""
        await commands.pause_queue(kernel, request.user, data.type)
        return await self._list_paused(kernel)

    @post("/resume", status_code=200)
    async def resume(self, data: Which, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Take a pause back by the name it was made under."""
        await commands.resume_queue(kernel, request.user, data.type)
        return await self._list_paused(kernel)

    @get("/limits")
    async def list_limits(self, kernel: Kernel) -> dict[str, Any]:
        """Every limit, by key."""
        return success(await kernel.get_part(JobsDesk).queue.limits())

    @put("/limits")
    async def set_limit(self, data: Limit, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Limit how many jobs of a key run at once, or start a second; with neither, lift its limit."""
        await commands.limit_key(kernel, request.user, data)
        return success(data)

    async def _list_paused(self, kernel: Kernel) -> dict[str, Any]:
        """Every pause; ``null`` while the queue does not answer: the order is kept, and holds when it does."""
        try:
            return success({"paused": (await kernel.get_part(JobsDesk).queue.stats()).paused})
        except Unavailable:
            return success({"paused": None})


class WorkersController(Controller):
    """Who takes jobs."""

    path = "/api/workers"
    opt = declare_scope("admin")
    tags = ("jobs",)

    @get("/")
    async def list_workers(self, kernel: Kernel) -> dict[str, Any]:
        """Every worker that was heard of within the hour."""
        return success(await kernel.get_part(JobsDesk).queue.workers())
