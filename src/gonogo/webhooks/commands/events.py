"""Telling: an event is checked, kept with its deliveries, and only then answered."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.commands.endpoints import get_endpoint
from gonogo.webhooks.errors import EndpointDisabled, EventTypeNotFound
from gonogo.webhooks.event_types import check_data
from gonogo.webhooks.own_events import RESERVED, write_body
from gonogo.webhooks.schemas import Accepted, NewEvent
from gonogo.webhooks.store.endpoints import list_subscribers
from gonogo.webhooks.store.messages import Message, address_message, count_deliveries, find_message, insert_message
from gonogo.webhooks.store.types import find_schema

ACCEPTED = "webhook.accepted"
TEST = "gonogo.test"


async def send_event(kernel: Kernel, actor: Actor, new: NewEvent) -> Accepted:
    """Tell everybody who wants events of this type. Raises ``Forbidden``, ``EventTypeNotFound``, ``BadPayload``."""
    authorise(actor, "operator")

    def accept(tx: Tx) -> Accepted:
        if new.id and find_message(tx, new.id) is not None:
            return Accepted(new.id, new.type, count_deliveries(tx, new.id), duplicate=True)
        schema = find_schema(tx, new.type)
        if schema is None and (noun := new.type.partition(".")[0]) in RESERVED:
            raise EventTypeNotFound(
                f"'type': events named {noun}.* are Gonogo's own, and told by itself. Begin yours with another word.",
                field="type",
            )
        if schema is None:
            raise EventTypeNotFound(
                f"Nobody declared the event type '{new.type}'. POST /api/webhooks/event-types does, or "
                f"`gonogo webhooks declare {new.type}`.",
                field="type",
            )
        check_data(new.type, schema, new.data)
        message = _make_message(new.id or new_id(), new, format_instant(tx.clock.now()))
        return Accepted(message.id, new.type, insert_message(tx, message, list_subscribers(tx)))

    accepted = await kernel.db.write(accept)
    _tell(kernel, accepted)
    return accepted


async def send_test(kernel: Kernel, actor: Actor, endpoint_id: str) -> Accepted:
    """Send a test event to one endpoint. Raises ``Forbidden``, ``EndpointNotFound`` or ``EndpointDisabled``."""
    authorise(actor, "operator")

    def accept(tx: Tx) -> Accepted:
        endpoint = get_endpoint(tx, endpoint_id)
        if endpoint.state != "active":
            raise EndpointDisabled(f"{endpoint.url} is disabled: {endpoint.reason} Enable it first.")
        new = NewEvent(type=TEST, data={"endpoint": endpoint_id, "sent_by": actor.name})
        message = _make_message(new_id(), new, format_instant(tx.clock.now()))
        tx.emit("webhook.tested", endpoint_id, {"name": endpoint.url}, actor)
        return Accepted(message.id, TEST, address_message(tx, message, [endpoint_id]))

    accepted = await kernel.db.write(accept)
    _tell(kernel, accepted)
    return accepted


def _make_message(id: str, new: NewEvent, at: str) -> Message:
    return Message(id, new.type, at, write_body(id, new.type, at, new.data))


def _tell(kernel: Kernel, accepted: Accepted) -> None:
    if accepted.deliveries and not accepted.duplicate:
        kernel.bus.notify(ACCEPTED, accepted.id)
