"""Hooks of others: where they come in, and who may send them."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from litestar import Controller, MediaType, Request, Response, delete, get, post
from litestar.params import Parameter

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.commands.receiving import get_hook, receive_hook
from gonogo.webhooks.commands.sources import add_source, remove_source
from gonogo.webhooks.schemas import NewSource
from gonogo.webhooks.store.sources import list_hooks, list_sources

MOST_BYTES = 5 * 1024 * 1024
Limit = Annotated[int, Parameter(ge=1, le=500)]


class HooksController(Controller):
    """The way in. Anybody may knock; only what is signed with the source's secret comes in."""

    path = "/hooks"
    tags = ("webhooks",)
    opt = {"public": True}  # noqa: RUF012
    request_max_body_size = MOST_BYTES

    @post("/{source:str}", status_code=200)
    async def receive(self, source: str, request: Request[Any, Any, Any], kernel: Kernel) -> Response[Any]:
        """Take a hook in: verified, kept as it came, told once."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        receipt = await receive_hook(kernel, source, headers, await request.body())
        if receipt.answer is not None:
            return Response(receipt.answer, media_type=MediaType.TEXT)
        hook = receipt.hook
        return Response(success({"id": None if hook is None else hook.id, "duplicate": hook is None}))


class SourcesController(Controller):
    """Whose hooks are taken in, and what they sent."""

    path = "/api/webhooks"
    opt = declare_scope("admin")
    tags = ("webhooks",)

    @get("/sources")
    async def list_all(self, kernel: Kernel) -> dict[str, Any]:
        """Every source by name, with how much it sent."""
        return success(await kernel.db.read(list_sources))

    @post("/sources", opt={"secret_answer": True})
    async def add(self, data: NewSource, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Take somebody's hooks in; a generated secret is in the answer, this once."""
        source, secret = await add_source(kernel, request.user, data)
        return success(source, secret=secret or None)

    @delete("/sources/{name:str}", status_code=200)
    async def remove(self, name: str, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Take its hooks in no more."""
        await remove_source(kernel, request.user, name)
        return success({"name": name})

    @get("/received")
    async def list_received(
        self, kernel: Kernel, source: str | None = None, cursor: str | None = None, limit: Limit = 50
    ) -> dict[str, Any]:
        """Hooks that came in, newest first."""
        found = await kernel.db.read(partial(list_hooks, source=source, before=cursor, limit=limit))
        return success(found, next_cursor=found[-1].id if len(found) == limit else None)

    @get("/received/{id:str}")
    async def read_received(self, id: str, kernel: Kernel) -> dict[str, Any]:
        """One hook with its head and its body."""
        return success(await kernel.db.read(partial(get_hook, id=id)))
