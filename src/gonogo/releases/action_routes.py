"""REST of actions, backups, follow-up tasks and incidents: thin."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, patch, post
from litestar.params import Parameter

from gonogo.kernel.actions import ActionCall
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.clock import format_instant
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.releases.actions.backup.action import list_backups
from gonogo.releases.actions.calls import LONGEST_WAIT_S, Calls, begin_call, find_folder
from gonogo.releases.follow_up_schemas import Tick, Which
from gonogo.releases.follow_up_store import list_follow_ups
from gonogo.releases.follow_ups.commands import tick_task
from gonogo.releases.incident_schemas import IncidentChange, IncidentRequest
from gonogo.releases.incident_store import list_incidents
from gonogo.releases.incidents.commands import change_incident, get_incident, open_incident
from gonogo.releases.incidents.report import write_report

Asking = Request[Actor, Any, Any]
Wait = Annotated[float, Parameter(ge=0, le=LONGEST_WAIT_S)]


class CallRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action to begin: its words, and the folder on the server that paths start from."""

    options: dict[str, str] = {}
    folder: str = "."


class ActionsController(Controller):
    """Actions by hand, outside any run."""

    path = "/api/actions"
    opt = declare_scope("admin")
    tags = ("actions",)

    @get("/")
    async def list_actions(self, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Every action there is, with what it does."""
        authorise(request.user, "viewer")
        found = sorted(kernel.actions.items())
        return success([{"name": name, "summary": (action.__doc__ or "").strip()} for name, action in found])

    @post("/{name:str}", status_code=202)
    async def begin_action(self, name: str, data: CallRequest, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Begin an action; ask for its lines and its result by the id given."""
        return success(await begin_call(kernel, request.user, name, data.options, data.folder))

    @get("/calls/{id:str}")
    async def read_call(
        self, id: str, request: Asking, kernel: Kernel, after: Annotated[int, Parameter(ge=0)] = 0, wait: Wait = 0.0
    ) -> dict[str, Any]:
        """The lines behind ``after``, and the result once it is there; waits up to ``wait`` seconds for news."""
        authorise(request.user, "operator")
        return success(await kernel.get_part(Calls).get(id).read(after, wait))


class BackupsController(Controller):
    """Backups that are kept."""

    path = "/api/backups"
    opt = declare_scope("admin")
    tags = ("actions",)

    @get("/")
    async def read_backups(
        self, request: Asking, kernel: Kernel, name: str = "", to: str = "", folder: str = "."
    ) -> dict[str, Any]:
        """The backups of a name, newest first, each with its manifest."""
        authorise(request.user, "operator")
        options = {key: value for key, value in {"name": name, "to": to}.items() if value}
        call = ActionCall(kernel, request.user, options, find_folder(folder))
        return success(await asyncio.to_thread(list_backups, call))


class FollowUpsController(Controller):
    """What releases and incidents leave to do."""

    path = "/api/follow-ups"
    opt = declare_scope("admin")
    tags = ("releases",)

    @get("/")
    async def read_tasks(self, kernel: Kernel, which: Which = "open") -> dict[str, Any]:
        """Tasks by their due date."""
        now = format_instant(kernel.clock.now())
        return success(await kernel.db.read(lambda tx: list_follow_ups(tx, which, now)))

    @post("/{id:str}/tick", status_code=200)
    async def tick(self, id: str, request: Asking, kernel: Kernel, data: Tick | None = None) -> dict[str, Any]:
        """Say that a task is done."""
        return success(await tick_task(kernel, request.user, id, data or Tick()))


class IncidentsController(Controller):
    """What went wrong."""

    path = "/api/incidents"
    opt = declare_scope("admin")
    tags = ("releases",)

    @get("/")
    async def read_incidents(self, kernel: Kernel) -> dict[str, Any]:
        """Open ones first."""
        return success(await kernel.db.read(list_incidents))

    @post("/")
    async def open_incident(self, data: IncidentRequest, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Open one; with a run, its record is gathered."""
        return success(await open_incident(kernel, request.user, data))

    @get("/{id:str}")
    async def read_incident(self, id: str, kernel: Kernel) -> dict[str, Any]:
        """One incident with everything."""
        return success(await kernel.db.read(lambda tx: get_incident(kernel, tx, id)))

    @patch("/{id:str}")
    async def change_incident(self, id: str, data: IncidentChange, request: Asking, kernel: Kernel) -> dict[str, Any]:
        """Root cause, measures, title, status."""
        return success(await change_incident(kernel, request.user, id, data))

    @get("/{id:str}/report")
    async def read_report(self, id: str, kernel: Kernel) -> Response[bytes]:
        """The incident as a document, in Markdown."""
        incident = await kernel.db.read(lambda tx: get_incident(kernel, tx, id))
        return Response(write_report(incident).encode(), media_type="text/markdown")


CONTROLLERS = (ActionsController, BackupsController, FollowUpsController, IncidentsController)
