"""Who changed what, and going back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_clock import FakeClock
from tests.people import Server
from tests.settings.stage import list_events, put, read_value

KEY = "physics.iterations"


async def test_history_tells_before_after_who_when_and_why(stage: Server, clock: FakeClock) -> None:
    clock.advance(60)
    await put(stage, KEY, 7, why="try")
    entries = (await stage.viewer.get(f"/api/settings/{KEY}/history")).json()["data"]
    assert [(one["before"], one["after"], one["action"]) for one in entries] == [
        (100, 7, "set"),
        (None, 100, "declare"),
    ]
    assert (entries[0]["by"], entries[0]["why"]) == ("operator@example.test", "try")
    assert entries[0]["at"] == "2026-03-02T12:01:00.000Z"


async def test_history_pages_by_cursor(stage: Server) -> None:
    for value in range(1, 6):
        await put(stage, KEY, value)
    first = (await stage.viewer.get(f"/api/settings/{KEY}/history", params={"limit": 4})).json()
    query = {"limit": 4, "cursor": first["next_cursor"]}
    second = (await stage.viewer.get(f"/api/settings/{KEY}/history", params=query)).json()
    assert [one["after"] for one in first["data"] + second["data"]] == [5, 4, 3, 2, 1, 100]
    assert "next_cursor" not in second
    everything = (await stage.viewer.get("/api/settings/history")).json()["data"]
    assert len(everything) == 5 + 9


async def test_undo_takes_back_the_newest_change_or_a_named_one(stage: Server) -> None:
    await put(stage, KEY, 7)
    await put(stage, KEY, 8)
    undone = (await stage.operator.post(f"/api/settings/{KEY}/undo")).json()
    assert undone["data"]["value"] == 7
    entries = (await stage.viewer.get(f"/api/settings/{KEY}/history")).json()["data"]
    first = next(one["id"] for one in entries if one["after"] == 7 and one["action"] == "set")
    named = await stage.operator.post(f"/api/settings/{KEY}/undo", json={"id": first})
    assert named.json()["data"]["value"] == 100
    assert len(await list_events(stage, "setting.undone")) == 2


async def test_undo_without_a_change_is_a_conflict(stage: Server) -> None:
    assert (await stage.operator.post(f"/api/settings/{KEY}/undo")).status_code == 409
    assert (await stage.operator.post(f"/api/settings/{KEY}/undo", json={"id": 999})).status_code == 404
    assert (await stage.viewer.post(f"/api/settings/{KEY}/undo")).status_code == 403


async def test_everything_goes_back_to_a_moment(stage: Server, clock: FakeClock) -> None:
    await put(stage, KEY, 7)
    clock.advance(60)
    await put(stage, KEY, 8)
    await put(stage, "agents.name", "ranger")
    await put(stage, KEY, 9)
    moment = {"at": "2026-03-02T12:00:30+00:00", "dry_run": True}
    shown = (await stage.operator.post("/api/settings/restore", json=moment)).json()["data"]
    assert {(one["key"], one["before"], one["after"]) for one in shown} == {
        (KEY, 9, 7),
        ("agents.name", "ranger", "scout"),
    }
    assert await read_value(stage, KEY) == 9
    done = (await stage.operator.post("/api/settings/restore", json={**moment, "dry_run": False})).json()
    assert done["data"]["changed"] == 2
    assert (await read_value(stage, KEY), await read_value(stage, "agents.name")) == (7, "scout")
    assert len(await list_events(stage, "setting.restored")) == 1


async def test_everything_goes_back_to_a_version(stage: Server) -> None:
    await put(stage, KEY, 7)
    version = (await stage.viewer.get("/api/settings/")).json()["store_version"]
    await put(stage, KEY, 8)
    await stage.operator.post("/api/settings/restore", json={"version": version})
    assert await read_value(stage, KEY) == 7


async def test_a_restore_names_one_moment(stage: Server) -> None:
    for wrong in ({}, {"at": "2026-03-02T12:00:00Z", "version": 1}, {"at": "yesterday"}, {"at": "2026-03-02T12:00:00"}):
        answer = await stage.operator.post("/api/settings/restore", json=wrong)
        assert (answer.status_code, answer.json()["field"]) == (422, "at")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"version": 999}, "there is no version 999"),
        ({"version": -1}, "Expected a whole number of at least 0"),
        ({"at": "2026-03-02T12:00:01Z"}, "is yet to come: it is 2026-03-02T12:00:00.000Z now"),
        ({"at": "yesterday"}, "'at' must be an instant such as 2026-01-31T12:00:00Z, not 'yesterday'."),
        ({"at": "2026-03-02"}, "not '2026-03-02'"),
    ],
)
async def test_a_moment_that_never_was_is_told(stage: Server, body: dict[str, Any], told: str) -> None:
    answer = await stage.operator.post("/api/settings/restore", json=body)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


async def test_numbers_that_no_database_holds_are_refused(stage: Server) -> None:
    assert (await stage.viewer.get("/api/settings/history", params={"cursor": 2**63})).status_code == 422
    assert (await stage.operator.post(f"/api/settings/{KEY}/undo", json={"id": 2**63})).status_code == 422
