"""The pages of services: all of them with their topology, and one with its processes, log, versions and swaps."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import BadInput, Problem
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel
from gonogo.services.commands.scaling import restart_service, scale_service
from gonogo.services.commands.starting import start_services, stop_services
from gonogo.services.commands.swapping import roll_back, swap_service
from gonogo.services.definition import Definition
from gonogo.services.keepers import Keepers
from gonogo.services.loglines import read_end
from gonogo.services.schemas import SwapRequest, Version
from gonogo.services.spec import Launch
from gonogo.services.store.swaps import list_swaps
from gonogo.services.store.versions import list_versions
from gonogo.services.topology import draw_topology
from gonogo.services.versions import read_launch
from gonogo.services.views import view_named, view_services
from gonogo.services.waiting import wait_some

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]
SWAPS, FOUND = 20, 500
_ELSEWHERE = frozenset({401, 403, 404})


class ServicesPages(Controller):
    """``/services`` and one service below it."""

    path = "/services"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_services(self, request: PageRequest, kernel: Kernel) -> Template:
        """All services as they are now."""
        services = await view_services(kernel)
        name = "services/_list.html" if _is_fragment(request) else "services/list.html"
        return Template(name, context=page_context(request, services=services, topology=draw_topology(services)))

    @get("/{name:str}")
    async def show_service(self, name: str, request: PageRequest, kernel: Kernel, search: str = "") -> Template:
        """One service; with ``search`` what of its log contains that."""
        template = "services/_body.html" if _is_fragment(request) else "services/service.html"
        return Template(template, context=await _service_context(kernel, request, name, search=search.strip()))

    @post("/{name:str}")
    async def act(self, name: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Start, stop, restart, scale, swap, roll back."""
        try:
            await _move(kernel, request.user, name, data)
        except Problem as problem:
            if problem.status in _ELSEWHERE:
                raise
            context = await _service_context(kernel, request, name, problem)
            return Template("services/service.html", context=context, status_code=problem.status)
        return Redirect(f"/services/{name}", status_code=303)


async def _move(kernel: Kernel, actor: Actor, name: str, data: dict[str, str]) -> None:
    move = data.get("move", "")
    if move == "swap":
        version = data.get("version", "").strip() or None
        await wait_some(kernel, f"swap {name}", swap_service(kernel, actor, name, SwapRequest(version=version)))
    elif move == "rollback":
        await wait_some(kernel, f"roll back {name}", roll_back(kernel, actor, name))
    elif move == "up":
        await wait_some(kernel, f"start {name}", start_services(kernel, actor, [name]))
    elif move == "down":
        await wait_some(kernel, f"stop {name}", stop_services(kernel, actor, [name]))
    elif move == "restart":
        await wait_some(kernel, f"restart {name}", restart_service(kernel, actor, name))
    elif move == "scale":
        replicas = data.get("replicas", "")
        if not replicas.isdecimal() or not 1 <= int(replicas) <= 100:
            raise BadInput("'replicas' is a number from 1 to 100.", field="replicas")
        await scale_service(kernel, actor, name, int(replicas))
    else:
        raise BadInput(f"'{move}' is nothing that can be done to a service.", field="move")


async def _service_context(
    kernel: Kernel, request: PageRequest, name: str, problem: Problem | None = None, search: str = ""
) -> dict[str, Any]:
    service = await view_named(kernel, name)
    keepers = kernel.get_part(Keepers)
    definition = keepers.definitions.get(name)
    versions = await kernel.db.read(lambda tx: list_versions(tx, name))
    return page_context(
        request,
        service=service,
        spec=definition.spec if definition else None,
        launch=_find_launch(definition, versions, service.version),
        versions=_list_known(definition, versions, service.version),
        swaps=await kernel.db.read(lambda tx: list_swaps(tx, name, limit=SWAPS)),
        found=read_end(keepers.get_folder(name).log, FOUND, search).text if search and definition else "",
        search=search,
        problem=problem,
        can_move=request.user.may("operator"),
    )


def _find_launch(definition: Definition | None, recorded: list[Version], active: str | None) -> Launch | None:
    """What the version in service is started with; of one that never ran, what gonogo.toml says."""
    running = next((version for version in recorded if version.version == active), None)
    if running is not None:
        return read_launch(running)
    return definition.spec.launch if definition else None


def _list_known(definition: Definition | None, recorded: list[Version], active: str | None) -> list[str]:
    """What a swap may name: the versions of gonogo.toml, then those that ran before; not the one in service."""
    declared = definition.versions if definition else ()
    names = dict.fromkeys([*declared, *(version.version for version in recorded)])
    return [name for name in names if name != active]


def _is_fragment(request: PageRequest) -> bool:
    return request.headers.get("hx-request") == "true"
