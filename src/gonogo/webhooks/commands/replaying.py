"""Sending again: one delivery, the failed ones, a time."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.commands.endpoints import get_endpoint
from gonogo.webhooks.errors import DeliveryNotFound, EndpointDisabled, NothingToReplay
from gonogo.webhooks.schemas import DeliveryRecord, Replay
from gonogo.webhooks.store.deliveries import find_record, hasten, requeue


async def replay_deliveries(kernel: Kernel, actor: Actor, replay: Replay) -> int:
    """Have deliveries tried again now; gives how many. Raises ``Forbidden``, ``NothingToReplay``, …"""
    authorise(actor, "operator")
    replay = _read_times(replay)

    def again(tx: Tx) -> int:
        subject = _find_subject(tx, replay)
        count = (hasten(tx, replay.deliveries) if replay.deliveries else 0) + requeue(tx, replay)
        if not count:
            raise NothingToReplay("No delivery fits: it is under way, its endpoint is disabled, or there is none.")
        tx.emit("webhook.replayed", subject, {"count": count}, actor)
        return count

    return await kernel.db.write(again)


def _find_subject(tx: Tx, replay: Replay) -> str:
    if replay.endpoint is not None:
        return _check_enabled(tx, replay.endpoint)
    ids = {get_record(tx, number).delivery.endpoint_id for number in replay.deliveries}
    return _check_enabled(tx, ids.pop()) if len(ids) == 1 else ""


def get_record(tx: Tx, id: int) -> DeliveryRecord:
    """One delivery with everything about it. Raises ``DeliveryNotFound``."""
    record = find_record(tx, id) if abs(id) < 2**63 else None
    if record is None:
        raise DeliveryNotFound(f"There is no delivery {id}. `gonogo webhooks deliveries` lists them.", field="id")
    return record


def _check_enabled(tx: Tx, endpoint_id: str) -> str:
    endpoint = get_endpoint(tx, endpoint_id)
    if endpoint.state != "active":
        raise EndpointDisabled(f"{endpoint.url} is disabled: {endpoint.reason} Enable it first.")
    return endpoint_id


def _read_times(replay: Replay) -> Replay:
    if not (replay.deliveries or replay.endpoint or replay.since):
        raise BadInput("Say what to send again: deliveries, an endpoint, or since when.", field="deliveries")
    given = {"since": replay.since, "until": replay.until}
    for name, value in given.items():
        try:
            given[name] = value and format_instant(parse_instant(value))
        except (ValueError, OverflowError) as error:
            raise BadInput(f"'{name}' must be an instant such as 2026-03-02T12:00:00Z.", field=name) from error
    return Replay(deliveries=replay.deliveries, endpoint=replay.endpoint, failed_only=replay.failed_only, **given)
