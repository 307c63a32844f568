"""The page where a checklist's doubts are answered once: by kind, one key each, all alike at once, undo."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, get_args

from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import BadInput, Problem
from gonogo.kernel.http.pages import page_context, render_page
from gonogo.kernel.kernel import Kernel
from gonogo.releases.adoption.entries import NEEDS, AnswerKind
from gonogo.releases.running import adopting, checklists
from gonogo.releases.schemas import AdoptionRequest, AdoptionView, GivenAnswer
from gonogo.releases.views.adoption import build_review, find_last, label_answer

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]
_ELSEWHERE = frozenset({401, 403, 404})


class AdoptPages(Controller):
    """``/releases/checklists/{id}/adopt``."""

    path = "/releases/checklists/{id:str}/adopt"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_review(self, id: str, request: PageRequest, kernel: Kernel, last: str = "") -> Response[str]:
        """Everything that asks first, and what was answered already."""
        return await _show_review(request, kernel, id, last)

    @post("/")
    async def answer_doubts(self, id: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """One answer, one for all of a kind, or taking answers back."""
        try:
            if data.get("move") == "undo":
                await _take_back(kernel, request, id, data)
                return Redirect(f"/releases/checklists/{id}/adopt", status_code=303)
            last = await _answer(kernel, request, id, data)
        except Problem as problem:
            if problem.status in _ELSEWHERE:
                raise
            return await _show_review(request, kernel, id, "", problem, data)
        return Redirect(f"/releases/checklists/{id}/adopt?last={last}", status_code=303)


async def _answer(kernel: Kernel, request: PageRequest, id: str, data: dict[str, str]) -> str:
    kind, words = _read_kind(data.get("answer", "")), data.get("words", "").strip()
    field = NEEDS.get(kind)
    keys = [data["key"]] if data.get("key") else await _list_keys(kernel, id, data.get("doubt", ""))
    answers = tuple(GivenAnswer(key=key, answer=kind, **({field: words} if field and words else {})) for key in keys)
    view = await adopting.adopt_checklist(kernel, request.user, id, AdoptionRequest(answers=answers))
    return max((entry.at for entry in view.entries), default="")


async def _list_keys(kernel: Kernel, id: str, doubt: str) -> list[str]:
    view = await adopting.read_adoption(kernel, id)
    return [question.key for question in view.questions if (question.doubt or "") == doubt]


async def _take_back(kernel: Kernel, request: PageRequest, id: str, data: dict[str, str]) -> None:
    view = await adopting.read_adoption(kernel, id)
    key = data.get("key")
    keys = (key,) if key else tuple(entry.key for entry in find_last(view.entries, data.get("last", "")))
    await adopting.adopt_checklist(kernel, request.user, id, AdoptionRequest(remove=keys))


def _read_kind(text: str) -> AnswerKind:
    for kind in get_args(AnswerKind):
        if kind == text:
            return kind  # type: ignore[no-any-return]
    raise BadInput(f"'{text}' is not an answer; the answers are: {', '.join(get_args(AnswerKind))}.", field="answer")


async def _show_review(
    request: PageRequest,
    kernel: Kernel,
    id: str,
    last: str,
    problem: Problem | None = None,
    form: dict[str, str] | None = None,
) -> Response[str]:
    kept = await checklists.get_checklist(kernel, id)
    document, plan = await checklists.read_checklist_plan(kernel, id)
    groups = await asyncio.to_thread(build_review, plan, document.text)
    view: AdoptionView = await adopting.read_adoption(kernel, id)
    context = page_context(
        request,
        checklist=kept,
        plan=plan,
        groups=groups,
        open=sum(len(group.rows) for group in groups),
        entries=view.entries,
        findings=view.findings,
        just_now=find_last(view.entries, last),
        last=last,
        label_answer=label_answer,
        form=form or {},
        problem=problem,
    )
    return await render_page(request, "releases/adopt.html", context, problem.status if problem else 200)
