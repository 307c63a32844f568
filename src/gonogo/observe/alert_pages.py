"""The page of alerts: what is open, what people do about it, the rules, and the ledger of every decision."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import Problem
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel
from gonogo.observe.alerts.views import list_channels, list_open_alerts, view_rule, view_silence
from gonogo.observe.alerts.watch import Watch
from gonogo.observe.commands.alerts import NewSilence, acknowledge, end_silence, silence_alerts
from gonogo.observe.commands.alerts_trying import send_test
from gonogo.observe.store.alerts_told import list_lines

PAGE = "/observe/alerts"
LINES = 60
_ORDER = ("firing", "no_data", "pending", "ok", "off")
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]
_ELSEWHERE = frozenset({401, 403, 404})


class AlertPages(Controller):
    """``/observe/alerts`` and its forms."""

    path = PAGE
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_alerts(self, request: PageRequest, kernel: Kernel, rule: str = "") -> Template:
        """Open alerts, silences, rules, channels, and the ledger, of one rule when it is named."""
        name = "observe/_alert_board.html" if request.headers.get("hx-request") == "true" else "observe/alerts.html"
        return Template(name, context=await _make_context(kernel, request, rule))

    @post("/silences")
    async def silence(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Tell nobody of a rule's alerts, or of one series, for a while."""
        matchers = {name.removeprefix("label."): value for name, value in data.items() if name.startswith("label.")}
        new = NewSilence(matchers, data.get("reason", "").strip() or "no reason given", data.get("lasting", "1h"))
        return await _answer(kernel, request, silence_alerts(kernel, request.user, new))

    @post("/silences/{id:str}/end")
    async def end(self, id: str, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Let a silence end now."""
        return await _answer(kernel, request, end_silence(kernel, request.user, id))

    @post("/test")
    async def test(self, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Send a marked test through every channel of a rule; the ledger shows how each went."""
        return await _answer(kernel, request, send_test(kernel, request.user, data.get("rule", "")))

    @post("/{id:str}/ack")
    async def ack(self, id: str, data: Form, request: PageRequest, kernel: Kernel) -> Response[Any]:
        """Say that somebody looks after an alert."""
        return await _answer(kernel, request, acknowledge(kernel, request.user, id, data.get("note", "").strip()))


async def _answer(kernel: Kernel, request: PageRequest, work: Awaitable[object]) -> Response[Any]:
    try:
        await work
    except Problem as problem:
        if problem.status in _ELSEWHERE:
            raise
        context = await _make_context(kernel, request, "", problem)
        return Template("observe/alerts.html", context=context, status_code=problem.status)
    return Redirect(PAGE, status_code=303)


async def _make_context(
    kernel: Kernel, request: PageRequest, rule: str, problem: Problem | None = None
) -> dict[str, Any]:
    watch, now = kernel.get_part(Watch), kernel.clock.now().timestamp()
    rules = [view_rule(watch, each) for each in watch.rules.values()]
    return page_context(
        request,
        open=list_open_alerts(watch),
        rules=sorted(rules, key=lambda each: (_ORDER.index(each["state"]), each["name"])),
        silences=[view_silence(silence) for silence in watch.silences if silence.ends_at > now],
        channels=list_channels(watch),
        ledger=await kernel.db.read(partial(list_lines, rule=rule or None, limit=LINES)),
        rule=rule,
        may_act=request.user.may("member"),
        may_test=request.user.may("operator"),
        problem=problem,
    )
