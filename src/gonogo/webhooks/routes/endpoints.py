"""Endpoints: who is told of what."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Controller, Request, delete, get, patch, post

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.commands.endpoints import (
    add_endpoint,
    change_endpoint,
    get_endpoint,
    read_key,
    remove_endpoint,
    rotate_secret,
)
from gonogo.webhooks.commands.events import send_test
from gonogo.webhooks.schemas import EndpointChange, NewEndpoint, Rotation
from gonogo.webhooks.views import list_standings


class EndpointsController(Controller):
    """Endpoints of webhooks."""

    path = "/api/webhooks/endpoints"
    opt = declare_scope("admin")
    tags = ("webhooks",)

    @get("/")
    async def list_all(self, kernel: Kernel) -> dict[str, Any]:
        """Every endpoint, failing ones first, with how its last day went."""
        return success(await list_standings(kernel))

    @post("/", opt={"secret_answer": True})
    async def add(self, data: NewEndpoint, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Add an endpoint; what verifies its signatures is in the answer as ``secret``, this once."""
        endpoint, secret = await add_endpoint(kernel, request.user, data)
        return success(endpoint, secret=secret)

    @get("/{id:str}")
    async def read(self, id: str, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """One endpoint; ``public_key`` when it is signed for with ed25519."""
        endpoint = await kernel.db.read(partial(get_endpoint, id=id))
        return success(endpoint, public_key=await read_key(kernel, request.user, id))

    @patch("/{id:str}")
    async def change(
        self, id: str, data: EndpointChange, request: Request[Actor, Any, Any], kernel: Kernel
    ) -> dict[str, Any]:
        """Change what is given; ``state`` enables and disables."""
        return success(await change_endpoint(kernel, request.user, id, data))

    @delete("/{id:str}", status_code=200)
    async def remove(self, id: str, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Remove it; what waits for it is given up."""
        return success({"id": id, "cancelled": await remove_endpoint(kernel, request.user, id)})

    @post("/{id:str}/rotate", status_code=200, opt={"secret_answer": True})
    async def rotate(
        self, id: str, request: Request[Actor, Any, Any], kernel: Kernel, data: Rotation | None = None
    ) -> dict[str, Any]:
        """Make a new secret, in the answer this once; the old one signs too until the overlap is over."""
        endpoint, secret = await rotate_secret(kernel, request.user, id, data or Rotation())
        return success(endpoint, secret=secret)

    @post("/{id:str}/test", status_code=202)
    async def test(self, id: str, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Send a test event."""
        return success(await send_test(kernel, request.user, id))
