"""Taking due deliveries: each is leased to one deliverer by moving its next attempt to the lease's end.

Whatever a killed deliverer had taken comes due again by itself, at once when it starts anew under its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Select, bindparam, select, text, update

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.webhooks.models import IS_PENDING, deliveries, endpoints, messages


class Line(msgspec.Struct, frozen=True):
    """An active endpoint with when its next delivery is due, None when it has none."""

    id: str
    version: int
    due: str | None


class Want(NamedTuple):
    """How many deliveries of an endpoint to take; the oldest ones, strictly in their order, when ``ordered``."""

    endpoint_id: str
    room: int
    ordered: bool


class Work(msgspec.Struct, frozen=True, gc=False):
    """One delivery to try."""

    id: int
    message_id: str
    endpoint_id: str
    type: str
    attempts: int
    tries: int
    body: str


_EARLIEST = text(
    "SELECT e.id, e.version, CASE WHEN e.ordered THEN"
    " (SELECT d.next_attempt_at FROM webhook_deliveries d"
    "  WHERE d.endpoint_id = e.id AND d.state = 'pending' ORDER BY d.id LIMIT 1) ELSE"
    " (SELECT min(d.next_attempt_at) FROM webhook_deliveries d"
    "  WHERE d.endpoint_id = e.id AND d.state = 'pending') END"
    " FROM webhook_endpoints e WHERE e.state = 'active'"
)
_WORK = (
    select(
        deliveries.c.id,
        deliveries.c.message_id,
        deliveries.c.endpoint_id,
        deliveries.c.type,
        deliveries.c.attempts,
        deliveries.c.tries,
        messages.c.body,
        deliveries.c.next_attempt_at,
    )
    .join(messages, messages.c.id == deliveries.c.message_id)
    .where(deliveries.c.endpoint_id == bindparam("endpoint"), IS_PENDING)
    .limit(bindparam("room"))
)
_DUE = _WORK.where(deliveries.c.next_attempt_at <= bindparam("now")).order_by(
    deliveries.c.next_attempt_at, deliveries.c.id
)
_IN_LINE = _WORK.order_by(deliveries.c.id)
_LEASE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"))
    .values(next_attempt_at=bindparam("until"), leased_by=bindparam("holder"))
)
_FREE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"), deliveries.c.leased_by == bindparam("holder"))
    .values(next_attempt_at=bindparam("until"), leased_by="")
)


def list_lines(tx: Tx) -> list[Line]:
    """Every active endpoint and when it has something due."""
    rows: Iterable[Any] = tx.execute(_EARLIEST)
    return [Line(*row) for row in rows]


def claim_work(tx: Tx, wants: Iterable[Want], holder: str, until: str) -> list[Work]:
    """Lease due deliveries to ``holder`` until an instant."""
    now = format_instant(tx.clock.now())
    taken: list[Work] = []
    for want in wants:
        query: Select[tuple[object, ...]] = _IN_LINE if want.ordered else _DUE
        rows: Sequence[Any] = tx.execute(query, {"endpoint": want.endpoint_id, "room": want.room, "now": now}).all()
        if want.ordered and rows and rows[0].next_attempt_at > now:
            continue  # the head of the line waits, and so does everybody behind it
        taken += [Work(*row[:-1]) for row in rows]
    if taken:
        tx.execute(_LEASE, [{"delivery": work.id, "until": until, "holder": holder} for work in taken])
    return taken


def free_work(tx: Tx, ids: Iterable[int], holder: str) -> None:
    """Give back deliveries that were taken and not tried."""
    now = format_instant(tx.clock.now())
    tx.execute(_FREE, [{"delivery": each, "until": now, "holder": holder} for each in ids])


def free_all(tx: Tx, holder: str) -> int:
    """Give back what an earlier process of this name had taken when it ended; gives how many."""
    mine = (IS_PENDING, deliveries.c.leased_by == holder, deliveries.c.endpoint_id.in_(select(endpoints.c.id)))
    change = update(deliveries).where(*mine).values(next_attempt_at=format_instant(tx.clock.now()), leased_by="")
    return tx.execute(change).rowcount
