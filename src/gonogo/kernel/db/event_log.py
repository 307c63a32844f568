"""Reading the event log: what the audit page, catching-up clients and histories ask."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select

from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.tables import event_log
from gonogo.kernel.events.event import Event

_COLUMNS = tuple(event_log.c[name] for name in Event.__struct_fields__)


def find_events(
    tx: Tx,
    *,
    after: int | None = None,
    before: int | None = None,
    names: Sequence[str] = (),
    subject: str | None = None,
    actor: str | None = None,
    since: str | None = None,
    newest_first: bool = False,
    limit: int = 100,
) -> list[Event]:
    """Events by ``seq`` range and filters. A name ending in ``.`` is a prefix: ``release.`` is all of a room's."""
    query = select(*_COLUMNS)
    if after is not None:
        query = query.where(event_log.c.seq > after)
    if before is not None:
        query = query.where(event_log.c.seq < before)
    if names:
        query = query.where(or_(*(_match_name(name) for name in names)))
    if subject is not None:
        query = query.where(event_log.c.subject == subject)
    if actor is not None:
        query = query.where(or_(event_log.c.actor == actor, event_log.c.actor_name == actor))
    if since is not None:
        query = query.where(event_log.c.at >= since)
    order = event_log.c.seq.desc() if newest_first else event_log.c.seq.asc()
    rows = tx.execute(query.order_by(order).limit(limit)).mappings()
    return [Event(**row) for row in rows]


def get_last_seq(tx: Tx) -> int:
    """The place of the newest event, 0 for an empty log."""
    newest: int = tx.execute(select(func.coalesce(func.max(event_log.c.seq), 0))).scalar_one()
    return newest


def _match_name(name: str) -> ColumnElement[bool]:
    if name.endswith("."):
        return event_log.c.name.startswith(name, autoescape=True)
    return event_log.c.name == name
