"""Where agents deliver, and where a host is let go that delivers no more."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, delete, post

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.observe.commands.hosts import forget_host
from gonogo.observe.commands.ingest import take_report
from gonogo.observe.routes.live import PATH
from gonogo.observe.schemas import Report


class IngestController(Controller):
    """Deliveries of agents."""

    path = PATH
    opt = declare_scope("observe:write")
    tags = ("observability",)

    @post("/ingest", status_code=200)
    async def ingest(self, data: Report, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Take a report; sent again, its samples count as duplicates. Says how often to send from now on."""
        return success(await take_report(kernel, request.user, data))

    @delete("/hosts/{host:str}", status_code=200, opt=declare_scope("admin"))
    async def forget(self, host: str, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Take a host off every list; what is stored of it goes with age."""
        await forget_host(kernel, request.user, host)
        return success({"host": host})
