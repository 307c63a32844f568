"""What tests of webhooks do again and again."""

from __future__ import annotations

from functools import partial
from typing import Any

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.commands.endpoints import add_endpoint
from gonogo.webhooks.commands.events import send_event
from gonogo.webhooks.commands.replaying import get_record
from gonogo.webhooks.commands.types import declare_type
from gonogo.webhooks.schemas import Accepted, Delivery, DeliveryRecord, Endpoint, NewEndpoint, NewEvent, NewType
from gonogo.webhooks.store.deliveries import list_deliveries
from gonogo.webhooks.store.endpoints import find_endpoint
from tests.fake_clock import FakeClock
from tests.webhooks.receiver import until

TYPE = "ferry.departed"
PIER = {"type": "object", "required": ["pier"], "properties": {"pier": {"type": "integer", "minimum": 1}}}


async def declare(kernel: Kernel) -> None:
    """Declare the event type that the tests send."""
    await declare_type(kernel, SYSTEM, NewType(name=TYPE, schema=PIER))


async def add(kernel: Kernel, url: str, **more: Any) -> tuple[Endpoint, str]:
    """An endpoint for the tests' events (or ``events``), with its secret."""
    return await add_endpoint(kernel, SYSTEM, NewEndpoint(url=url, **{"events": [TYPE], **more}))


async def send(kernel: Kernel, pier: int = 1, **more: Any) -> Accepted:
    """Send one event."""
    return await send_event(kernel, SYSTEM, NewEvent(type=TYPE, data={"pier": pier}, **more))


async def list_all(kernel: Kernel, **chosen: Any) -> list[Delivery]:
    """Deliveries, newest first."""
    return await kernel.db.read(partial(list_deliveries, limit=500, **chosen))


async def read_record(kernel: Kernel, id: int) -> DeliveryRecord:
    """One delivery with its attempts."""
    return await kernel.db.read(partial(get_record, id=id))


async def read_endpoint(kernel: Kernel, id: str) -> Endpoint:
    """An endpoint as it is now."""
    found = await kernel.db.read(partial(find_endpoint, id=id))
    assert found is not None
    return found


def nudge(clock: FakeClock | None) -> None:
    """Let half a second pass, as it does outside of tests while somebody waits."""
    if clock is not None:
        clock.advance(0.5)


async def settle(kernel: Kernel, state: str, count: int = 1, clock: FakeClock | None = None) -> list[Delivery]:
    """Wait until so many deliveries are in ``state``; with a clock, time goes on meanwhile."""

    async def look() -> list[Delivery]:
        nudge(clock)
        found = await list_all(kernel, state=state)
        return found if len(found) >= count else []

    found: list[Delivery] = await until(look, f"{count} deliveries are {state}")
    return found


async def await_attempts(kernel: Kernel, id: int, count: int, clock: FakeClock | None = None) -> DeliveryRecord:
    """Wait until a delivery has so many attempts written down; with a clock, time goes on meanwhile."""

    async def look() -> DeliveryRecord | None:
        nudge(clock)
        record = await read_record(kernel, id)
        return record if record.delivery.attempts >= count else None

    record: DeliveryRecord = await until(look, f"delivery {id} was tried {count} times")
    return record
