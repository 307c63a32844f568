"""The page of observe: verdict, hosts and checks first, then one host's course with the changes beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.response import Template

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel
from gonogo.observe.alerts.board import tell_firing
from gonogo.observe.changes import MOST, NOUNS, mark_changes
from gonogo.observe.checks.board import CheckBoard
from gonogo.observe.checks.views import view_check
from gonogo.observe.course import CHARTS, SPANS, find_span
from gonogo.observe.desk import Desk
from gonogo.observe.fleet import HostState
from gonogo.observe.logs.board import LogBoard
from gonogo.observe.logs.views import view_log
from gonogo.observe.routes.answers import answer_tagged
from gonogo.observe.screen import list_causes, list_rows
from gonogo.observe.store.history import read_course
from gonogo.observe.verdict import assess_all

PageRequest = Request[Actor, Any, Any]


class ObservePages(Controller):
    """``/observe``, the parts it refreshes by, and the numbers of its charts."""

    path = "/observe"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_page(self, request: PageRequest, kernel: Kernel, host: str = "", span: str = "") -> Template:
        """The whole page; ``host`` and ``span`` choose what the charts show."""
        state = kernel.get_part(Desk).fleet.get(host)
        context = page_context(
            request,
            host=state,
            booted=_find_boot(state),
            span=find_span(span),
            spans=SPANS,
            charts=CHARTS,
            **_read_verdict(kernel),
            **_read_hosts(kernel),
            **_read_checks(kernel),
            shown=tell_firing(kernel),
            logs=[view_log(log, kernel.clock.now().timestamp()) for log in kernel.get_part(LogBoard)],
        )
        return Template("observe/page.html", context=context)

    @get("/_verdict")
    async def show_verdict(self, request: PageRequest, kernel: Kernel) -> Template:
        """The verdict with its biggest causes."""
        return Template("observe/_verdict.html", context=page_context(request, **_read_verdict(kernel)))

    @get("/_hosts")
    async def show_hosts(self, request: PageRequest, kernel: Kernel, host: str = "") -> Template:
        """The hosts, worst first."""
        state = kernel.get_part(Desk).fleet.get(host)
        return Template("observe/_hosts.html", context=page_context(request, host=state, **_read_hosts(kernel)))

    @get("/_alerts")
    async def show_alerts(self, request: PageRequest, kernel: Kernel) -> Template:
        """The alerts that fire."""
        return Template("observe/_alerts.html", context=page_context(request, shown=tell_firing(kernel)))

    @get("/_checks")
    async def show_checks(self, request: PageRequest, kernel: Kernel) -> Template:
        """Every check with its last rounds."""
        return Template("observe/_checks.html", context=page_context(request, **_read_checks(kernel)))

    @get("/_machine")
    async def show_machine(self, request: PageRequest, kernel: Kernel, host: str = "") -> Template:
        """One host's processes, disks and platform."""
        state = kernel.get_part(Desk).fleet.get(host)
        return Template("observe/_machine.html", context=page_context(request, host=state, booted=_find_boot(state)))

    @get("/course")
    async def read_charts(
        self, request: PageRequest, kernel: Kernel, host: str = "", span: str = "", points: int = 300
    ) -> Response[bytes]:
        """Every chart's numbers and the changes on the same axis; 304 for who has them."""
        desk, now = kernel.get_part(Desk), kernel.clock.now()
        desk.watched_at = kernel.clock.monotonic()
        state, end = desk.fleet.get(host), int(now.timestamp())
        start = end - find_span(span).seconds
        since = format_instant(datetime.fromtimestamp(start, UTC))
        events = await kernel.db.read(partial(find_events, names=NOUNS, since=since, newest_first=True, limit=MOST))
        course = await kernel.db.read(
            partial(read_course, host=state.host, start=start, end=end, points=min(max(points, 20), 1000))
        )
        return answer_tagged(request, {"from": start, "to": end, "course": course, "changes": mark_changes(events)})


def _find_boot(state: HostState) -> datetime | None:
    return datetime.fromtimestamp(state.details.boot_time, UTC) if state.details is not None else None


def _read_verdict(kernel: Kernel) -> dict[str, Any]:
    fleet = kernel.get_part(Desk).fleet
    health = assess_all(kernel)
    newest = max((state.sample.at for state in fleet if state.sample is not None), default=None)
    return {
        "health": health,
        "causes": list_causes(health),
        "hosts_known": len(fleet),
        "newest": None if newest is None else datetime.fromtimestamp(newest, UTC),
    }


def _read_hosts(kernel: Kernel) -> dict[str, Any]:
    return {"rows": list_rows(kernel.get_part(Desk).fleet, kernel.clock.now().timestamp())}


def _read_checks(kernel: Kernel) -> dict[str, Any]:
    now = kernel.clock.now().timestamp()
    return {"checks": [view_check(state, now) for state in kernel.get_part(CheckBoard)]}
