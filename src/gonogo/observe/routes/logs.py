"""Watched logs: their counts, and the lines that were kept."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from litestar import Controller, get
from litestar.params import Parameter

from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.observe.commands.logs import get_log
from gonogo.observe.logs.board import LogBoard
from gonogo.observe.logs.views import view_log
from gonogo.observe.routes.live import PATH
from gonogo.observe.store.logs import list_counts, list_excerpts

HOUR_S = 3600
Limit = Annotated[int, Parameter(ge=1, le=1000)]
Level = Literal["error", "warning", "info", "debug", "other"]


class LogsController(Controller):
    """Files that Gonogo follows."""

    path = f"{PATH}/logs"
    opt = declare_scope("admin")
    tags = ("observability",)

    @get("/")
    async def list_all(self, kernel: Kernel) -> dict[str, Any]:
        """Every log with its counts over the last five minutes, and what keeps it from being read."""
        now = kernel.clock.now().timestamp()
        return success([view_log(state, now) for state in kernel.get_part(LogBoard)])

    @get("/{name:str}")
    async def show(self, name: str, kernel: Kernel) -> dict[str, Any]:
        """One log with its counts by the minute of the last hour."""
        state, now = get_log(kernel, name), kernel.clock.now().timestamp()
        query = partial(list_counts, log=name, start=int(now) - HOUR_S, end=int(now) + 1)
        minutes = [
            {"at": at, "levels": levels, "patterns": patterns} for at, levels, patterns in await kernel.db.read(query)
        ]
        return success({**view_log(state, now), "minutes": minutes})

    @get("/{name:str}/excerpts")
    async def list_lines(
        self, name: str, kernel: Kernel, level: Level | None = None, limit: Limit = 100
    ) -> dict[str, Any]:
        """Errors, warnings and lines with a pattern, newest first."""
        get_log(kernel, name)
        return success(await kernel.db.read(partial(list_excerpts, log=name, level=level, limit=limit)))
