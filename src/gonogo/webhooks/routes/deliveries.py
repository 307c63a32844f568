"""Deliveries with their attempts, and sending some again."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from litestar import Controller, Request, get, post
from litestar.params import Parameter, QueryParameter

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.commands.replaying import get_record, replay_deliveries
from gonogo.webhooks.schemas import DeliveryState, Replay
from gonogo.webhooks.store.deliveries import list_deliveries

Limit = Annotated[int, Parameter(ge=1, le=500)]
InState = Annotated[DeliveryState | None, QueryParameter(name="state")]
"""The name without the annotation is the framework's."""
Cursor = Annotated[int | None, QueryParameter(ge=0, le=2**63 - 1)]


class DeliveriesController(Controller):
    """What was sent to whom, and what came of it."""

    path = "/api/webhooks"
    opt = declare_scope("admin")
    tags = ("webhooks",)

    @get("/deliveries")
    async def list_all(
        self,
        kernel: Kernel,
        endpoint: str | None = None,
        in_state: InState = None,
        type: str | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> dict[str, Any]:
        """Newest first; ``cursor`` comes from the page before."""
        query = partial(list_deliveries, endpoint=endpoint, state=in_state, type=type, before=cursor, limit=limit)
        found = await kernel.db.read(query)
        return success(found, next_cursor=str(found[-1].id) if len(found) == limit else None)

    @get("/deliveries/{id:int}")
    async def read(self, id: int, kernel: Kernel) -> dict[str, Any]:
        """One delivery: what was sent, and every attempt with its request, answer and times."""
        return success(await kernel.db.read(partial(get_record, id=id)))

    @post("/replay", status_code=202)
    async def replay(self, data: Replay, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Send again: some deliveries, or those of an endpoint or a time that failed."""
        return success({"replayed": await replay_deliveries(kernel, request.user, data)})
