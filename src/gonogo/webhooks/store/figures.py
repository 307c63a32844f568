"""Numbers of this room, read for signals, lights and pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import func, select, text

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.webhooks.models import attempts, endpoints, minutes
from gonogo.webhooks.store.settling import MINUTE


class Tally(msgspec.Struct, frozen=True):
    """Attempts of a span added up; times in milliseconds."""

    delivered: int = 0
    failed: int = 0
    took_ms: float = 0.0
    slowest_ms: float = 0.0

    @property
    def total(self) -> int:
        return self.delivered + self.failed

    @property
    def success_rate(self) -> float | None:
        """Percent of attempts that were taken; None when there were none."""
        return 100 * self.delivered / self.total if self.total else None

    @property
    def mean_ms(self) -> float | None:
        return self.took_ms / self.total if self.total else None


class Waiting(msgspec.Struct, frozen=True):
    """Deliveries not over yet, of active endpoints."""

    count: int = 0
    oldest_at: str | None = None
    overdue_at: str | None = None
    """Since when the one waits that should have been tried first; None when all are waiting for their turn."""


_WAITING = text(
    "SELECT count(*), min(d.created_at), min(CASE WHEN d.next_attempt_at <= :now THEN d.next_attempt_at END)"
    " FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id"
    " WHERE d.state = 'pending' AND e.state = 'active'"
)


def tally_span(tx: Tx, span: timedelta) -> Tally:
    """All attempts of the last ``span``."""
    start = format_instant(tx.clock.now() - span)[:MINUTE]
    row = tx.execute(select(*_SUMS).where(minutes.c.minute >= start)).one()
    return Tally(*(value or 0 for value in row))


def tally_endpoints(tx: Tx, span: timedelta) -> dict[str, Tally]:
    """The same for each endpoint."""
    start = format_instant(tx.clock.now() - span)[:MINUTE]
    query = select(minutes.c.endpoint_id, *_SUMS).where(minutes.c.minute >= start).group_by(minutes.c.endpoint_id)
    rows: Iterable[Any] = tx.execute(query)
    return {row[0]: Tally(*row[1:]) for row in rows}


def read_waiting(tx: Tx) -> Waiting:
    """How much waits, and since when."""
    return Waiting(*tx.execute(_WAITING, {"now": format_instant(tx.clock.now())}).one())


def count_waiting(tx: Tx) -> dict[str, int]:
    """Deliveries not over yet, by endpoint."""
    query = text("SELECT endpoint_id, count(*) FROM webhook_deliveries WHERE state = 'pending' GROUP BY endpoint_id")
    rows: Iterable[Any] = tx.execute(query)
    return {row[0]: row[1] for row in rows}


def count_states(tx: Tx) -> dict[str, int]:
    """Endpoints by state; ``failing`` counts active ones that fail at the moment."""
    found: Iterable[Any] = tx.execute(select(endpoints.c.state, func.count()).group_by(endpoints.c.state))
    counts = {row[0]: row[1] for row in found}
    failing = (endpoints.c.state == "active", endpoints.c.failing_since.is_not(None))
    counts["failing"] = tx.execute(select(func.count()).select_from(endpoints).where(*failing)).scalar_one()
    return counts


def find_progress(tx: Tx) -> int:
    """A number that grows with every attempt."""
    newest: int = tx.execute(select(func.coalesce(func.max(attempts.c.id), 0))).scalar_one()
    return newest


_SUMS = (
    func.sum(minutes.c.delivered),
    func.sum(minutes.c.failed),
    func.sum(minutes.c.took_ms),
    func.max(minutes.c.slowest_ms),
)
