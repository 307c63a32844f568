"""The audit page: everything that happened, newest first, with filters that are part of the address."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Controller, Request, get, post
from litestar.response import Redirect, Template

from gonogo.kernel.audit.export import parse_period
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.auth.store import list_people
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.errors import BadInput
from gonogo.kernel.events.event import Event
from gonogo.kernel.events.privacy import hide_emails
from gonogo.kernel.http.pages import page_context
from gonogo.kernel.kernel import Kernel
from gonogo.web.moves import Move, find_moves
from gonogo.web.wording import Change, describe_event

PAGE = 50


class Entry(msgspec.Struct, frozen=True):
    """One event: in words, and as it was written."""

    change: Change
    event: Event
    data: str
    moves: tuple[Move, ...] = ()
    account: str = ""


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
        since: str = "",
        until: str = "",
        cursor: int | None = None,
    ) -> Template:
        """A page of events before ``cursor``; ``name`` may be a prefix such as ``release.``."""
        given = {"name": name, "subject": subject, "actor": actor, "since": since, "until": until}
        filters = {key: value for key, value in given.items() if value}
        problem, (start, end) = _read_period(since, until)
        names = (name,) if name else ()
        query = partial(find_events, names=names, subject=subject or None, actor=actor or None, since=start, until=end)
        events = await kernel.db.read(partial(query, before=cursor, newest_first=True, limit=PAGE + 1))
        if not request.user.may("admin"):
            events = [hide_emails(event) for event in events]
        rooms = frozenset(room.name for room in kernel.rooms)
        accounts = await kernel.db.read(_name_accounts) if request.user.may("admin") else {}
        context = page_context(
            request,
            entries=[_make_entry(event, rooms, accounts) for event in events[:PAGE]],
            filters=filters,
            problem=problem,
            standing=kernel.audit.standing,
            export=_address("/api/audit/export", {"from": since, "to": until}),
            older=_address("/audit", {**filters, "cursor": str(events[PAGE - 1].seq)}) if len(events) > PAGE else None,
            newest=cursor is None,
        )
        fragment = request.headers.get("hx-request") == "true"
        return Template("web/_audit.html" if fragment else "web/audit.html", context=context)

    @post("/audit/verify")
    async def verify(self, request: Request[Any, Any, Any], kernel: Kernel) -> Redirect:
        """Verify the whole log, and show what came of it."""
        authorise(request.user, "admin")
        await kernel.audit.verify()
        return Redirect("/audit", status_code=303)


def _make_entry(event: Event, rooms: frozenset[str], accounts: dict[str, str]) -> Entry:
    data = msgspec.json.format(msgspec.json.encode(event.data), indent=2).decode() if event.data else ""
    behind = event.account if event.account not in ("", event.actor) else ""
    account = accounts.get(behind, behind)
    shown = "" if account == event.actor_name else account
    return Entry(describe_event(event, rooms), event, data, find_moves(event.data), shown)


def _name_accounts(tx: Tx) -> dict[str, str]:
    return {person.id: person.email for person in list_people(tx)}


def _read_period(since: str, until: str) -> tuple[str, tuple[str, str]]:
    try:
        return "", parse_period(since, until)
    except BadInput as error:
        return error.detail, parse_period(None, None)


def _address(path: str, filters: dict[str, str]) -> str:
    given = {key: value for key, value in filters.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
