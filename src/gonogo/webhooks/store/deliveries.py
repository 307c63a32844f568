"""Looking at deliveries and their attempts, and sending some again."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, select, update

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.webhooks.models import attempts, deliveries, endpoints, messages
from gonogo.webhooks.schemas import Attempt, Delivery, DeliveryRecord, DeliveryState, Replay

_LEFT_OUT = frozenset({"tries", "leased_by"})
_SHOWN = [column for column in deliveries.c if column.name not in _LEFT_OUT]


def list_deliveries(
    tx: Tx,
    *,
    endpoint: str | None = None,
    state: DeliveryState | None = None,
    type: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Delivery]:
    """Newest first, older than the delivery ``before``."""
    query = select(*_SHOWN)
    if endpoint is not None:
        query = query.where(deliveries.c.endpoint_id == endpoint)
    if state is not None:
        query = query.where(deliveries.c.state == state)
    if type is not None:
        query = query.where(deliveries.c.type == type)
    if before is not None:
        query = query.where(deliveries.c.id < before)
    rows = tx.execute(query.order_by(deliveries.c.id.desc()).limit(limit)).mappings()
    return [Delivery(**row) for row in rows]


def find_delivery(tx: Tx, id: int) -> Delivery | None:
    """One delivery."""
    row = tx.execute(select(*_SHOWN).where(deliveries.c.id == id)).mappings().first()
    return Delivery(**row) if row is not None else None


def find_record(tx: Tx, id: int) -> DeliveryRecord | None:
    """One delivery with everything about it."""
    delivery = find_delivery(tx, id)
    if delivery is None:
        return None
    url = tx.execute(select(endpoints.c.url).where(endpoints.c.id == delivery.endpoint_id)).scalar_one()
    body = tx.execute(select(messages.c.body).where(messages.c.id == delivery.message_id)).scalar_one()
    query = select(attempts).where(attempts.c.delivery_id == id).order_by(attempts.c.id)
    tried = [_make_attempt(row) for row in tx.execute(query).mappings()]
    return DeliveryRecord(delivery=delivery, url=url, body=body, attempts=tried)


def list_times(tx: Tx, endpoint: str, limit: int = 200) -> list[float]:
    """How long the newest attempts at an endpoint took, milliseconds."""
    query = select(attempts.c.took_ms).where(attempts.c.endpoint_id == endpoint)
    return list(tx.execute(query.order_by(attempts.c.id.desc()).limit(limit)).scalars())


def requeue(tx: Tx, replay: Replay) -> int:
    """Make deliveries due again from the first wait on; gives how many. Those still pending are not touched."""
    active = select(endpoints.c.id).where(endpoints.c.state == "active")
    change = update(deliveries).where(*_choose(replay), deliveries.c.endpoint_id.in_(active))
    now = format_instant(tx.clock.now())
    fresh = {"state": "pending", "tries": 0, "next_attempt_at": now, "leased_by": "", "finished_at": None}
    return tx.execute(change.values(**fresh)).rowcount


def hasten(tx: Tx, ids: list[int]) -> int:
    """Let deliveries that wait for their next attempt be tried now; those under way are not touched."""
    waiting = (deliveries.c.id.in_(ids), deliveries.c.state == "pending", deliveries.c.leased_by == "")
    return tx.execute(
        update(deliveries).where(*waiting).values(next_attempt_at=format_instant(tx.clock.now()))
    ).rowcount


def cancel_pending(tx: Tx, endpoint: str) -> int:
    """Give up everything that waits for an endpoint; gives how many."""
    waiting = (deliveries.c.endpoint_id == endpoint, deliveries.c.state == "pending")
    now = format_instant(tx.clock.now())
    change = update(deliveries).where(*waiting)
    return tx.execute(change.values(state="cancelled", leased_by="", finished_at=now)).rowcount


def _choose(replay: Replay) -> list[ColumnElement[bool]]:
    over = ("failed", "cancelled") if replay.failed_only and not replay.deliveries else _OVER
    wanted: list[ColumnElement[bool]] = [deliveries.c.state.in_(over)]
    if replay.deliveries:
        wanted.append(deliveries.c.id.in_(replay.deliveries))
    if replay.endpoint is not None:
        wanted.append(deliveries.c.endpoint_id == replay.endpoint)
    if replay.since is not None:
        wanted.append(deliveries.c.created_at >= replay.since)
    if replay.until is not None:
        wanted.append(deliveries.c.created_at < replay.until)
    return wanted


_OVER = ("failed", "cancelled", "delivered")


def _make_attempt(row: Any) -> Attempt:
    values = {name: row[name] for name in Attempt.__struct_fields__}
    for name in ("request", "response"):
        values[name] = msgspec.json.decode(values[name])
    return Attempt(**values)
