"""The last hour as columns, and events in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gonogo.kernel.clock import format_instant
from gonogo.kernel.events.event import Event
from gonogo.web.strip import HEIGHT, draw_strip
from gonogo.web.wording import describe_event, merge_repeats, tone_of

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
ROOMS = frozenset({"releases"})


def make_event(name: str, minutes_ago: float = 1, **fields: Any) -> Event:
    at = format_instant(NOW - timedelta(minutes=minutes_ago))
    return Event(name=name, at=at, actor_name="Ann", **{"subject": "x1", **fields})


def test_a_change_lands_in_its_minute() -> None:
    strip = draw_strip([make_event("release.started", 30)], NOW, ROOMS)
    assert [column.x for column in strip.columns] == [50.0]
    assert (strip.busiest, strip.total, strip.labels[0], strip.labels[-1]) == ("13:30", 1, "13:00", "now")


def test_a_busy_minute_still_fits_the_strip() -> None:
    strip = draw_strip([make_event("job.failed")] * 900 + [make_event("job.finished")] * 900, NOW, ROOMS)
    assert {column.tone for column in strip.columns} == {"nogo", "go"}
    assert min(column.y for column in strip.columns) >= 0
    assert sum(column.height for column in strip.columns) <= HEIGHT


def test_an_empty_hour_has_no_columns() -> None:
    strip = draw_strip([], NOW, ROOMS)
    assert (strip.total, strip.columns, strip.latest) == (0, (), ())


@pytest.mark.parametrize(
    ("name", "tone"),
    [
        ("release.item_failed", "nogo"),
        ("release.rollback_started", "nogo"),
        ("release.held", "hold"),
        ("release.finished", "go"),
        ("person.signed_in", "run"),
        ("setting.changed", "run"),
    ],
)
def test_the_past_participle_gives_the_tone(name: str, tone: str) -> None:
    assert tone_of(name) == tone


def test_an_event_of_a_room_links_to_its_page() -> None:
    change = describe_event(make_event("release.item_finished", data={"title": "Camera 4.2"}), ROOMS)
    assert (change.text, change.label, change.href) == ("Release item finished", "Camera 4.2", "/releases/x1")


def test_other_events_link_to_their_audit() -> None:
    assert describe_event(make_event("lease.taken", subject="a/b?c"), ROOMS).href == "/audit?subject=a%2Fb%3Fc"


def test_neighbours_about_one_thing_are_told_once() -> None:
    events = [make_event("person.signed_in")] * 3 + [make_event("key.created"), make_event("person.signed_in")]
    merged = merge_repeats([describe_event(event, ROOMS) for event in events])
    assert [(change.text, change.times) for change in merged] == [
        ("Person signed in", 3),
        ("Key created", 1),
        ("Person signed in", 1),
    ]
