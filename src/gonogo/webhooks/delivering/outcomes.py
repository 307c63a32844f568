"""From a reply to what it means for the delivery. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from gonogo.kernel.clock import format_instant
from gonogo.webhooks.delivering.sending import Reply
from gonogo.webhooks.health import GONE
from gonogo.webhooks.schedule import read_retry_after, wait_after
from gonogo.webhooks.schemas import DeliveryState
from gonogo.webhooks.store.claiming import Work
from gonogo.webhooks.store.settling import Outcome


def make_outcome(work: Work, reply: Reply, now: datetime, chance: float) -> Outcome:
    """Where the delivery stands after one more attempt; ``chance`` (0 to 1) spreads the retries."""
    tries = work.tries + 1
    state, wait = _decide(reply, tries, now, chance)
    return Outcome(
        delivery_id=work.id,
        endpoint_id=work.endpoint_id,
        type=work.type,
        number=work.attempts + 1,
        at=format_instant(now),
        state=state,
        tries=tries,
        next_at=format_instant(now + timedelta(seconds=wait)),
        status=reply.status,
        error=reply.error,
        wait_ms=reply.wait_ms,
        took_ms=reply.took_ms,
        request=reply.request,
        response=reply.response,
        excerpt=reply.excerpt,
    )


def _decide(reply: Reply, tries: int, now: datetime, chance: float) -> tuple[DeliveryState, float]:
    if reply.status is not None and 200 <= reply.status < 300:
        return "delivered", 0.0
    if reply.status == GONE:
        return "failed", 0.0
    wait = wait_after(tries, read_retry_after(reply.retry_after, now), chance)
    return ("failed", 0.0) if wait is None else ("pending", wait)
