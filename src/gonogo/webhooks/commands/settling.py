"""Keeping what came of attempts, and drawing the conclusions for their endpoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.db.database import Tx
from gonogo.webhooks.health import Health, Tried, Verdict, judge_endpoint
from gonogo.webhooks.store.endpoints import find_endpoint, note_failing, update_endpoint
from gonogo.webhooks.store.settling import Outcome, settle_outcomes


def keep_outcomes(tx: Tx, outcomes: Sequence[Outcome], holder: str, failing: frozenset[str]) -> dict[str, bool]:
    """Write them down; gives for every endpoint that failed or had been ``failing`` whether it fails now."""
    settle_outcomes(tx, outcomes, holder)
    for one in outcomes:
        if one.state == "failed":
            told = {"delivery": one.delivery_id, "type": one.type, "attempts": one.number, "why": one.error}
            tx.emit("webhook.delivery_failed", one.endpoint_id, told, SYSTEM)
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        groups[one.endpoint_id].append(one)
    return {
        endpoint_id: _judge(tx, endpoint_id, members)
        for endpoint_id, members in groups.items()
        if endpoint_id in failing or any(one.state != "delivered" for one in members)
    }


def disable_endpoint(tx: Tx, id: str, why: str) -> None:
    """Send nothing to an endpoint until somebody enables it; what waits for it goes on waiting.

    One that was removed meanwhile, or disabled by somebody, stays as it is.
    """
    endpoint = find_endpoint(tx, id)
    if endpoint is None or endpoint.state != "active":
        return
    update_endpoint(tx, id, state="disabled", reason=why)
    tx.emit("webhook.endpoint_disabled", id, {"name": endpoint.url, "why": why}, SYSTEM)


def _judge(tx: Tx, id: str, members: Iterable[Outcome]) -> bool:
    endpoint = find_endpoint(tx, id)
    if endpoint is None:
        return False
    tried = [Tried(one.state == "delivered", one.status, one.at) for one in members]
    before = Health(endpoint.failing_since, endpoint.last_failed_at, endpoint.warned)
    verdict = judge_endpoint(before, tried)
    health = verdict.health
    note_failing(tx, id, since=health.failing_since, last=health.last_failed_at, warned=health.warned)
    _tell(tx, id, endpoint.url, verdict)
    return health.failing_since is not None


def _tell(tx: Tx, id: str, url: str, verdict: Verdict) -> None:
    if verdict.disabled:
        disable_endpoint(tx, id, verdict.disabled)
    elif verdict.warning is not None:
        since = verdict.health.failing_since
        told = {"name": url, "percent": verdict.warning, "failing_since": since}
        tx.emit("webhook.endpoint_warned", id, told, SYSTEM)
    elif verdict.recovered:
        tx.emit("webhook.endpoint_recovered", id, {"name": url}, SYSTEM)
