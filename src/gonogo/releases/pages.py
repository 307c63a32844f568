"""The pages of runs: the list, one run with its live parts, its source, its journal, one item with its evidence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.errors import BadInput, Problem
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel
from gonogo.releases import commands, store
from gonogo.releases.actions.load.loads import Loads
from gonogo.releases.deciding.people import Team, describe_four_eyes
from gonogo.releases.plan import Item
from gonogo.releases.record.ledger import Ledger, Run
from gonogo.releases.record.signing import Signer
from gonogo.releases.record.team import load_team
from gonogo.releases.record.verify import check_record, make_trust
from gonogo.releases.schemas import Act
from gonogo.releases.views.board import READY
from gonogo.releases.views.charts import draw_chart
from gonogo.releases.views.lines import draw_line
from gonogo.releases.views.plan import align_rows, tell_item
from gonogo.releases.views.run import Viewer
from gonogo.releases.views.traffic import MOVED, Traffic, draw_traffic

PAGE = 30
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]
Command = Callable[[Kernel, Actor, str, str, Act], Awaitable[Run]]

_ON_ITEM: dict[str, Command] = {
    "tick": commands.tick_item,
    "sign": commands.sign_item,
    "skip": commands.skip_item,
    "retry": commands.retry_item,
    "take_over": commands.take_over,
    "choose": commands.choose_item,
    "recover": commands.resolve_unknown,
    "go": commands.decide_gate,
    "no_go": commands.decide_gate,
    "hold": commands.decide_gate,
}
_DECISIONS = frozenset({"go", "no_go", "hold"})
_ELSEWHERE = frozenset({401, 403, 404})


class RunPages(Controller):
    """``/releases`` and everything under one run."""

    path = "/releases"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_runs(self, request: PageRequest, kernel: Kernel, cursor: str | None = None) -> Template:
        """All runs, newest first."""
        ledger = kernel.get_part(Ledger)
        runs = await kernel.db.read(
            lambda tx: [ledger.get(tx, each.id) for each in store.list_runs(tx, before=cursor, limit=PAGE + 1)]
        )
        lines = [draw_line(run.row, run.course, run.state) for run in runs[:PAGE]]
        older = f"/releases?cursor={lines[-1].id}" if len(runs) > PAGE else None
        name = "releases/_runs.html" if _is_fragment(request) else "releases/list.html"
        ready = [] if lines else (await kernel.db.read(store.list_checklists))[:READY]
        return Template(name, context=page_context(request, runs=lines, older=older, ready=ready))

    @get("/{id:str}")
    async def show_run(self, id: str, request: PageRequest, kernel: Kernel, phase: str | None = None) -> Template:
        """The run as it is now."""
        run, team = await _get_run(kernel, id)
        context = _run_context(kernel, request, run, team, "run", phase=phase) | {
            "traffic": await _find_traffic(kernel, id)
        }
        return Template("releases/run.html", context=context)

    @get("/{id:str}/traffic")
    async def show_traffic(self, id: str, request: PageRequest, kernel: Kernel) -> Template:
        """The requests of the run's load, second by second; nothing where none were measured."""
        run, _team = await _get_run(kernel, id)
        context = page_context(request, run=run.row, traffic=await _find_traffic(kernel, id))
        return Template("releases/_traffic.html", context=context)

    @get("/{id:str}/live")
    async def show_live(self, id: str, request: PageRequest, kernel: Kernel, phase: str | None = None) -> Template:
        """The parts of the run's page that change, each to be put in its place."""
        run, team = await _get_run(kernel, id)
        return Template("releases/_live.html", context=_run_context(kernel, request, run, team, "run", phase=phase))

    @get("/{id:str}/source")
    async def show_source(self, id: str, request: PageRequest, kernel: Kernel) -> Template:
        """The document beside what became of every line."""
        run, team = await _get_run(kernel, id)
        viewer = Viewer(run.course, run.state, request.user, team)
        context = _run_context(kernel, request, run, team, "source") | {
            "rows": align_rows(run.course.plan, run.row["markdown"].encode()),
            "states": {item.id: viewer.view_item(item) for item in run.course.items.values()},
            "meaning_title": "What became of it",
        }
        name = "releases/_aligned.html" if _is_fragment(request) else "releases/source.html"
        return Template(name, context=context)

    @get("/{id:str}/journal")
    async def show_journal(self, id: str, request: PageRequest, kernel: Kernel) -> Template:
        """Every entry, and whether the chain of hashes holds."""
        run, team = await _get_run(kernel, id)
        entries = await kernel.db.read(lambda tx: store.list_entries(tx, id))
        verification = await check_record(kernel, id, make_trust(kernel.get_part(Signer)))
        texts = {item.id: (item.command or item.text) for item in run.course.items.values()}
        context = _run_context(kernel, request, run, team, "journal")
        context |= {"entries": entries, "verification": verification, "texts": texts}
        name = "releases/_journal.html" if _is_fragment(request) else "releases/journal.html"
        return Template(name, context=context)

    @get("/{id:str}/items/{item:str}")
    async def show_item(self, id: str, item: str, request: PageRequest, kernel: Kernel) -> Template:
        """One item with its evidence."""
        run, team = await _get_run(kernel, id)
        context = _run_context(kernel, request, run, team, "item") | _item_context(kernel, request, run, team, item)
        name = "releases/_evidence.html" if _is_fragment(request) else "releases/item.html"
        return Template(name, context=context)

    @post("/{id:str}/items/{item:str}")
    async def act_on_item(self, id: str, item: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Tick, sign, decide, retry, skip, take over, choose."""
        move = data.get("move", "")
        command = _ON_ITEM.get(move)
        if command is None:
            raise BadInput(f"'{move}' is nothing that can be done to an item.", field="move")
        note = data.get("note", "").strip()
        act = Act(note=note, reason=note, decision=move if move in _DECISIONS else None)  # type: ignore[arg-type]
        return await _answer(kernel, request, id, command(kernel, request.user, id, item, act))

    @post("/{id:str}/ticks")
    async def tick_items(self, id: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Tick the selected items, or all that are open in one section, with one note."""
        form = await request.form()
        items = [str(item) for item in form.getall("items", [])]
        if form.get("which") == "all":
            run, team = await _get_run(kernel, id)
            view = Viewer(run.course, run.state, request.user, team).view_run(str(form.get("phase", "")))
            items = [at.item.id for at in view.shown.ticks]
        act = Act(note=str(form.get("note", "")).strip())
        return await _answer(kernel, request, id, commands.tick_items(kernel, request.user, id, items, act))

    @post("/{id:str}/control")
    async def control_run(self, id: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Roll back, stop, resume."""
        move = data.get("move", "")
        if move == "rollback":
            level = data.get("level", "")
            work = commands.request_rollback(kernel, request.user, id, int(level) if level.isdecimal() else None)
        elif move == "stop":
            work = commands.stop_run(kernel, request.user, id, data.get("note", ""))
        elif move == "resume":
            work = commands.resume_run(kernel, request.user, id)
        else:
            raise BadInput(f"'{move}' is nothing that can be done to a release.", field="move")
        return await _answer(kernel, request, id, work)


async def _answer(kernel: Kernel, request: PageRequest, id: str, work: Awaitable[Run]) -> Response[Any]:
    try:
        await work
    except Problem as problem:
        if problem.status in _ELSEWHERE:
            raise
        run, team = await _get_run(kernel, id)
        context = _run_context(kernel, request, run, team, "run", problem=problem)
        context["traffic"] = await _find_traffic(kernel, id)
        return Template("releases/run.html", context=context, status_code=problem.status)
    return Redirect(f"/releases/{id}", status_code=303)


async def _get_run(kernel: Kernel, id: str) -> tuple[Run, Team]:
    ledger = kernel.get_part(Ledger)
    return await kernel.db.read(lambda tx: (ledger.get(tx, id), load_team(tx, kernel.config)))


def _run_context(
    kernel: Kernel,
    request: PageRequest,
    run: Run,
    team: Team,
    view: str,
    *,
    phase: str | None = None,
    problem: Problem | None = None,
) -> dict[str, Any]:
    page = Viewer(run.course, run.state, request.user, team).view_run(phase)
    return page_context(
        request,
        run=run.row,
        state=run.state,
        page=page,
        view=view,
        chosen_phase=phase,
        problem=problem,
        can_control=request.user.may("operator"),
        alone=describe_four_eyes(run.course, run.state),
        series=_find_chart(kernel, page.current.item) if page.current else None,
        traffic=None,
    )


def _item_context(kernel: Kernel, request: PageRequest, run: Run, team: Team, id: str) -> dict[str, Any]:
    item = commands.get_item(run, id)
    viewer = Viewer(run.course, run.state, request.user, team)
    at = msgspec.structs.replace(viewer.view_item(item), output_of=None)
    attempt = at.state.attempt
    output = f"/api/releases/{run.id}/items/{item.id}/output"
    streams = (
        [(name, f"{output}?stream={name}") for name in ("stdout", "stderr")]
        if attempt and (item.command or item.action)
        else []
    )
    return {
        "at": at,
        "told": tell_item(item),
        "streams": streams,
        "related": [viewer.view_item(check) for check in run.course.checks.get(item.id, ())],
        "series": _find_chart(kernel, item),
    }


def _find_chart(kernel: Kernel, item: Item) -> Any:
    return draw_chart(kernel.signals, item.expression, kernel.clock.now()) if item.expression else None


async def _find_traffic(kernel: Kernel, id: str) -> Traffic | None:
    loads = kernel.get_part(Loads).list_of(id)
    if not loads:
        return None
    after = min(load.seq for load in loads)
    return draw_traffic(loads, await kernel.db.read(lambda tx: find_events(tx, names=MOVED, after=after)))


def _is_fragment(request: PageRequest) -> bool:
    return request.headers.get("hx-request") == "true"
