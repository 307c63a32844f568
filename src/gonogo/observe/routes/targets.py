"""Scrape targets: what is fetched, how often, and how that goes."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Controller, Request, delete, get, post

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.observe.commands.targets import add_target, remove_target
from gonogo.observe.routes.live import PATH
from gonogo.observe.schemas import NewTarget
from gonogo.observe.scrape.scraper import Scraper, Visit
from gonogo.observe.store.targets import list_targets


class TargetsController(Controller):
    """Programs whose Prometheus text becomes signals."""

    path = f"{PATH}/targets"
    opt = declare_scope("admin")
    tags = ("observability",)

    @get("/")
    async def list_all(self, kernel: Kernel) -> dict[str, Any]:
        """Every target with when it was last fetched, how many series it gave, and what went wrong."""
        visits = kernel.get_part(Scraper).visits
        found = []
        for target in await kernel.db.read(list_targets):
            visit = visits.get(target.name, Visit())
            found.append(msgspec.structs.replace(target, last_at=visit.at, series=visit.series, problem=visit.problem))
        return success(found)

    @post("/")
    async def add(self, data: NewTarget, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Fetch an address from now on."""
        return success(await add_target(kernel, request.user, data))

    @delete("/{name:str}", status_code=200)
    async def remove(self, name: str, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Fetch it no more."""
        await remove_target(kernel, request.user, name)
        return success({"name": name})
