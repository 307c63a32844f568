"""REST of services: thin; everything is checked in the commands."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, get, post
from litestar.params import Parameter

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.phrasing import in_words
from gonogo.services.commands.scaling import restart_service, scale_service
from gonogo.services.commands.starting import start_services, stop_services
from gonogo.services.commands.swapping import roll_back, swap_service
from gonogo.services.foreign.board import ForeignBoard
from gonogo.services.keepers import Keepers
from gonogo.services.loglines import MOST_LINES, cut_text, read_after, read_end
from gonogo.services.schemas import Names, ScaleRequest, SwapRequest
from gonogo.services.store.swaps import find_running, list_swaps
from gonogo.services.store.versions import list_versions
from gonogo.services.versions import describe_version
from gonogo.services.views import view_named, view_services
from gonogo.services.waiting import wait_some

Asking = Request[Actor, Any, Any]
Lines = Annotated[int, Parameter(ge=1, le=MOST_LINES)]
_OFFSET = in_words(r"^\d{1,20}(:\d{1,18})?$", "0, or the next_offset of the part before")
Offset = Annotated[str, Parameter(pattern=_OFFSET)]


class ServicesController(Controller):
    """Services: how they run, and moving them."""

    path = "/api/services"
    opt = declare_scope("admin")
    tags = ("services",)

    @get("/")
    async def list_all(self, kernel: Kernel) -> dict[str, Any]:
        """Every service and tunnel with its processes, in the order in which they start."""
        return success(await view_services(kernel))

    @post("/up", status_code=200)
    async def start(self, request: Asking, kernel: Kernel, data: Names | None = None) -> dict[str, Any]:
        """Start services (all when none is named) and what they need; 409 `port-taken` names who has a port."""
        names = data.names if data else []
        await wait_some(kernel, "start services", start_services(kernel, request.user, names))
        return success(await view_services(kernel))

    @post("/down", status_code=200)
    async def stop(self, request: Asking, kernel: Kernel, data: Names | None = None) -> dict[str, Any]:
        """End services (all when none is named), and before them what needs them."""
        names = data.names if data else []
        await wait_some(kernel, "stop services", stop_services(kernel, request.user, names))
        return success(await view_services(kernel))

    @get("/{name:str}")
    async def read_one(self, name: str, kernel: Kernel) -> dict[str, Any]:
        """One service."""
        return success(await view_named(kernel, name))

    @get("/{name:str}/logs")
    async def read_logs(
        self, name: str, kernel: Kernel, offset: Offset = "0", lines: Lines = 200, search: str = ""
    ) -> dict[str, Any]:
        """The last lines it printed, those that contain `search`, or what came after `offset`."""
        if (runner := kernel.get_part(ForeignBoard).find_runner(name)) is not None:
            return success(cut_text(await runner.read_logs(lines), search))
        keepers = kernel.get_part(Keepers)
        path = keepers.get_folder(keepers.get_definition(name).name).log
        return success(read_end(path, lines, search) if offset == "0" or search else read_after(path, offset))

    @get("/{name:str}/versions")
    async def read_versions(self, name: str, kernel: Kernel) -> dict[str, Any]:
        """Its recorded versions, newest first; of the environment only the names."""
        kernel.get_part(Keepers).get_definition(name)
        found = await kernel.db.read(lambda tx: list_versions(tx, name))
        return success([describe_version(version) for version in found])

    @get("/{name:str}/swaps")
    async def read_swaps(self, name: str, kernel: Kernel) -> dict[str, Any]:
        """Its newest swaps and rollbacks."""
        return success(await kernel.db.read(lambda tx: list_swaps(tx, name)))

    @post("/{name:str}/restart", status_code=200)
    async def restart(self, name: str, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """End and start its processes, one after the other."""
        await wait_some(kernel, f"restart {name}", restart_service(kernel, request.user, name))
        return success(await view_named(kernel, name))

    @post("/{name:str}/scale", status_code=200)
    async def scale(self, name: str, data: ScaleRequest, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Give it so many processes."""
        await scale_service(kernel, request.user, name, data.replicas)
        return success(await view_named(kernel, name))

    @post("/{name:str}/swap", status_code=200)
    async def swap(self, name: str, request: Asking, kernel: Kernel, data: SwapRequest | None = None) -> dict[str, Any]:
        """Put a version in place of the active one; still `running` when that takes long."""
        move = swap_service(kernel, request.user, name, data or SwapRequest())
        swap = await wait_some(kernel, f"swap {name}", move)
        return success(swap or await kernel.db.read(lambda tx: find_running(tx, name)))

    @post("/{name:str}/rollback", status_code=200)
    async def roll_back(self, name: str, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Put the version back that was in service before; still `running` when that takes long."""
        swap = await wait_some(kernel, f"roll back {name}", roll_back(kernel, request.user, name))
        return success(swap or await kernel.db.read(lambda tx: find_running(tx, name)))
