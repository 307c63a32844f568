"""Who hears what, and what a slow listener costs the others."""

from __future__ import annotations

from itertools import count

import pytest

from gonogo.kernel.events.bus import QUEUE_SIZE, Bus
from gonogo.kernel.events.event import Event
from tests.fake_clock import FakeClock

NUMBERS = count(1)


def make_event(name: str = "release.started", subject: str = "r1") -> Event:
    return Event(name=name, subject=subject, at="2026-03-02T12:00:00.000Z", seq=next(NUMBERS))


@pytest.fixture
def bus(clock: FakeClock) -> Bus:
    return Bus(clock)


@pytest.mark.parametrize("topic", ["release", "release:r1", "*"])
async def test_topics_that_get_an_event(bus: Bus, topic: str) -> None:
    event = make_event()
    with bus.subscribe(topic) as subscription:
        bus.publish([event])
        assert await subscription.get() == event


@pytest.mark.parametrize("topic", ["releases", "release:r2", "flag", "release.started"])
async def test_topics_that_do_not(bus: Bus, topic: str) -> None:
    with bus.subscribe(topic, "flag:last") as subscription:
        bus.publish([make_event(), make_event("flag.changed", "last")])
        assert (await subscription.get()).subject == "last"


async def test_an_event_of_two_topics_comes_once(bus: Bus) -> None:
    first, second = make_event(), make_event()
    with bus.subscribe("*", "release", "release:r1") as subscription:
        bus.publish([first, second])
        assert [await subscription.get(), await subscription.get()] == [first, second]


async def test_a_slow_listener_is_bounded_and_delays_nobody(bus: Bus) -> None:
    events = [make_event() for _ in range(QUEUE_SIZE + 5)]
    with bus.subscribe("*") as slow, bus.subscribe("*") as quick:
        for event in events:
            bus.publish([event])
            assert await quick.get() == event
        assert slow.missed == 5
        assert quick.missed == 0
        assert [await slow.get() for _ in range(QUEUE_SIZE)] == events[:QUEUE_SIZE]


async def test_who_leaves_is_forgotten(bus: Bus) -> None:
    with pytest.raises(LookupError), bus.subscribe("*"):
        assert bus.subscriber_count == 1
        raise LookupError
    assert bus.subscriber_count == 0


async def test_a_notice_has_no_place_in_the_log(bus: Bus, clock: FakeClock) -> None:
    with bus.subscribe("release:r1") as subscription:
        bus.notify("release.output", "r1", {"bytes": 12})
        notice = await subscription.get()
    assert notice.seq is None
    assert notice.at == "2026-03-02T12:00:00.000Z"
    assert notice.data == {"bytes": 12}


def test_a_listener_is_called_at_once(bus: Bus) -> None:
    heard: list[str] = []
    bus.listen("person", lambda event: heard.append(event.name))
    bus.publish([make_event("person.changed"), make_event()])
    assert heard == ["person.changed"]


async def test_a_listener_that_fails_keeps_nothing_from_the_others(bus: Bus) -> None:
    heard: list[str] = []

    def fail(event: Event) -> None:
        raise ValueError(event.name)

    bus.listen("release", fail)
    bus.listen("release", lambda event: heard.append(event.name))
    bus.notify("release.started", "r1")
    assert heard == ["release.started"]
