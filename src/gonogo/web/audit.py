"""The audit page: everything that happened, newest first, with filters that are part of the address."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Controller, Request, get
from litestar.response import Template

from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.events.event import Event
from gonogo.kernel.events.privacy import hide_emails
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel
from gonogo.web.wording import Change, describe_event

PAGE = 50


class Entry(msgspec.Struct, frozen=True):
    """One event: in words, and as it was written."""

    change: Change
    event: Event
    data: str


class AuditController(Controller):
    """``/audit``."""

    include_in_schema = False
    opt = declare_scope("admin")

    @get("/audit")
    async def show_audit(
        self,
        request: Request[Any, Any, Any],
        kernel: Kernel,
        name: str = "",
        subject: str = "",
        actor: str = "",
        cursor: int | None = None,
    ) -> Template:
        """A page of events before ``cursor``; ``name`` may be a prefix such as ``release.``."""
        query = partial(find_events, names=(name,) if name else (), subject=subject or None, actor=actor or None)
        events = await kernel.db.read(partial(query, before=cursor, newest_first=True, limit=PAGE + 1))
        if not request.user.may("admin"):
            events = [hide_emails(event) for event in events]
        rooms = frozenset(room.name for room in kernel.rooms)
        filters = {key: value for key, value in (("name", name), ("subject", subject), ("actor", actor)) if value}
        context = page_context(
            request,
            entries=[_make_entry(event, rooms) for event in events[:PAGE]],
            filters=filters,
            older=_address(filters, events[PAGE - 1].seq) if len(events) > PAGE else None,
            newest=cursor is None,
        )
        fragment = request.headers.get("hx-request") == "true"
        return Template("web/_audit.html" if fragment else "web/audit.html", context=context)


def _make_entry(event: Event, rooms: frozenset[str]) -> Entry:
    data = msgspec.json.format(msgspec.json.encode(event.data), indent=2).decode() if event.data else ""
    return Entry(describe_event(event, rooms), event, data)


def _address(filters: dict[str, str], cursor: int | None) -> str:
    return f"/audit?{urlencode({**filters, 'cursor': cursor})}"
