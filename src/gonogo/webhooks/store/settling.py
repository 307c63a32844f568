"""Writing down what came of attempts: many at a time, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, text, update

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.webhooks.models import attempts, deliveries
from gonogo.webhooks.schemas import DeliveryState

MINUTE = len("2026-03-02T12:00")


class Outcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One attempt with its answer, and where the delivery stands after it. ``next_at`` when it is tried again."""

    delivery_id: int
    endpoint_id: str
    type: str
    number: int
    at: str
    state: DeliveryState
    tries: int
    next_at: str
    status: int | None
    error: str
    wait_ms: float | None
    took_ms: float
    request: str
    response: str
    excerpt: str


_SETTLE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"), deliveries.c.leased_by == bindparam("holder"))
    .values(
        state=bindparam("new_state"),
        attempts=bindparam("number"),
        tries=bindparam("new_tries"),
        next_attempt_at=bindparam("next_at"),
        leased_by="",
        finished_at=bindparam("over_at"),
        last_status=bindparam("status"),
        last_error=bindparam("error"),
    )
)
_ADD_UP = text(
    "INSERT INTO webhook_minutes (minute, endpoint_id, delivered, failed, took_ms, slowest_ms)"
    " VALUES (:minute, :endpoint_id, :delivered, :failed, :took_ms, :slowest_ms)"
    " ON CONFLICT (minute, endpoint_id) DO UPDATE SET"
    " delivered = webhook_minutes.delivered + excluded.delivered, failed = webhook_minutes.failed + excluded.failed,"
    " took_ms = webhook_minutes.took_ms + excluded.took_ms,"
    " slowest_ms = CASE WHEN excluded.slowest_ms > webhook_minutes.slowest_ms"
    " THEN excluded.slowest_ms ELSE webhook_minutes.slowest_ms END"
)


def settle_outcomes(tx: Tx, outcomes: Sequence[Outcome], holder: str) -> None:
    """Keep the attempts and move their deliveries on, if ``holder`` still has them."""
    now = format_instant(tx.clock.now())
    tx.execute(insert(attempts), [_make_attempt(one) for one in outcomes])
    tx.execute(
        _SETTLE,
        [
            {
                "delivery": one.delivery_id,
                "holder": holder,
                "new_state": one.state,
                "number": one.number,
                "new_tries": one.tries,
                "next_at": one.next_at,
                "over_at": None if one.state == "pending" else now,
                "status": one.status,
                "error": one.error,
            }
            for one in outcomes
        ],
    )
    tx.execute(_ADD_UP, add_up(outcomes))


def add_up(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """Attempts by endpoint and minute."""
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for one in outcomes:
        groups[one.at[:MINUTE], one.endpoint_id].append(one)
    return [
        {
            "minute": minute,
            "endpoint_id": endpoint_id,
            "delivered": sum(one.state == "delivered" for one in members),
            "failed": sum(one.state != "delivered" for one in members),
            "took_ms": sum(one.took_ms for one in members),
            "slowest_ms": max(one.took_ms for one in members),
        }
        for (minute, endpoint_id), members in groups.items()
    ]


def _make_attempt(one: Outcome) -> dict[str, Any]:
    return {
        "delivery_id": one.delivery_id,
        "endpoint_id": one.endpoint_id,
        "number": one.number,
        "at": one.at,
        "status": one.status,
        "error": one.error,
        "wait_ms": one.wait_ms,
        "took_ms": one.took_ms,
        "request": one.request,
        "response": one.response,
        "excerpt": one.excerpt,
    }
