"""Whatever happens between the lease and the outcome, a delivery comes up again, and nobody else waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import pytest
from aiohttp import ClientResponse, web

from gonogo.kernel.events.event import Event
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.delivering import sending
from gonogo.webhooks.delivering.lane import CONCURRENCY, DEPTH, HORIZON_S, LEASE_S, Lane
from gonogo.webhooks.delivering.sending import Reply, Sender
from gonogo.webhooks.delivering.target import Target
from gonogo.webhooks.store.claiming import Work
from tests.fake_clock import FakeClock
from tests.webhooks.receiver import Heard, Receiver, until
from tests.webhooks.stage import add, await_attempts, declare, list_all, read_endpoint, send, settle

SENT = 40
Fault = Callable[[], BaseException]


class Falls:
    """The next attempts of a deliverer that fall before they begin: by a defect, or cancelled by nobody knows whom."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fault: Fault = RuntimeError
        self.left = 0
        self.fallen: set[int] = set()
        self._whole = Sender.send
        monkeypatch.setattr(Sender, "send", lambda sender, target, work: self._send(sender, target, work))

    async def _send(self, sender: Sender, target: Target, work: Work) -> Reply:
        if self.left:
            self.left -= 1
            self.fallen.add(work.id)
            raise self.fault()
        return await self._whole(sender, target, work)


@pytest.fixture
def falls(monkeypatch: pytest.MonkeyPatch) -> Falls:
    return Falls(monkeypatch)


@pytest.fixture(autouse=True)
async def declared(kernel: Kernel) -> None:
    await declare(kernel)


async def send_all(kernel: Kernel, count: int = SENT) -> None:
    await asyncio.gather(*(send(kernel, pier) for pier in range(1, count + 1)))


async def go_on(kernel: Kernel, clock: FakeClock, count: int) -> set[int]:
    """Who is delivered once so many are; time goes on meanwhile, by far less than a lease."""

    async def look() -> set[int] | None:
        clock.advance(0.02)
        delivered = {one.id for one in await list_all(kernel, state="delivered")}
        return delivered if len(delivered) >= count else None

    found: set[int] = await until(look, f"{count} are delivered")
    return found


@pytest.mark.parametrize("fault", [RuntimeError, asyncio.CancelledError])
async def test_workers_that_fall_leave_no_queue_behind(
    kernel: Kernel, clock: FakeClock, receiver: Receiver, falls: Falls, fault: Fault
) -> None:
    falls.fault, falls.left = fault, CONCURRENCY
    await add(kernel, receiver.url)
    await send_all(kernel)
    delivered = await go_on(kernel, clock, SENT - CONCURRENCY)
    assert len(falls.fallen) == CONCURRENCY
    assert delivered.isdisjoint(falls.fallen)
    clock.advance(LEASE_S)
    await settle(kernel, "delivered", SENT, clock)
    assert len(receiver.heard) == SENT


async def test_in_order_a_fallen_one_holds_the_line_until_its_lease_ends(
    kernel: Kernel, clock: FakeClock, receiver: Receiver, falls: Falls
) -> None:
    falls.left = 1
    await add(kernel, receiver.url, ordered=True)
    await send_all(kernel, 5)
    await until(lambda: falls.fallen, "the first has fallen")
    clock.advance(LEASE_S)
    await settle(kernel, "delivered", 5, clock)
    numbers = [heard.headers["webhook-id"] for heard in receiver.heard]
    assert numbers == [one.message_id for one in reversed(await list_all(kernel))]


async def test_what_was_leased_and_never_arrived_comes_back(
    kernel: Kernel, clock: FakeClock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[int] = []
    whole = Lane.take

    def lose(lane: Lane, works: Iterable[Work], now: float) -> None:
        taken = list(works)
        if not lost and taken:
            lost.extend(work.id for work in taken)
            raise MemoryError
        whole(lane, taken, now)

    monkeypatch.setattr(Lane, "take", lose)
    await add(kernel, receiver.url)
    await send(kernel)
    await until(lambda: lost, "it is leased")
    assert not receiver.heard
    clock.advance(LEASE_S)
    await settle(kernel, "delivered", 1, clock)


async def test_a_wake_up_that_is_lost_costs_half_a_second(
    kernel: Kernel, clock: FakeClock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(kernel, receiver.url)
    published: list[Event] = []
    monkeypatch.setattr(kernel.bus, "publish", published.extend)
    await send(kernel)
    await settle(kernel, "delivered", 1, clock)
    assert published


async def test_an_attempt_that_hangs_past_its_timeout_is_ended(
    kernel: Kernel, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_answer: ClientResponse) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(sending, "GRACE_S", 0.05 - sending.TIMEOUT_S)
    monkeypatch.setattr(ClientResponse, "wait_for_close", hang)
    await add(kernel, receiver.url)
    await send(kernel)
    [delivery] = await list_all(kernel)
    record = await await_attempts(kernel, delivery.id, 1)
    assert record.delivery.last_error == "No answer within 15 s."


@pytest.mark.parametrize(
    "headers",
    [{"Retry-After": f"1 Oct {'9' * 400} 07:28:00"}, {"Retry-After": "soon"}],
    ids=["a year without end", "no time at all"],
)
async def test_odd_answers_have_their_outcome(kernel: Kernel, receiver: Receiver, headers: dict[str, str]) -> None:
    async def answer(_heard: Heard) -> web.StreamResponse:
        return web.Response(status=503, headers=headers)

    receiver.answer = answer
    endpoint, _ = await add(kernel, receiver.url)
    await send(kernel)
    [delivery] = await list_all(kernel)
    record = await await_attempts(kernel, delivery.id, 1)
    assert record.delivery.last_error == "It answered 503."
    assert (await read_endpoint(kernel, endpoint.id)).failing_since is not None


def test_bytes_that_are_no_text_can_be_kept() -> None:
    read = b"Br\xfccke\0".decode("utf-8", errors="surrogateescape")  # as headers are read
    assert sending._make_plain(read) == "Br?cke"


def make_lane(endpoint: object) -> Lane:
    return Lane(endpoint, None, failing=False)  # type: ignore[arg-type]


async def test_no_more_is_leased_than_can_be_tried_soon(kernel: Kernel, receiver: Receiver) -> None:
    endpoint, _ = await add(kernel, receiver.url)
    lane = make_lane(endpoint)
    assert lane.room == DEPTH
    lane.note_pace(0.01)
    assert lane.room == DEPTH
    for _ in range(50):
        lane.note_pace(4.0)
    assert lane.room == pytest.approx(CONCURRENCY * HORIZON_S / 4.0, abs=1)
    for _ in range(50):
        lane.note_pace(15.0)
    assert lane.room == CONCURRENCY


async def test_what_is_leased_anew_is_not_queued_twice(kernel: Kernel, receiver: Receiver) -> None:
    endpoint, _ = await add(kernel, receiver.url)
    lane = make_lane(endpoint)
    first, second, third = (Work(number, f"m{number}", endpoint.id, "a.b", 0, 0, "{}") for number in (1, 2, 3))
    lane.take([first, second], 0.0)
    lane.under_way.add(third.id)
    lane.take([first, third], 60.0)
    assert list(lane.queue) == [(second, 0.0), (first, 60.0)]
