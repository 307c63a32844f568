"""What was: the course of a metric, rows of processes, and what can be asked for."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get
from litestar.params import Parameter, QueryParameter

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.observe.desk import Desk
from gonogo.observe.errors import BadMoment, MetricNotFound
from gonogo.observe.history import MOST_POINTS
from gonogo.observe.knobs import read_days
from gonogo.observe.metrics import METRICS, NAMES, find_place
from gonogo.observe.moments import read_moment
from gonogo.observe.routes.answers import answer_encoded, answer_tagged
from gonogo.observe.routes.live import PATH
from gonogo.observe.store.health import list_health
from gonogo.observe.store.history import read_history
from gonogo.observe.store.reading import list_processes, measure_storage
from gonogo.observe.tiers import choose_tier

Ask = Request[Actor, Any, Any]
From = Annotated[str, QueryParameter(name="from", max_length=40)]
To = Annotated[str, QueryParameter(name="to", max_length=40)]
Points = Annotated[int, Parameter(ge=2, le=MOST_POINTS)]
Limit = Annotated[int, Parameter(ge=1, le=1000)]


class HistoryController(Controller):
    """Stored history. ``from`` and ``to`` are instants, seconds since the epoch, or how long ago (``24h``)."""

    path = PATH
    opt = declare_scope("metrics:read")
    tags = ("observability",)

    @get("/history")
    async def read_course(
        self,
        request: Ask,
        kernel: Kernel,
        metric: str = "cpu_percent",
        host: str | None = None,
        since: From = "1h",
        until: To = "now",
        points: Points = 360,
    ) -> Response[bytes]:
        """One metric of a host: mean, smallest and largest at no more than ``points`` moments."""
        place = _get_place(metric)
        name = kernel.get_part(Desk).fleet.get(host).host
        start, end, now = _read_span(kernel, since, until)
        tier = choose_tier(start, end, points, now, read_days(kernel.knobs))
        query = partial(read_history, host=name, place=place, tier=tier, start=start, end=end, points=points)
        found = await kernel.db.read(lambda tx: msgspec.json.encode(success(query(tx))))
        return answer_encoded(request, found)

    @get("/process/history")
    async def read_processes(
        self,
        request: Ask,
        kernel: Kernel,
        host: str | None = None,
        since: From = "1h",
        until: To = "now",
        limit: Limit = 200,
    ) -> Response[bytes]:
        """Rows of processes, newest first: every 30 seconds for two hours, every 15 minutes before that."""
        name = kernel.get_part(Desk).fleet.get(host).host
        start, end, _ = _read_span(kernel, since, until)
        rows = await kernel.db.read(partial(list_processes, host=name, start=start, end=end, limit=limit))
        return answer_tagged(request, rows)

    @get("/health/history")
    async def read_health(
        self,
        request: Ask,
        kernel: Kernel,
        host: str | None = None,
        since: From = "24h",
        until: To = "now",
        limit: Limit = 200,
    ) -> Response[bytes]:
        """Rows of health, newest first: one at every change, and one for each component every quarter of an hour."""
        start, end, _ = _read_span(kernel, since, until)
        rows = await kernel.db.read(partial(list_health, host=host, start=start, end=end + 1, limit=limit))
        return answer_tagged(request, rows)

    @get("/metrics")
    async def list_metrics(self, request: Ask) -> Response[bytes]:
        """Every metric that history can be asked for, with its unit and the precision it is kept in."""
        return answer_tagged(request, METRICS)

    @get("/storage")
    async def read_storage(self, kernel: Kernel) -> dict[str, Any]:
        """How many rows and packed bytes are kept."""
        return success(await kernel.db.read(measure_storage))


def _get_place(metric: str) -> int:
    place = find_place(metric)
    if place is None:
        raise MetricNotFound(f"There is no metric '{metric}'. There are: {', '.join(NAMES)}.", field="metric")
    return place


def _read_span(kernel: Kernel, since: str, until: str) -> tuple[int, int, int]:
    now = kernel.clock.now().timestamp()
    start, end = read_moment(since, now, "from"), read_moment(until, now, "to")
    if start >= end:
        raise BadMoment("'from' must lie before 'to'.", field="from")
    return start, end, int(now)
