"""The event log: everything that ever happened, newest first."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from litestar import Controller, Request, get
from litestar.params import Parameter

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.events.privacy import hide_emails
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel

Limit = Annotated[int, Parameter(ge=1, le=500)]


class EventsController(Controller):
    """The audit log."""

    path = "/api/events"
    opt = declare_scope("admin")
    tags = ("events",)

    @get("/")
    async def list_events(
        self,
        request: Request[Actor, Any, Any],
        kernel: Kernel,
        name: str | None = None,
        subject: str | None = None,
        actor: str | None = None,
        since: str | None = None,
        cursor: int | None = None,
        limit: Limit = 100,
    ) -> dict[str, Any]:
        """Newest first. ``name`` may be a prefix such as ``release.``; ``cursor`` comes from the page before."""
        names = (name,) if name else ()
        query = partial(find_events, names=names, subject=subject, actor=actor, since=since, before=cursor)
        events = await kernel.db.read(partial(query, newest_first=True, limit=limit))
        if not request.user.may("admin"):
            events = [hide_emails(event) for event in events]
        return success(events, next_cursor=str(events[-1].seq) if len(events) == limit else None)
