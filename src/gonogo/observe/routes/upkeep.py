"""Upkeep by hand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, Request, post

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.observe.commands.upkeep import aggregate, clean, verify
from gonogo.observe.routes.live import PATH

Hours = Annotated[int, msgspec.Meta(ge=1, le=24 * 366)]


class Cleaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days to keep of raw history and rows, else as the knobs say; ``dry_run`` only counts, ``vacuum`` shrinks."""

    days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = None
    dry_run: bool = False
    vacuum: bool = False


class Adding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which hours to add up, and whether into days."""

    hours: Hours = 2
    period: Literal["hourly", "daily"] = "hourly"


class Proving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many hours back to look; without, all that are kept."""

    hours: Hours | None = None


class UpkeepController(Controller):
    """What otherwise happens by the clock."""

    path = PATH
    opt = declare_scope("admin")
    tags = ("observability",)

    @post("/cleanup", status_code=200)
    async def clean_up(self, data: Cleaning, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Drop history older than it is kept; a raw hour goes only when its roll-ups prove to say the same."""
        cleaned = await clean(kernel, request.user, days=data.days, dry_run=data.dry_run, vacuum=data.vacuum)
        return success(cleaned)

    @post("/aggregate", status_code=200)
    async def add_up(self, data: Adding, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Write ``metric_aggregations`` for the last hours, or for their days."""
        return success({"rows": await aggregate(kernel, request.user, data.hours, data.period)})

    @post("/verify", status_code=200)
    async def prove(self, data: Proving, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Hold sealed hours and days against their roll-ups, number by number."""
        return success(await verify(kernel, request.user, hours=data.hours))
