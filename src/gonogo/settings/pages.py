"""The pages of settings: the list with its tabs, one setting, its history, presets and their differences."""

from __future__ import annotations

from collections.abc import Awaitable
from time import perf_counter
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import Problem
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel
from gonogo.settings.commands.history import undo_change
from gonogo.settings.commands.presets import apply_preset, get_preset, preview_preset
from gonogo.settings.commands.values import set_value, unset_value
from gonogo.settings.desk import Desk
from gonogo.settings.figures import read_figures
from gonogo.settings.models import DEFAULT
from gonogo.settings.routes.history import tell_change
from gonogo.settings.routes.presets import summarise
from gonogo.settings.rows import Row, choose_views, list_groups, make_row, tell_value
from gonogo.settings.store.activity import read_analytics
from gonogo.settings.store.reading import list_history, list_presets
from gonogo.settings.text import parse_text
from gonogo.settings.views import Filter, Views

SHOWN = 200
CHANGES = 50
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]
_ELSEWHERE = frozenset({401, 403, 404})


class Place(msgspec.Struct, frozen=True):
    """Where on the page somebody is: the tab, the search, the environment."""

    group: str = ""
    q: str = ""
    env: str = DEFAULT

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        return urlencode({name: value for name, value in msgspec.structs.asdict(self).items() if value != _PLAIN[name]})

    @property
    def suffix(self) -> str:
        """The query with its question mark, or nothing."""
        return f"?{self.query}" if self.query else ""

    def go(self, **other: str) -> str:
        """The address of the page at another tab, search or environment."""
        return f"/settings{msgspec.structs.replace(self, **other).suffix}"


_PLAIN = {"group": "", "q": "", "env": DEFAULT}


