"""The pages of webhooks: how endpoints stand, one endpoint, one delivery with its attempts, what comes in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import NotFound, Problem
from gonogo.kernel.http.pages import page_context
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
from gonogo.webhooks.commands.receiving import get_hook
from gonogo.webhooks.commands.replaying import get_record, replay_deliveries
from gonogo.webhooks.commands.sources import add_source, remove_source
from gonogo.webhooks.commands.types import declare_type, list_all_types, remove_type
from gonogo.webhooks.figures import Figures
from gonogo.webhooks.forms import read_change, read_endpoint, read_source, read_type
from gonogo.webhooks.schemas import DeliveryState, EndpointChange, Replay, Rotation, Source
from gonogo.webhooks.store.deliveries import list_deliveries
from gonogo.webhooks.store.sources import list_hooks, list_sources
from gonogo.webhooks.views import list_standings, read_standing, read_times

SHOWN = 30
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]
_ELSEWHERE = frozenset({401, 403, 404})


class WebhookPages(Controller):
    """``/webhooks`` and everything under it."""

    path = "/webhooks"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_all(self, request: PageRequest, kernel: Kernel) -> Template:
        """Endpoints, the ones in trouble first; the newest deliveries; sources."""
        name = "webhooks/_list.html" if _is_fragment(request) else "webhooks/list.html"
        return Template(name, context=await _list_context(kernel, request))

    @get("/new")
    async def show_form(self, request: PageRequest, kernel: Kernel) -> Template:
        """The form of a new endpoint."""
        return await _show_form(kernel, request)

    @post("/new")
    async def add(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Add an endpoint; its secret is on the answered page, this once."""
        try:
            endpoint, secret = await add_endpoint(kernel, request.user, read_endpoint(data))
        except Problem as problem:
            return await _show_form(kernel, request, problem=_keep_here(problem), typed=data)
        return await _show_endpoint(kernel, request, endpoint.id, secret=secret)

    @get("/types")
    async def show_types(self, request: PageRequest, kernel: Kernel) -> Template:
        """Event types with their schemas."""
        return await _show_types(kernel, request)

    @post("/types")
    async def declare(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Declare a type, or remove one."""
        try:
            if data.get("do") == "remove":
                await remove_type(kernel, request.user, data.get("name", ""))
            else:
                await declare_type(kernel, request.user, read_type(data))
        except Problem as problem:
            return await _show_types(kernel, request, problem=_keep_here(problem), typed=data)
        return Redirect("/webhooks/types", status_code=303)

    @get("/sources")
    async def show_sources(self, request: PageRequest, kernel: Kernel) -> Template:
        """Whose hooks are taken in, and the newest of them."""
        return await _show_sources(kernel, request)

    @post("/sources")
    async def add_source(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Add a source, its generated secret shown this once; or remove one."""
        try:
            if data.get("do") == "remove":
                await remove_source(kernel, request.user, data.get("name", ""))
                return Redirect("/webhooks/sources", status_code=303)
            source, secret = await add_source(kernel, request.user, read_source(data))
        except Problem as problem:
            return await _show_sources(kernel, request, problem=_keep_here(problem), typed=data)
        return await _show_sources(kernel, request, added=source, secret=secret)

    @get("/hooks/{id:str}")
    async def show_hook(self, id: str, request: PageRequest, kernel: Kernel) -> Template:
        """One hook as it came in."""
        record = await kernel.db.read(partial(get_hook, id=id))
        return Template("webhooks/hook.html", context=page_context(request, record=record))

    @get("/deliveries/{id:int}")
    async def show_delivery(self, id: int, request: PageRequest, kernel: Kernel) -> Template:
        """One delivery with its attempts."""
        return await _show_delivery(kernel, request, id)

    @post("/deliveries/{id:int}/replay")
    async def replay(self, id: int, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Send it again."""
        try:
            await replay_deliveries(kernel, request.user, Replay(deliveries=[id]))
        except Problem as problem:
            return await _show_delivery(kernel, request, id, problem=_keep_here(problem))
        return Redirect(f"/webhooks/deliveries/{id}", status_code=303)

    @get("/{id:str}")
    async def show_endpoint(
        self, id: str, request: PageRequest, kernel: Kernel, shown: DeliveryState | None = None
    ) -> Template:
        """One endpoint with its deliveries."""
        return await _show_endpoint(kernel, request, id, shown=shown)

    @post("/{id:str}/change")
    async def change(self, id: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Save what the form holds."""
        try:
            await change_endpoint(kernel, request.user, id, read_change(data))
        except Problem as problem:
            return await _show_endpoint(kernel, request, id, problem=_keep_here(problem), typed=data)
        return Redirect(f"/webhooks/{id}", status_code=303)

    @post("/{id:str}/rotate")
    async def rotate(self, id: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Make a new secret, shown this once."""
        _, secret = await rotate_secret(kernel, request.user, id, Rotation())
        return await _show_endpoint(kernel, request, id, secret=secret)

    @post("/{id:str}/{move:str}")
    async def act(self, id: str, move: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Test, enable, disable, remove, or send again what failed."""
        works: dict[str, Callable[[], Awaitable[Any]]] = {
            "test": lambda: send_test(kernel, request.user, id),
            "enable": lambda: change_endpoint(kernel, request.user, id, EndpointChange(state="active")),
            "disable": lambda: change_endpoint(kernel, request.user, id, EndpointChange(state="disabled")),
            "remove": lambda: remove_endpoint(kernel, request.user, id),
            "replay": lambda: replay_deliveries(kernel, request.user, Replay(endpoint=id)),
        }
        if move not in works:
            raise NotFound(f"An endpoint can't be told to {move}.")
        try:
            await works[move]()
        except Problem as problem:
            return await _show_endpoint(kernel, request, id, problem=_keep_here(problem))
        return Redirect("/webhooks" if move == "remove" else f"/webhooks/{id}", status_code=303)


async def _list_context(kernel: Kernel, request: PageRequest) -> dict[str, Any]:
    figures, standings = kernel.get_part(Figures), await list_standings(kernel)
    return page_context(
        request,
        standings=standings,
        figures=figures,
        lag=max(value for _, value in figures.read_lag()),
        deliveries=await kernel.db.read(partial(list_deliveries, limit=SHOWN)),
        addresses={one.endpoint.id: one.endpoint.url for one in standings},
        sources=await kernel.db.read(list_sources),
    )


async def _show_form(
    kernel: Kernel, request: PageRequest, problem: Problem | None = None, typed: dict[str, str] | None = None
) -> Template:
    types = await list_all_types(kernel)
    context = page_context(request, types=types, problem=problem, typed=typed or {})
    return Template("webhooks/new.html", context=context, status_code=problem.status if problem else 200)


async def _show_types(
    kernel: Kernel, request: PageRequest, problem: Problem | None = None, typed: dict[str, str] | None = None
) -> Template:
    types = await list_all_types(kernel)
    context = page_context(request, types=types, problem=problem, typed=typed or {})
    return Template("webhooks/types.html", context=context, status_code=problem.status if problem else 200)


async def _show_sources(
    kernel: Kernel,
    request: PageRequest,
    *,
    problem: Problem | None = None,
    typed: dict[str, str] | None = None,
    added: Source | None = None,
    secret: str = "",
) -> Template:
    context = page_context(
        request,
        sources=await kernel.db.read(list_sources),
        hooks=await kernel.db.read(partial(list_hooks, limit=SHOWN)),
        problem=problem,
        typed=typed or {},
        added=added,
        secret=secret,
        base=kernel.config.public_url.rstrip("/"),
    )
    name = "webhooks/_sources.html" if _is_fragment(request) else "webhooks/sources.html"
    return Template(name, context=context, status_code=problem.status if problem else 200)


async def _show_endpoint(
    kernel: Kernel,
    request: PageRequest,
    id: str,
    *,
    shown: DeliveryState | None = None,
    problem: Problem | None = None,
    typed: dict[str, str] | None = None,
    secret: str = "",
) -> Template:
    endpoint = await kernel.db.read(partial(get_endpoint, id=id))
    context = page_context(
        request,
        endpoint=endpoint,
        standing=await kernel.db.read(partial(read_standing, endpoint=endpoint)),
        times=await kernel.db.read(partial(read_times, id=id)),
        deliveries=await kernel.db.read(partial(list_deliveries, endpoint=id, state=shown, limit=SHOWN)),
        shown=shown,
        public_key=await read_key(kernel, request.user, id),
        problem=problem,
        typed=typed,
        secret=secret,
    )
    name = "webhooks/_endpoint.html" if _is_fragment(request) else "webhooks/endpoint.html"
    return Template(name, context=context, status_code=problem.status if problem else 200)


async def _show_delivery(kernel: Kernel, request: PageRequest, id: int, problem: Problem | None = None) -> Template:
    record = await kernel.db.read(partial(get_record, id=id))
    context = page_context(request, record=record, body=_indent(record.body), problem=problem)
    name = "webhooks/_delivery.html" if _is_fragment(request) else "webhooks/delivery.html"
    return Template(name, context=context, status_code=problem.status if problem else 200)


def _indent(body: str) -> str:
    return msgspec.json.format(body.encode(), indent=2).decode()


def _keep_here(problem: Problem) -> Problem:
    """The problem, to be shown on the page itself; one that is the whole page's is raised."""
    if problem.status in _ELSEWHERE:
        raise problem
    return problem


def _is_fragment(request: PageRequest) -> bool:
    return request.headers.get("hx-request") == "true"
