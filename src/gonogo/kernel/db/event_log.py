"""Reading the event log: what the audit page, catching-up clients and histories ask."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select

from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.tables import event_log
from gonogo.kernel.events.event import Event

_COLUMNS = tuple(event_log.c[name] for name in Event.__struct_fields__)

_WHO = ("actor", "actor_name", "account", "address")


def find_events(
    tx: Tx,
    *,
    after: int | None = None,
    before: int | None = None,
    names: Sequence[str] = (),
    subject: str | None = None,
    actor: str | None = None,
    since: str | None = None,
    until: str | None = None,
    newest_first: bool = False,
    limit: int = 100,
) -> list[Event]:
    """Events by ``seq`` range and filters. A name ending in ``.`` is a prefix: ``release.`` is all of a room's.

    ``actor`` is an id or a name of who acted, the account behind a key, or an address; ``until`` is exclusive.
    """
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
        query = query.where(or_(*(event_log.c[column] == actor for column in _WHO)))
    if since is not None:
        query = query.where(event_log.c.at >= since)
    if until is not None:
        query = query.where(event_log.c.at < until)
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
