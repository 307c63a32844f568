"""Environments and what they inherit from."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, delete, get, put

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.settings.commands.environments import delete_environment, put_environment
from gonogo.settings.desk import Desk
from gonogo.settings.live import LiveSettings
from gonogo.settings.models import DEFAULT
from gonogo.settings.schemas import NewEnvironment


class EnvironmentsController(Controller):
    """``default`` and the overlays above it."""

    path = "/api/settings/environments"
    opt = declare_scope("settings:read")
    tags = ("settings",)

    @get("/")
    async def list_all(self, kernel: Kernel) -> dict[str, Any]:
        """Every environment with its parent and how many settings it sets itself."""
        live = kernel.get_part(Desk).live
        return success([_tell(live, name) for name in (DEFAULT, *live.environments)])

    @put("/{name:str}", opt=declare_scope("admin"))
    async def save(
        self, name: str, request: Request[Actor, Any, Any], kernel: Kernel, data: NewEnvironment | None = None
    ) -> dict[str, Any]:
        """Add one, or give it another parent."""
        desk = kernel.get_part(Desk)
        await put_environment(desk, request.user, name, (data or NewEnvironment()).parent)
        return success(_tell(desk.live, name))

    @delete("/{name:str}", status_code=200, opt=declare_scope("admin"))
    async def remove(self, name: str, request: Request[Actor, Any, Any], kernel: Kernel) -> dict[str, Any]:
        """Remove one with its values; the history stays."""
        await delete_environment(kernel.get_part(Desk), request.user, name)
        return success({"name": name})


def _tell(live: LiveSettings, name: str) -> dict[str, Any]:
    own = live.snapshot.get_own(name)
    return {"name": name, "parent": live.environments.get(name), "count": len(own)}
