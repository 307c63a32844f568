"""The pages of follow-up tasks and incidents."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.clock import format_instant
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel
from gonogo.releases.follow_up_schemas import Tick
from gonogo.releases.follow_up_store import list_follow_ups
from gonogo.releases.follow_ups.commands import tick_task
from gonogo.releases.incident_schemas import IncidentChange
from gonogo.releases.incident_store import list_incidents
from gonogo.releases.incidents.commands import change_incident, get_incident

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
PageRequest = Request[Actor, Any, Any]
DONE_SHOWN = 20


class FollowUpPages(Controller):
    """``/follow-ups``."""

    path = "/follow-ups"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/")
    async def show_tasks(self, request: PageRequest, kernel: Kernel) -> Template:
        """What is left to do, and what was done last."""
        now = format_instant(kernel.clock.now())
        left = await kernel.db.read(lambda tx: list_follow_ups(tx, "open", now))
        done = await kernel.db.read(lambda tx: list_follow_ups(tx, "done", now, limit=DONE_SHOWN))
        incidents = await kernel.db.read(list_incidents)
        context = page_context(request, tasks=left, done=done, incidents=incidents, due_by=now)
        return Template("releases/follow-ups.html", context=context)

    @post("/{id:str}/tick")
    async def tick(self, id: str, data: Form, request: PageRequest, kernel: Kernel) -> Redirect:
        """Somebody did it."""
        await tick_task(kernel, request.user, id, Tick(note=data.get("note", "").strip()))
        return Redirect(data.get("next", "") if data.get("next") == "/" else "/follow-ups", status_code=303)


class IncidentPages(Controller):
    """``/incidents``."""

    path = "/incidents"
    opt = declare_scope("admin")
    include_in_schema = False

    @get("/{id:str}")
    async def show_incident(self, id: str, request: PageRequest, kernel: Kernel) -> Template:
        """One incident with its timeline, steps, excerpts and tasks."""
        incident = await kernel.db.read(lambda tx: get_incident(kernel, tx, id))
        return Template("releases/incident.html", context=page_context(request, incident=incident))

    @post("/{id:str}")
    async def change(self, id: str, data: Form, request: PageRequest, kernel: Kernel) -> Redirect:
        """Root cause, measures, open or closed."""
        status = data.get("status")
        change = IncidentChange(
            cause=data.get("cause"),
            measures=data.get("measures"),
            status=status if status in ("open", "closed") else None,  # type: ignore[arg-type]
        )
        await change_incident(kernel, request.user, id, change)
        return Redirect(f"/incidents/{id}", status_code=303)


PAGES = (FollowUpPages, IncidentPages)
