"""Declaring event types."""

from __future__ import annotations

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.errors import EventTypeNotFound
from gonogo.webhooks.event_types import check_type
from gonogo.webhooks.own_events import OWN
from gonogo.webhooks.schemas import EventType, NewType
from gonogo.webhooks.store.types import delete_type, list_types, save_type

PLACE = "types"
"""The subject of their events: the page that lists them."""


async def declare_type(kernel: Kernel, actor: Actor, new: NewType) -> None:
    """Let programs send events of this type; again, with another schema. Raises ``Forbidden`` or ``BadSchema``."""
    authorise(actor, "operator")
    check_type(new.name, new.schema)

    def declare(tx: Tx) -> None:
        save_type(tx, new, actor.name)
        tx.emit("webhook.type_declared", PLACE, {"name": new.name}, actor)

    await kernel.db.write(declare)


async def remove_type(kernel: Kernel, actor: Actor, name: str) -> None:
    """Take no more events of this type. Raises ``Forbidden`` or ``EventTypeNotFound``."""
    authorise(actor, "operator")

    def remove(tx: Tx) -> None:
        if not delete_type(tx, name):
            raise EventTypeNotFound(
                f"There is no declared event type '{name}'. `gonogo webhooks types` lists them.", field="name"
            )
        tx.emit("webhook.type_removed", PLACE, {"name": name}, actor)

    await kernel.db.write(remove)


async def list_all_types(kernel: Kernel) -> list[EventType]:
    """Declared types by name, then Gonogo's own."""
    own = [EventType(name=name, description=description, own=True) for name, description in OWN.items()]
    return [*await kernel.db.read(list_types), *own]
