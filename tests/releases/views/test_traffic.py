"""A load second by second, with the moments at which traffic moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from gonogo.kernel.clock import format_instant
from gonogo.kernel.events.event import Event
from gonogo.releases.actions.load.loads import Load, Moment
from gonogo.releases.views.traffic import DRAWN, draw_traffic

BEGAN = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def make_load(name: str, *seconds: tuple[int, int], after_s: float = 0.0, over: bool = True) -> Load:
    began = BEGAN + timedelta(seconds=after_s)
    load = Load(name, "r1", began, 0)
    load.moments = [
        Moment(began + timedelta(seconds=place + 1), requests, failed)
        for place, (requests, failed) in enumerate(seconds)
    ]
    if over:
        load.finish()
    return load


def make_move(after_s: float) -> Event:
    at = format_instant(BEGAN + timedelta(seconds=after_s))
    data = {"name": "web", "previous": "v1", "version": "v2"}
    return Event(name="service.swapped", subject="web", at=at, data=data)


def test_requests_failures_and_the_move_are_on_one_axis() -> None:
    traffic = draw_traffic([make_load("shop", (40, 0), (38, 2), (40, 0))], [make_move(1.4)])
    assert traffic is not None
    assert (traffic.sent, traffic.failed, traffic.is_under_way) == (118, 2, False)
    assert [second.moved for second in traffic.seconds] == ["", "web: v1 → v2", ""]
    drawn = msgspec.json.decode(traffic.json)
    start = BEGAN.timestamp()
    assert drawn["times"] == [start + 1, start + 2, start + 3]
    assert [line["values"] for line in drawn["series"]] == [[40, 38, 40], [0, 2, 0]]
    assert drawn["marks"] == [{"at": start + 1.4, "text": "web: v1 → v2"}]


def test_without_a_number_there_is_nothing_to_draw() -> None:
    assert draw_traffic([], []) is None
    assert draw_traffic([make_load("shop", over=False)], [make_move(0.5)]) is None


def test_what_moved_before_or_after_the_load_is_not_its_own() -> None:
    traffic = draw_traffic([make_load("shop", (40, 0), after_s=10)], [make_move(9), make_move(11.5)])
    assert traffic is not None
    assert traffic.marks == ()


def test_a_move_shows_before_its_second_is_told() -> None:
    traffic = draw_traffic([make_load("shop", (40, 0), over=False)], [make_move(1.5)])
    assert traffic is not None
    assert [mark.text for mark in traffic.marks] == ["web: v1 → v2"]


def test_the_load_under_way_comes_first_then_the_one_that_saw_a_move() -> None:
    moved, later = make_load("moved", (40, 0), (40, 0)), make_load("later", (9, 0), after_s=30)
    under_way = make_load("now", (5, 0), after_s=20, over=False)
    shown = [draw_traffic(loads, [make_move(1.4)]) for loads in ([moved, later], [moved, under_way, later], [later])]
    assert [traffic.name for traffic in shown if traffic] == ["moved", "now", "later"]


def test_of_a_long_load_the_newest_part_is_drawn() -> None:
    traffic = draw_traffic([make_load("shop", *[(40, 0)] * (DRAWN + 5))], [])
    assert traffic is not None
    assert (len(traffic.seconds), traffic.sent) == (DRAWN, 40 * (DRAWN + 5))
