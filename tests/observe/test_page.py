"""What the page shows: sparklines, marks of changes, the verdict's causes, and the numbers of its charts."""

from __future__ import annotations

import math

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.events.event import Event
from gonogo.observe.changes import mark_changes
from gonogo.observe.course import CHARTED, SPANS, find_span
from gonogo.observe.desk import Desk
from gonogo.observe.metrics import NAMES
from gonogo.observe.sparks import HEIGHT, WIDTH, draw_spark
from tests.people import Server


def make_event(name: str, at: str = "2026-01-31T12:00:00.000Z", **data: object) -> Event:
    return Event(id="e1", name=name, subject="s1", at=at, actor="a1", actor_name="Ada", data=dict(data), seq=1)


def test_a_sparkline_goes_from_edge_to_edge() -> None:
    assert draw_spark([0.0, 100.0]) == f"M0 {HEIGHT - 1}L{WIDTH} 1"


def test_a_sparkline_keeps_its_gaps() -> None:
    path = draw_spark([10.0, 20.0, math.nan, 30.0, 40.0])
    assert path.count("M") == 2


def test_one_value_draws_no_line() -> None:
    assert draw_spark([50.0]) == ""
    assert draw_spark([]) == ""


def test_values_outside_of_the_scale_stay_inside_the_picture() -> None:
    assert draw_spark([-5.0, 250.0]) == draw_spark([0.0, 100.0])


def test_changes_are_told_in_order_and_in_words() -> None:
    marks = mark_changes(
        [
            make_event("release.rollback_started", at="2026-01-31T12:05:00.000Z", title="Ferry"),
            make_event("setting.changed"),
            make_event("release.waiting"),
        ]
    )
    assert [(mark.text, mark.noun, mark.bad) for mark in marks] == [
        ("setting changed s1, by Ada", "setting", False),
        ("release rollback started Ferry, by Ada", "release", True),
    ]


def test_charts_name_metrics_that_exist() -> None:
    assert set(CHARTED) <= set(NAMES)
    assert find_span("nonsense") in SPANS


async def test_the_page_and_its_parts_answer(server: Server) -> None:
    host = server.app.state.kernel.get_part(Desk).fleet.local
    page = await server.viewer.get("/observe", params={"span": "6h"})
    assert page.status_code == 200
    assert host in page.text
    for part in ("_verdict", "_hosts", "_machine"):
        answer = await server.viewer.get(f"/observe/{part}", params={"host": host})
        assert answer.status_code == 200
        assert "<html" not in answer.text


async def test_charts_are_asked_for_once(server: Server) -> None:
    first = await server.viewer.get("/observe/course", params={"span": "1h"})
    data = first.json()["data"]
    assert set(data["course"]) == set(CHARTED)
    assert data["to"] - data["from"] == 3600
    again = await server.viewer.get("/observe/course", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


async def test_changes_stand_beside_the_charts(server: Server) -> None:
    await server.app.state.kernel.db.write(lambda tx: tx.emit("setting.changed", "tide.level", {}, SYSTEM))
    data = (await server.viewer.get("/observe/course")).json()["data"]
    assert any(mark["text"].startswith("setting changed tide.level") for mark in data["changes"])


async def test_an_unknown_host_is_named(server: Server) -> None:
    answer = await server.viewer.get("/observe", params={"host": "nowhere"})
    assert answer.status_code == 404
    assert "nowhere" in answer.text
