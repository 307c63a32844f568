"""Sending events, and the types there are."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, delete, get, post

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.commands.events import send_event
from gonogo.webhooks.commands.types import declare_type, list_all_types, remove_type
from gonogo.webhooks.schemas import NewEvent, NewType


class EventsController(Controller):
    """Events that programs tell."""

    path = "/api/webhooks"
    opt = declare_scope("admin")
    tags = ("webhooks",)

    @post("/events", status_code=202, opt=declare_scope("webhooks:send"))
    async def send(self, data: NewEvent, request: Request[Actor, Any, Any], kernel: Kernel) -> Response[Any]:
        """Tell everybody who wants it. It is on disk when this is answered; the same ``id`` is told once (200)."""
        accepted = await send_event(kernel, request.user, data)
        return Response(success(accepted), status_code=200 if accepted.duplicate else 202)

    @get("/event-types", opt=declare_scope("webhooks:send"))
    async def list_types(self, kernel: Kernel) -> dict[str, Any]:
        """Declared types by name, then Gonogo's own."""
        return success(await list_all_types(kernel))

    @post("/event-types")
    async def declare(self, data: NewType, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Declare a type with the JSON Schema of its data, or give it another schema."""
        await declare_type(kernel, request.user, data)
        return success(data)

    @delete("/event-types/{name:str}", status_code=200)
    async def remove(self, name: str, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Take no more events of this type."""
        await remove_type(kernel, request.user, name)
        return success({"name": name})
