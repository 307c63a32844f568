"""Who changed what, and going back."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from litestar import Controller, Request, get, post
from litestar.params import Parameter

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.kernel.errors import BadInput
from gonogo.kernel.http.envelope import success
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.numbers import LARGEST
from gonogo.settings.commands.history import preview_restore, restore_moment, undo_change
from gonogo.settings.desk import Desk
from gonogo.settings.models import DEFAULT
from gonogo.settings.routes.answers import answer_commit, answer_setting
from gonogo.settings.schemas import Change, Restore, Undo
from gonogo.settings.store.reading import HistoryEntry, list_history

Limit = Annotated[int, Parameter(ge=1, le=500)]
Cursor = Annotated[int | None, Parameter(ge=0, le=LARGEST)]


class HistoryController(Controller):
    """Changes, newest first."""

    path = "/api/settings"
    opt = declare_scope("settings:read")
    tags = ("settings",)

    @get("/history")
    async def read_all(
        self, kernel: Kernel, environment: str = DEFAULT, cursor: Cursor = None, limit: Limit = 100
    ) -> dict[str, Any]:
        """Changes of every setting."""
        return await _list_changes(kernel, None, environment, cursor, limit)

    @get("/{key:str}/history")
    async def read_history(
        self, key: str, kernel: Kernel, environment: str = DEFAULT, cursor: Cursor = None, limit: Limit = 100
    ) -> dict[str, Any]:
        """Changes of one setting; ``cursor`` comes from the page before."""
        kernel.get_part(Desk).get_definition(key)
        return await _list_changes(kernel, key, environment, cursor, limit)

    @post("/{key:str}/undo", status_code=200, opt=declare_scope("settings:write"))
    async def undo(
        self,
        key: str,
        request: Request[Actor, Any, Any],
        kernel: Kernel,
        data: Undo | None = None,
        environment: str = DEFAULT,
    ) -> dict[str, Any]:
        """Take back the newest change, or the one with this id."""
        wanted = data or Undo()
        desk = kernel.get_part(Desk)
        commit = await undo_change(desk, request.user, key, wanted.id, environment=environment, why=wanted.why)
        return answer_setting(kernel, key, environment, commit)

    @post("/restore", status_code=200, opt=declare_scope("settings:write"))
    async def restore(
        self, data: Restore, request: Request[Actor, Any, Any], kernel: Kernel, environment: str = DEFAULT
    ) -> dict[str, Any]:
        """Bring everything back to a moment, as one change; ``dry_run`` shows the difference."""
        desk = kernel.get_part(Desk)
        at = _read_instant(data.at)
        if data.dry_run:
            return success(await preview_restore(desk, at=at, version=data.version, environment=environment))
        commit = await restore_moment(
            desk, request.user, at=at, version=data.version, environment=environment, why=data.why
        )
        return answer_commit(kernel, commit, environment)


async def _list_changes(
    kernel: Kernel, key: str | None, environment: str, cursor: int | None, limit: int
) -> dict[str, Any]:
    desk = kernel.get_part(Desk)
    desk.live.check_environment(environment)
    query = partial(list_history, key=key, environment=environment, before=cursor, limit=limit)
    entries = await kernel.db.read(query)
    next_cursor = str(entries[-1].id) if len(entries) == limit else None
    return success([tell_change(desk, entry) for entry in entries], next_cursor=next_cursor)


def tell_change(desk: Desk, entry: HistoryEntry) -> Change:
    """A change as anybody may see it."""
    codec = desk.live.codec
    return Change(
        id=entry.id,
        version=entry.version,
        key=entry.key,
        environment=entry.environment,
        before=codec.tell(entry.key, entry.before),
        after=codec.tell(entry.key, entry.after),
        action=entry.action,
        at=entry.at,
        by=entry.actor_name,
        why=entry.why,
    )


def _read_instant(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        moment = parse_instant(text)
        if moment.tzinfo is None:
            raise ValueError
        return format_instant(moment)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"'at' must be an instant such as 2026-01-31T12:00:00Z, not '{text}'.", field="at") from error
