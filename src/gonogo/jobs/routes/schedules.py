"""Schedules: jobs made anew at the moments of a cron expression."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, delete, get, put
from litestar.params import Parameter

from gonogo.jobs import commands
from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.intake import NewSchedule, read_schedule
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel

Ask = Request[Actor, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=500)]


class SchedulesController(Controller):
    """Moments that were missed while nothing ran fire once."""

    path = "/api/queue/schedules"
    opt = declare_scope("admin")
    tags = ("jobs",)

    @get("/")
    async def list_schedules(self, kernel: Kernel) -> dict[str, Any]:
        """Every schedule, by name."""
        return success(await kernel.get_part(JobsDesk).queue.schedules())

    @put("/{name:str}")
    async def save_schedule(self, name: str, data: NewSchedule, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Add or change a schedule."""
        return success(await commands.save_schedule(kernel, request.user, read_schedule(name, data)))

    @delete("/{name:str}", status_code=200)
    async def drop_schedule(self, name: str, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Remove a schedule; jobs it made stay."""
        await commands.drop_schedule(kernel, request.user, name)
        return success({"dropped": name})

    @get("/{name:str}/firings")
    async def list_firings(self, name: str, kernel: Kernel, limit: Limit = 50) -> dict[str, Any]:
        """When it fired, newest first, and which job each firing made."""
        return success(await commands.list_firings(kernel.get_part(JobsDesk).queue, name, limit))
