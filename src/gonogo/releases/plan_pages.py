"""The pages before a run: bring a checklist, see what was understood of it, approve it and start."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, get_args

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import BadInput, Problem
from gonogo.kernel.http.pages import page_context, render_page
from gonogo.kernel.kernel import Kernel
from gonogo.releases import store
from gonogo.releases.deciding.state import Policy
from gonogo.releases.running import checklists
from gonogo.releases.running.starting import start_run
from gonogo.releases.schemas import ChecklistRequest, ReleaseRequest
from gonogo.releases.views.plan import align_rows, count_certainty, count_kinds, describe_certainty, find_blocking

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]
_ELSEWHERE = frozenset({401, 403, 404})


class PlanPages(Controller):
    """``/releases/new`` and ``/releases/checklists``."""

    path = "/releases"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/new")
    async def show_form(self, request: PageRequest, kernel: Kernel) -> Template:
        """Paste a checklist, name a file, or open one that was read before."""
        return await _show_form(request, kernel, {})

    @post("/checklists")
    async def save_checklist(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Keep the checklist and show its plan."""
        path = data.get("path", "").strip()
        wanted = (
            ChecklistRequest(path=path)
            if path
            else ChecklistRequest(name=data.get("name", "").strip(), markdown=data.get("text", ""))
        )
        try:
            kept = await checklists.save_checklist(kernel, request.user, wanted)
        except Problem as problem:
            if problem.status in _ELSEWHERE and problem.field is None:
                raise
            return await _show_form(request, kernel, data, problem)
        return Redirect(f"/releases/checklists/{kept.id}", status_code=303)

    @get("/checklists/{id:str}")
    async def show_plan(self, id: str, request: PageRequest, kernel: Kernel) -> Response[str]:
        """The document beside what was understood, with the form that starts it."""
        return await _show_plan(request, kernel, id, {})

    @post("/checklists/{id:str}/start")
    async def start_release(self, id: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Approve the plan that was shown and start it."""
        try:
            wanted = _read_request(id, data)
            if request.user.may("approver"):
                await checklists.approve_plan(kernel, request.user, id, data.get("sha256", ""))
            run = await start_run(kernel, request.user, wanted)
        except Problem as problem:
            if problem.status in _ELSEWHERE:
                raise
            return await _show_plan(request, kernel, id, data, problem)
        return Redirect(f"/releases/{run.id}", status_code=303)


async def _show_form(
    request: PageRequest, kernel: Kernel, form: dict[str, str], problem: Problem | None = None
) -> Template:
    context = page_context(request, checklists=await kernel.db.read(store.list_checklists), form=form, problem=problem)
    return Template("releases/new.html", context=context, status_code=problem.status if problem else 200)


async def _show_plan(
    request: PageRequest, kernel: Kernel, id: str, form: dict[str, str], problem: Problem | None = None
) -> Response[str]:
    kept = await checklists.get_checklist(kernel, id)
    document, plan = await checklists.read_checklist_plan(kernel, id)
    rows = await asyncio.to_thread(align_rows, plan, document.text)
    context = page_context(
        request,
        checklist=kept,
        plan=plan,
        rows=rows,
        anchors={line.number: row.number for row in rows for line in row.lines},
        counts=count_kinds(plan),
        certainty=(certainty := count_certainty(plan)),
        certainty_text=describe_certainty(certainty) or "There is nothing to do in it",
        answered=document.adoption is not None,
        blocking=find_blocking(plan.findings),
        meaning_title="What Gonogo understood",
        default_environment=kernel.config.environment,
        form=form,
        problem=problem,
    )
    return await render_page(request, "releases/plan.html", context, problem.status if problem else 200)


def _read_request(checklist: str, data: dict[str, str]) -> ReleaseRequest:
    return ReleaseRequest(
        checklist=checklist,
        sha256=data.get("sha256"),
        variables=_read_variables(data.get("variables", "")),
        env=data.get("environment", "").strip() or None,
        workdir=data.get("workdir", "").strip() or None,
        attended=data.get("attended") == "yes",
        on_no_go=_read_policy(data.get("on_no_go", "")),
    )


def _read_policy(text: str) -> Policy | None:
    if text and text not in get_args(Policy):
        raise BadInput(f"'on_no_go' must be one of {', '.join(get_args(Policy))}.", field="on_no_go")
    return msgspec.convert(text, Policy) if text else None


def _read_variables(text: str) -> dict[str, str]:
    variables: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise BadInput(f"Line {number} of the variables must be NAME=value.", field="variables")
        variables[name.strip()] = value.strip()
    return variables
