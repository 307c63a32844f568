"""What is so right now: read from memory, never from the database."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.kernel import Kernel
from gonogo.observe.desk import Desk
from gonogo.observe.health import assess_health
from gonogo.observe.own import scan_processes
from gonogo.observe.routes.answers import answer_tagged
from gonogo.observe.verdict import assess_all
from gonogo.observe.views import (
    Lines,
    view_platform,
    view_process,
    view_report,
    view_summary,
    view_system,
)

PATH = "/api/v1/observability/infrastructure"
Ask = Request[Actor, Any, Any]


class LiveController(Controller):
    """The present state of hosts; without ``host``, of the machine that this Gonogo runs on."""

    path = PATH
    opt = declare_scope("metrics:read")
    tags = ("observability",)

    @get("/system")
    async def read_system(self, request: Ask, kernel: Kernel, host: str | None = None) -> Response[bytes]:
        """A host's numbers now, with its cores, disks, interfaces and sensors."""
        return answer_tagged(request, view_system(kernel.get_part(Desk).fleet.get(host)))

    @get("/process")
    async def read_process(self, request: Ask, kernel: Kernel, host: str | None = None) -> Response[bytes]:
        """The processes of a host that use most CPU and memory."""
        state = kernel.get_part(Desk).fleet.get(host)
        if state.snapshot is None and state.host == kernel.get_part(Desk).fleet.local:
            await scan_processes(kernel)
        return answer_tagged(request, view_process(state))

    @get("/platform")
    async def read_platform(self, request: Ask, kernel: Kernel, host: str | None = None) -> Response[bytes]:
        """What a host is: system, Python, container, cloud, and the agent that reports it."""
        return answer_tagged(request, view_platform(kernel.get_part(Desk).fleet.get(host)))

    @get("/summary")
    async def read_summary(self, request: Ask, kernel: Kernel) -> Response[bytes]:
        """The verdict over all hosts, how many report, and the highest of each share."""
        return answer_tagged(request, view_summary(kernel.get_part(Desk).fleet, assess_all(kernel), _now(kernel)))

    @get("/health")
    async def read_health(self, request: Ask, kernel: Kernel, host: str | None = None) -> Response[bytes]:
        """Every component's score, and the rule, value and threshold that cost it points; worst first."""
        if host is None:
            return answer_tagged(request, assess_all(kernel))
        return answer_tagged(request, assess_health([kernel.get_part(Desk).fleet.get(host)], _now(kernel)))

    @get("/report")
    async def read_report(self, request: Ask, kernel: Kernel, host: str | None = None) -> Response[bytes]:
        """Everything above in one answer; asking for it also makes agents send every five seconds."""
        desk = kernel.get_part(Desk)
        desk.watched_at = kernel.clock.monotonic()
        state = desk.fleet.get(host)
        found = view_report(desk.fleet, kernel.get_part(Lines), state, assess_all(kernel), _now(kernel))
        return answer_tagged(request, found)

    @get("/hosts")
    async def list_hosts(self, request: Ask, kernel: Kernel) -> Response[bytes]:
        """Every host, worst first, with its newest numbers and fifteen minutes of CPU and memory."""
        desk = kernel.get_part(Desk)
        desk.watched_at = kernel.clock.monotonic()
        return answer_tagged(request, kernel.get_part(Lines).list_worst(_now(kernel)))


def _now(kernel: Kernel) -> float:
    return kernel.clock.now().timestamp()
