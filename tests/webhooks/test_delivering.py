"""Told once, told for sure: what is sent, when it is sent again, and when no more."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.kernel.config import Config
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.kernel import Kernel
from gonogo.webhooks.commands.endpoints import change_endpoint, remove_endpoint, rotate_secret
from gonogo.webhooks.commands.events import send_test
from gonogo.webhooks.commands.replaying import replay_deliveries
from gonogo.webhooks.errors import EndpointDisabled, NothingToReplay
from gonogo.webhooks.inbound.request import HookRequest
from gonogo.webhooks.inbound.standard import verify_standard
from gonogo.webhooks.room import ROOM
from gonogo.webhooks.schemas import EndpointChange, Replay, Rotation
from tests.fake_clock import FakeClock
from tests.webhooks.receiver import Heard, Receiver, until
from tests.webhooks.stage import TYPE, add, await_attempts, declare, list_all, read_endpoint, read_record, send, settle


@pytest.fixture(autouse=True)
async def declared(kernel: Kernel) -> None:
    await declare(kernel)


async def list_events(kernel: Kernel, name: str) -> list[str]:
    events = await kernel.db.read(lambda tx: find_events(tx, names=(name,)))
    return [event.subject for event in events]


async def test_an_event_reaches_its_endpoint_signed(kernel: Kernel, receiver: Receiver) -> None:
    _, secret = await add(kernel, receiver.url + "/in")
    accepted = await send(kernel, 7)
    [delivery] = await settle(kernel, "delivered")
    [heard] = receiver.heard
    assert heard.path == "/in"
    assert heard.headers["webhook-id"] == accepted.id
    assert json.loads(heard.body) == {
        "type": TYPE,
        "timestamp": "2026-03-02T12:00:00.000Z",
        "id": accepted.id,
        "data": {"pier": 7},
    }
    request = HookRequest(heard.headers, heard.body.encode(), kernel.clock.now())
    assert verify_standard(request, secret).id == accepted.id
    assert (delivery.attempts, delivery.last_status) == (1, 200)


async def test_the_attempt_log_tells_request_answer_and_times(kernel: Kernel, receiver: Receiver) -> None:
    await add(kernel, receiver.url, headers={"X-Token": "pier-secret"})
    await send(kernel)
    [delivery] = await settle(kernel, "delivered")
    [attempt] = (await read_record(kernel, delivery.id)).attempts
    assert receiver.heard[0].headers["x-token"] == "pier-secret"
    assert attempt.request["X-Token"] == "••••"
    assert attempt.request["webhook-signature"].startswith("v1,")
    assert attempt.response["content-type"].startswith("text/plain")
    assert attempt.excerpt == "noted"
    assert attempt.wait_ms is not None
    assert 0 < attempt.wait_ms <= attempt.took_ms


async def test_only_who_wants_it_is_told(kernel: Kernel, receiver: Receiver) -> None:
    await add(kernel, receiver.url + "/all", events=["*"])
    await add(kernel, receiver.url + "/ferry", events=["ferry.*"])
    await add(kernel, receiver.url + "/other", events=["train.*", "*.arrived"])
    assert (await send(kernel)).deliveries == 2
    await until(lambda: len([one for one in receiver.heard if TYPE in one.body]) == 2, "both are told")
    ferry = [heard.path for heard in receiver.heard if json.loads(heard.body)["type"] == TYPE]
    assert sorted(ferry) == ["/all", "/ferry"]


async def test_a_failure_is_tried_again_after_five_seconds(
    kernel: Kernel, clock: FakeClock, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    await add(kernel, receiver.url)
    await send(kernel)
    first = await until(lambda: list_all(kernel), "the delivery is there")
    record = await await_attempts(kernel, first[0].id, 1)
    assert record.delivery.state == "pending"
    assert record.delivery.last_error == "It answered 500."
    due = parse_instant(record.delivery.next_attempt_at) - clock.now()
    assert timedelta(seconds=5) <= due <= timedelta(seconds=5.5)
    await settle(kernel, "delivered", clock=clock)
    assert len(receiver.heard) == 2
    assert receiver.heard[0].headers["webhook-id"] == receiver.heard[1].headers["webhook-id"]


async def test_it_is_given_up_after_eight_attempts(kernel: Kernel, clock: FakeClock, receiver: Receiver) -> None:
    receiver.statuses = [500] * 20
    endpoint, _ = await add(kernel, receiver.url)
    await send(kernel)
    [delivery] = await list_all(kernel)
    for attempts in range(1, 9):
        record = await await_attempts(kernel, delivery.id, attempts, clock)
        assert record.delivery.attempts == attempts
        clock.advance(56_000)
    assert record.delivery.state == "failed"
    assert await list_events(kernel, "webhook.delivery_failed") == [endpoint.id]


async def test_retry_after_is_honoured(kernel: Kernel, clock: FakeClock, receiver: Receiver) -> None:
    receiver.statuses, receiver.headers = [503], {"Retry-After": "90"}
    await add(kernel, receiver.url)
    await send(kernel)
    [delivery] = await list_all(kernel)
    record = await await_attempts(kernel, delivery.id, 1)
    assert record.delivery.next_attempt_at == format_instant(clock.now() + timedelta(seconds=90))


async def test_gone_disables_the_endpoint(kernel: Kernel, receiver: Receiver) -> None:
    receiver.statuses = [410]
    endpoint, _ = await add(kernel, receiver.url)
    await send(kernel)
    await settle(kernel, "failed")
    after = await read_endpoint(kernel, endpoint.id)
    assert after.state == "disabled"
    assert "410" in after.reason
    assert (await send(kernel)).deliveries == 0
    with pytest.raises(EndpointDisabled):
        await send_test(kernel, SYSTEM, endpoint.id)


async def test_days_of_failure_warn_and_disable(kernel: Kernel, clock: FakeClock, receiver: Receiver) -> None:
    receiver.statuses = [500] * 100
    endpoint, _ = await add(kernel, receiver.url)
    for _ in range(11):
        accepted = await send(kernel)
        assert accepted.deliveries == 1
        [newest, *_] = await list_all(kernel)
        await await_attempts(kernel, newest.id, 1, clock)
        clock.advance(12 * 3600)
    await until(lambda: is_disabled(kernel, endpoint.id), "the endpoint is disabled")
    percents = await kernel.db.read(lambda tx: find_events(tx, names=("webhook.endpoint_warned",)))
    assert [event.data["percent"] for event in percents] == [50, 70, 90]
    assert await list_events(kernel, "webhook.endpoint_disabled") == [endpoint.id]


async def is_disabled(kernel: Kernel, id: str) -> bool:
    return (await read_endpoint(kernel, id)).state == "disabled"


async def test_what_waits_for_a_disabled_endpoint_is_sent_when_it_is_enabled(
    kernel: Kernel, clock: FakeClock, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    endpoint, _ = await add(kernel, receiver.url)
    await send(kernel)
    [delivery] = await list_all(kernel)
    await await_attempts(kernel, delivery.id, 1)
    await change_endpoint(kernel, SYSTEM, endpoint.id, EndpointChange(state="disabled"))
    clock.advance(600)
    await change_endpoint(kernel, SYSTEM, endpoint.id, EndpointChange(state="active"))
    await settle(kernel, "delivered")
    assert (await read_endpoint(kernel, endpoint.id)).failing_since is None


async def test_a_recovery_is_told(kernel: Kernel, clock: FakeClock, receiver: Receiver) -> None:
    receiver.statuses = [500]
    endpoint, _ = await add(kernel, receiver.url)
    await send(kernel)
    [delivery] = await list_all(kernel)
    await await_attempts(kernel, delivery.id, 1)
    assert (await read_endpoint(kernel, endpoint.id)).failing_since is not None
    await settle(kernel, "delivered", clock=clock)
    assert await list_events(kernel, "webhook.endpoint_recovered") == [endpoint.id]
    assert (await read_endpoint(kernel, endpoint.id)).failing_since is None


async def test_an_unreachable_endpoint_is_tried_again(kernel: Kernel, clock: FakeClock) -> None:
    await add(kernel, "http://127.0.0.1:1/")
    await send(kernel)
    [delivery] = await list_all(kernel)
    record = await await_attempts(kernel, delivery.id, 1)
    assert record.delivery.state == "pending"
    assert record.delivery.last_error.startswith("No connection: ")


async def test_in_order_means_nobody_overtakes(kernel: Kernel, clock: FakeClock, receiver: Receiver) -> None:
    receiver.statuses = [200, 500]
    await add(kernel, receiver.url, ordered=True)
    for pier in range(1, 21):
        await send(kernel, pier)
    await settle(kernel, "delivered", 1)
    second = (await list_all(kernel))[-2]
    await await_attempts(kernel, second.id, 1)
    assert [heard.data["pier"] for heard in receiver.heard] == [1, 2]
    await settle(kernel, "delivered", 20, clock)
    assert [heard.data["pier"] for heard in receiver.heard] == [1, 2, *range(2, 21)]


async def test_in_order_means_one_at_a_time(kernel: Kernel, receiver: Receiver) -> None:
    under_way = most = 0

    async def answer(heard: Heard) -> web.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.002)
        under_way -= 1
        return web.Response()

    receiver.answer = answer
    await add(kernel, receiver.url, ordered=True)
    await asyncio.gather(*(send(kernel, pier) for pier in range(1, 41)))
    await settle(kernel, "delivered", 40)
    assert most == 1


async def test_a_rate_limit_spaces_deliveries(kernel: Kernel, clock: FakeClock, receiver: Receiver) -> None:
    await add(kernel, receiver.url, rate_limit=2)
    await asyncio.gather(*(send(kernel, pier) for pier in range(1, 6)))
    started = clock.monotonic()
    for sent in range(1, 6):
        await settle(kernel, "delivered", sent)
        assert len(receiver.heard) == sent
        clock.advance(0.5)
    assert clock.monotonic() - started == pytest.approx(2.5)


async def test_a_rotation_signs_with_both_until_the_overlap_is_over(
    kernel: Kernel, clock: FakeClock, receiver: Receiver
) -> None:
    endpoint, old = await add(kernel, receiver.url)
    await send(kernel)
    await settle(kernel, "delivered")
    _, new = await rotate_secret(kernel, SYSTEM, endpoint.id, Rotation(overlap_hours=1))
    await send(kernel)
    await settle(kernel, "delivered", 2)
    clock.advance(3601)
    await send(kernel)
    await settle(kernel, "delivered", 3)
    signatures = [heard.headers["webhook-signature"] for heard in receiver.heard]
    assert [len(signature.split()) for signature in signatures] == [1, 2, 1]
    expected = [(old,), (new, old), (new,)]
    for heard, secrets in zip(receiver.heard, expected, strict=True):
        at = HookRequest(heard.headers, b"", clock.now()).get_header("webhook-timestamp")
        signed = [sign(secret, heard, int(at)) for secret in secrets]
        assert heard.headers["webhook-signature"].split() == signed


def sign(secret: str, heard: Heard, at: int) -> str:
    from datetime import UTC, datetime

    return Webhook(secret).sign(heard.headers["webhook-id"], datetime.fromtimestamp(at, UTC), heard.body)


async def test_the_same_id_is_told_once(kernel: Kernel, receiver: Receiver) -> None:
    await add(kernel, receiver.url)
    first = await send(kernel, id="order-1")
    again = await send(kernel, id="order-1")
    assert (first.duplicate, again.duplicate) == (False, True)
    assert again.deliveries == 1
    await settle(kernel, "delivered")
    assert len(await list_all(kernel)) == 1


async def test_a_test_event_goes_to_one_endpoint(kernel: Kernel, receiver: Receiver) -> None:
    endpoint, _ = await add(kernel, receiver.url + "/one", events=["train.*"])
    await add(kernel, receiver.url + "/two", events=["*"])
    await send_test(kernel, SYSTEM, endpoint.id)
    await until(lambda: [one for one in receiver.heard if one.path == "/one"], "the test event arrives")
    assert json.loads(receiver.heard[0].body)["type"] == "gonogo.test"


async def test_replay_one_failed_or_a_time(kernel: Kernel, clock: FakeClock, receiver: Receiver) -> None:
    endpoint, _ = await add(kernel, receiver.url)
    await send(kernel, 1)
    [one] = await settle(kernel, "delivered")
    assert await replay_deliveries(kernel, SYSTEM, Replay(deliveries=[one.id])) == 1
    await await_attempts(kernel, one.id, 2)
    receiver.statuses = [410]
    await send(kernel, 2)
    await settle(kernel, "failed")
    await change_endpoint(kernel, SYSTEM, endpoint.id, EndpointChange(state="active"))
    assert await replay_deliveries(kernel, SYSTEM, Replay(endpoint=endpoint.id)) == 1
    await settle(kernel, "delivered", 2)
    with pytest.raises(NothingToReplay):
        await replay_deliveries(kernel, SYSTEM, Replay(endpoint=endpoint.id))
    since, until_ = format_instant(clock.now() - timedelta(hours=1)), format_instant(clock.now() + timedelta(hours=1))
    every = Replay(endpoint=endpoint.id, since=since, until=until_, failed_only=False)
    assert await replay_deliveries(kernel, SYSTEM, every) == 2
    with pytest.raises(NothingToReplay):
        await replay_deliveries(kernel, SYSTEM, Replay(since=until_, failed_only=False))


async def test_a_replay_hastens_what_waits(kernel: Kernel, receiver: Receiver) -> None:
    receiver.statuses = [500]
    await add(kernel, receiver.url)
    await send(kernel)
    [delivery] = await list_all(kernel)
    await await_attempts(kernel, delivery.id, 1)
    assert await replay_deliveries(kernel, SYSTEM, Replay(deliveries=[delivery.id])) == 1
    await settle(kernel, "delivered")


async def test_a_removed_endpoint_hears_nothing_more(kernel: Kernel, clock: FakeClock, receiver: Receiver) -> None:
    receiver.statuses = [500]
    endpoint, _ = await add(kernel, receiver.url)
    await send(kernel)
    [delivery] = await list_all(kernel)
    await await_attempts(kernel, delivery.id, 1)
    assert await remove_endpoint(kernel, SYSTEM, endpoint.id) == 1
    clock.advance(60)
    assert (await send(kernel)).deliveries == 0
    assert [one.state for one in await list_all(kernel)] == ["cancelled"]
    assert (await read_record(kernel, delivery.id)).url == receiver.url


async def test_what_was_taken_and_not_settled_is_sent_by_the_next_process(
    config: Config, clock: FakeClock, receiver: Receiver
) -> None:
    asked = asyncio.Event()

    async def stall(heard: Heard) -> web.Response:
        asked.set()
        await asyncio.sleep(3600)
        return web.Response()

    receiver.answer = stall
    home = config.home + "-second"
    first = Kernel(Config(home=home, webhooks_allow="127.0.0.1"), [ROOM], clock)
    async with first as kernel:
        await declare(kernel)
        await add(kernel, receiver.url)
        await send(kernel)
        await asked.wait()
        [delivery] = await list_all(kernel)
        assert delivery.state == "pending"
        receiver.answer = None
    async with Kernel(Config(home=home, webhooks_allow="127.0.0.1"), [ROOM], clock) as kernel:
        await settle(kernel, "delivered")