class SettingsPages(Controller):
    """``/settings`` and everything under it."""

    path = "/settings"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_settings(
        self, request: PageRequest, kernel: Kernel, group: str = "", q: str = "", env: str = DEFAULT
    ) -> Template:
        """The tabs with their settings, or what a search found."""
        place = Place(group, q.strip(), env)
        name = "settings/_body.html" if _is_fragment(request) else "settings/list.html"
        return Template(name, context=await _list_context(kernel, request, place))

    @get("/history")
    async def show_changes(self, request: PageRequest, kernel: Kernel, env: str = DEFAULT) -> Template:
        """The newest changes of all settings."""
        context = await _history_context(kernel, request, None, env)
        name = "settings/_history.html" if _is_fragment(request) else "settings/history.html"
        return Template(name, context=context)

    @get("/deck")
    async def show_deck(self, request: PageRequest, kernel: Kernel, env: str = DEFAULT) -> Template:
        """The panels beside the list."""
        context = page_context(request, place=Place(env=env), **await _deck_context(kernel, env))
        return Template("settings/_deck.html", context=context)

    @get("/presets/{name:str}")
    async def show_preset(self, name: str, request: PageRequest, kernel: Kernel, env: str = DEFAULT) -> Template:
        """What a preset would change."""
        return await _show_preset(kernel, request, name, env)

    @post("/presets/{name:str}")
    async def apply(
        self, name: str, request: PageRequest, kernel: Kernel, data: Form, env: str = DEFAULT
    ) -> Response[Any]:
        """Apply a preset."""
        desk = kernel.get_part(Desk)
        try:
            await apply_preset(desk, request.user, name, environment=env, why=data.get("why", "").strip())
        except Problem as problem:
            if problem.status in _ELSEWHERE:
                raise
            return await _show_preset(kernel, request, name, env, problem)
        return Redirect(Place(env=env).go(), status_code=303)

    @get("/{key:str}")
    async def show_setting(self, key: str, request: PageRequest, kernel: Kernel, env: str = DEFAULT) -> Template:
        """One setting with its rules and its history."""
        context = await _history_context(kernel, request, key, env)
        return Template("settings/setting.html", context=context | {"row": _make_row(kernel, request, key, env)})

    @get("/{key:str}/row")
    async def show_row(self, key: str, request: PageRequest, kernel: Kernel, env: str = DEFAULT) -> Template:
        """One row of the list."""
        row = _make_row(kernel, request, key, env)
        context = page_context(request, row=row, place=Place(env=env), faulty="", problem=None)
        return Template("settings/_row.html", context=context)

    @get("/{key:str}/history")
    async def show_history(self, key: str, request: PageRequest, kernel: Kernel, env: str = DEFAULT) -> Template:
        """The changes of one setting, for the drawer."""
        return Template("settings/_history.html", context=await _history_context(kernel, request, key, env))

    @post("/{key:str}")
    async def change(self, key: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Save what the form holds."""
        desk, place = kernel.get_part(Desk), _read_place(data)
        definition = desk.get_definition(key)
        value = parse_text(definition.type, data.get("value", "false"), definition.choices)
        version = int(data["version"]) if data.get("version", "").isdecimal() else None
        work = set_value(desk, request.user, key, value, environment=place.env, version=version)
        return await _answer(kernel, request, place, key, work)

    @post("/{key:str}/reset")
    async def reset(self, key: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Back to the default."""
        place = _read_place(data)
        work = unset_value(kernel.get_part(Desk), request.user, key, environment=place.env)
        return await _answer(kernel, request, place, key, work)

    @post("/{key:str}/undo")
    async def undo(self, key: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Take back one change."""
        place = _read_place(data)
        change = int(data["id"]) if data.get("id", "").isdecimal() else None
        work = undo_change(kernel.get_part(Desk), request.user, key, change, environment=place.env)
        return await _answer(kernel, request, place, key, work)


async def _answer(
    kernel: Kernel, request: PageRequest, place: Place, key: str, work: Awaitable[object]
) -> Response[Any]:
    try:
        await work
    except Problem as problem:
        if problem.status in _ELSEWHERE:
            raise
        context = await _list_context(kernel, request, place, problem=problem, faulty=key)
        return Template("settings/list.html", context=context, status_code=problem.status)
    return Redirect(f"{place.go()}#{key}", status_code=303)


async def _list_context(
    kernel: Kernel, request: PageRequest, place: Place, *, problem: Problem | None = None, faulty: str = ""
) -> dict[str, Any]:
    desk, views = kernel.get_part(Desk), kernel.get_part(Views)
    desk.live.check_environment(place.env)
    every = views.list_views(Filter(place.env))
    if place.q:
        started = perf_counter()
        found = desk.index.search(place.q, SHOWN)
        desk.measures.note_search(perf_counter() - started)
        chosen, total = [views.view(hit.key, place.env) for hit in found.hits], found.total
    else:
        chosen = choose_views(every, place.group)
        total = len(chosen)
    return page_context(
        request,
        place=place,
        rows=[make_row(view, request.user) for view in chosen[:SHOWN]],
        total=total,
        count=len(every),
        modified=sum(view.modified for view in every),
        groups=list_groups(every),
        environments=[DEFAULT, *desk.live.environments],
        version=desk.live.version,
        problem=problem,
        faulty=faulty,
        **({} if _is_fragment(request) else await _deck_context(kernel, place.env)),
    )


async def _deck_context(kernel: Kernel, env: str) -> dict[str, Any]:
    live, views = kernel.get_part(Desk).live, kernel.get_part(Views)
    values, now = live.snapshot.view(live.check_environment(env)), kernel.clock.now()
    analytics = await kernel.db.read(lambda tx: read_analytics(tx, now))
    presets = await kernel.db.read(list_presets)
    return {
        "presets": [summarise(preset, values) for preset in presets],
        "refused": [views.view(key, at) for at, key in sorted(live.faults) if at == env and key in live.definitions],
        "figures": read_figures(kernel),
        "analytics": analytics,
    }


async def _history_context(kernel: Kernel, request: PageRequest, key: str | None, env: str) -> dict[str, Any]:
    desk = kernel.get_part(Desk)
    desk.live.check_environment(env)
    definition = desk.get_definition(key) if key is not None else None
    entries = await kernel.db.read(lambda tx: list_history(tx, key=key, environment=env, limit=CHANGES))
    return page_context(
        request,
        key=key,
        definition=definition,
        place=Place(env=env),
        version=desk.live.version,
        changes=[tell_change(desk, entry) for entry in entries],
        tell=tell_value,
        may_change={one.key for one in desk.live.definitions.values() if request.user.may(one.min_role)},
        faulty="",
        problem=None,
    )


async def _show_preset(
    kernel: Kernel, request: PageRequest, name: str, env: str, problem: Problem | None = None
) -> Template:
    desk = kernel.get_part(Desk)
    preset = await get_preset(desk, name)
    definitions = [desk.live.definitions[key] for key in preset.values if key in desk.live.definitions]
    try:
        # Whoever may read settings may see what a preset would do to them.
        differences = await preview_preset(desk, SYSTEM, name, environment=env)
    except Problem as refusal:
        differences, problem = [], refusal
    context = page_context(
        request,
        preset=preset,
        differences=differences,
        problem=problem,
        place=Place(env=env),
        tell=tell_value,
        can_apply=all(request.user.may(one.min_role) for one in definitions),
    )
    template = "settings/_preset.html" if _is_fragment(request) else "settings/preset.html"
    return Template(template, context=context, status_code=problem.status if problem else 200)


def _make_row(kernel: Kernel, request: PageRequest, key: str, env: str) -> Row:
    desk = kernel.get_part(Desk)
    desk.live.check_environment(env)
    desk.get_definition(key)
    return make_row(kernel.get_part(Views).view(key, env), request.user)


def _read_place(data: dict[str, str]) -> Place:
    return Place(data.get("group", ""), data.get("q", ""), data.get("env", "") or DEFAULT)


def _is_fragment(request: PageRequest) -> bool:
    return request.headers.get("hx-request") == "true"
