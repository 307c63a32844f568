"""HTTP checks: what is asked, how it stands, and its results."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from litestar import Controller, Request, delete, get, post
from litestar.params import Parameter

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.observe.checks.board import CheckBoard, summarise
from gonogo.observe.checks.definition import Check
from gonogo.observe.checks.views import view_check, view_definition, view_result
from gonogo.observe.commands.checks import add_check, get_check, remove_check, run_check
from gonogo.observe.routes.live import PATH
from gonogo.observe.store.checks import list_results

WINDOWS = {"1h": 3600, "24h": 86_400, "7d": 604_800}
MOST_RESULTS = 100_000
Ask = Request[Actor, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=1000)]


class ChecksController(Controller):
    """Addresses that Gonogo asks by itself, again and again."""

    path = f"{PATH}/checks"
    opt = declare_scope("metrics:read")
    tags = ("observability",)

    @get("/")
    async def list_all(self, kernel: Kernel) -> dict[str, Any]:
        """Every check with its state, percentiles, uptime and last rounds."""
        now = kernel.clock.now().timestamp()
        return success([view_check(state, now) for state in kernel.get_part(CheckBoard)])

    @get("/{name:str}")
    async def show(self, name: str, kernel: Kernel) -> dict[str, Any]:
        """One check with what it expects, and percentiles and uptime over an hour, a day and a week."""
        state, now = get_check(kernel, name), kernel.clock.now().timestamp()
        query = partial(list_results, name=name, since=now - max(WINDOWS.values()), limit=MOST_RESULTS)
        results = await kernel.db.read(query)
        windows = {
            span: summarise(result for result in results if result.at > now - seconds)
            for span, seconds in WINDOWS.items()
        }
        return success({**view_check(state, now), "check": view_definition(state.check), "windows": windows})

    @get("/{name:str}/results")
    async def list_rounds(self, name: str, kernel: Kernel, limit: Limit = 100) -> dict[str, Any]:
        """Its newest rounds, newest first."""
        get_check(kernel, name)
        found = await kernel.db.read(partial(list_results, name=name, since=0.0, limit=limit))
        return success([view_result(result) for result in reversed(found)])

    @post("/", opt=declare_scope("admin"))
    async def add(self, data: Check, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Ask an address from now on."""
        state = await add_check(kernel, request.user, data)
        return success(view_check(state, kernel.clock.now().timestamp()))

    @post("/{name:str}/run", status_code=200, opt=declare_scope("admin"))
    async def run(self, name: str, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Ask it now, its contract included; the result counts like any other."""
        state = await run_check(kernel, request.user, name)
        return success(view_check(state, kernel.clock.now().timestamp()))

    @delete("/{name:str}", status_code=200, opt=declare_scope("admin"))
    async def remove(self, name: str, request: Ask, kernel: Kernel) -> dict[str, Any]:
        """Ask it no more, and forget its results."""
        await remove_check(kernel, request.user, name)
        return success({"name": name})
