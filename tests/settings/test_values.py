"""Reading and changing values over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gonogo.kernel.db.database import Tx
from tests.people import Server
from tests.settings.stage import list_events, put, query_outside, read, read_value


async def test_the_list_holds_every_setting_with_its_definition(stage: Server) -> None:
    body = (await stage.viewer.get("/api/settings/")).json()
    assert body["status"] == "success"
    assert [one["key"] for one in body["data"]][:2] == ["physics.spring.strength", "physics.iterations"]
    first = body["data"][0]
    assert (first["value"], first["default"], first["modified"], first["category"]) == (0.5, 0.5, False, "physics")
    assert (first["min"], first["max"], first["unit"], first["min_role"]) == (0, 10, "N", "operator")
    assert (first["label"], first["version"], first["origin"], first["problem"]) == (
        "Spring strength",
        1,
        "default",
        None,
    )


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"category": "physics"}, 2),
        ({"prefix": "rendering.b"}, 2),
        ({"modified": "true"}, 1),
        ({"modified": "false", "category": "physics"}, 1),
        ({"category": "none"}, 0),
    ],
)
async def test_the_list_is_filtered(stage: Server, query: dict[str, str], count: int) -> None:
    await put(stage, "physics.iterations", 7)
    assert len((await stage.viewer.get("/api/settings/", params=query)).json()["data"]) == count


async def test_an_unchanged_list_is_not_sent_again(stage: Server) -> None:
    first = await stage.viewer.get("/api/settings/")
    again = await stage.viewer.get("/api/settings/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await put(stage, "physics.iterations", 7)
    changed = await stage.viewer.get("/api/settings/", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]
    assert next(one["value"] for one in changed.json()["data"] if one["key"] == "physics.iterations") == 7


async def test_a_change_is_kept_told_and_attributed(stage: Server) -> None:
    data = await put(stage, "physics.spring.strength", 2, why="it was too loose")
    assert (data["value"], data["modified"], data["version"]) == (2.0, True, 2)
    assert data["updated_by"] == "operator@example.test"
    event = (await list_events(stage, "setting.changed"))[0]
    assert (event["subject"], event["actor_name"]) == ("physics.spring.strength", "operator@example.test")
    assert event["data"]["changes"] == [{"key": "physics.spring.strength", "before": 0.5, "after": 2.0}]
    assert event["data"]["why"] == "it was too loose"


async def test_the_same_value_again_is_no_change(stage: Server) -> None:
    await put(stage, "physics.iterations", 7)
    answer = await stage.operator.put("/api/settings/physics.iterations", json={"value": 7.0})
    assert (answer.json()["changed"], answer.json()["data"]["version"]) == (False, 2)
    assert len(await list_events(stage, "setting.changed")) == 1


async def test_a_bad_value_names_the_field_the_rule_and_its_own_type(stage: Server) -> None:
    answer = await stage.operator.put("/api/settings/physics.spring.strength", json={"value": 12})
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["field"], problem["key"]) == (422, "value", "physics.spring.strength")
    assert (problem["rule"], problem["limit"], problem["value_type"]) == ("maximum", 10, "int")
    assert problem["detail"] == "'physics.spring.strength' must be at most 10 N."
    assert (await read(stage, "physics.spring.strength"))["modified"] is False


async def test_a_whole_number_may_be_written_with_a_point(stage: Server) -> None:
    assert (await put(stage, "physics.iterations", 12.0))["value"] == 12


async def test_an_unknown_key_names_the_nearest(stage: Server) -> None:
    answer = await stage.operator.put("/api/settings/physics.sprng.strenght", json={"value": 1})
    assert answer.status_code == 404
    assert answer.json()["nearest"] == ["physics.spring.strength"]
    assert "Did you mean 'physics.spring.strength'?" in answer.json()["detail"]


async def test_who_is_not_signed_in_gets_401(stage: Server) -> None:
    assert (await stage.stranger.get("/api/settings/")).status_code == 401
    assert (await stage.stranger.put("/api/settings/test.key", json={"value": 1})).status_code == 401


async def test_a_role_too_low_gets_403(stage: Server) -> None:
    refused = await stage.viewer.put("/api/settings/physics.iterations", json={"value": 1})
    assert (refused.status_code, refused.json()["required_role"]) == (403, "operator")
    refused = await stage.operator.put("/api/settings/agents.token", json={"value": "x"})
    assert (refused.status_code, refused.json()["required_role"]) == (403, "admin")
    batch = await stage.operator.post("/api/settings/batch", json={"values": {"agents.token": "x", "agents.name": "a"}})
    assert batch.status_code == 403
    assert await read_value(stage, "agents.name") == "scout"


async def test_of_two_writers_with_the_same_version_one_wins(stage: Server) -> None:
    answers = await asyncio.gather(
        *(
            stage.operator.put("/api/settings/physics.iterations", json={"value": value, "version": 1})
            for value in (11, 22)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert loser.json()["current_version"] == 2
    assert "at version 2, changed by" in loser.json()["detail"]
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert await read_value(stage, "physics.iterations") == winner.json()["data"]["value"]
    early = await stage.operator.put("/api/settings/physics.iterations", json={"value": 33, "version": 9})
    assert early.status_code == 409
    assert "is at version 2 and was never at version 9" in early.json()["detail"]


async def test_unset_gives_the_default_back(stage: Server) -> None:
    await put(stage, "physics.iterations", 7)
    lost = await stage.operator.delete("/api/settings/physics.iterations", params={"version": 1})
    assert lost.status_code == 409
    answer = await stage.operator.delete("/api/settings/physics.iterations", params={"version": 2, "why": "back"})
    assert (answer.json()["data"]["value"], answer.json()["data"]["modified"]) == (100, False)


async def test_a_batch_is_one_version_and_one_event(stage: Server) -> None:
    await put(stage, "agents.name", "ranger")
    before = (await stage.viewer.get("/api/settings/")).json()["store_version"]
    batch = {"values": {"physics.iterations": 7, "rendering.bloom.enabled": False}, "unset": ["agents.name"]}
    answer = (await stage.operator.post("/api/settings/batch", json=batch)).json()
    assert answer["store_version"] == before + 1
    assert answer["data"]["changed"] == 3
    assert answer["data"]["restart_required"] == ["physics.iterations"]
    assert len(await list_events(stage, "setting.batch_changed")) == 1


async def test_one_bad_member_leaves_a_batch_undone(stage: Server) -> None:
    values = {"physics.iterations": 7, "physics.spring.strength": 99, "agents.name": "R2"}
    answer = await stage.operator.post("/api/settings/batch", json={"values": values})
    assert answer.status_code == 422
    assert [problem["key"] for problem in answer.json()["problems"]] == ["physics.spring.strength", "agents.name"]
    unknown = await stage.operator.post("/api/settings/batch", json={"values": {"physics.iterations": 7, "no.such": 1}})
    assert unknown.status_code == 404
    race = {"values": {"agents.name": "a", "physics.iterations": 7}, "versions": {"physics.iterations": 9}}
    assert (await stage.operator.post("/api/settings/batch", json=race)).status_code == 409
    assert await read_value(stage, "physics.iterations") == 100
    assert await read_value(stage, "agents.name") == "scout"


async def test_a_caller_who_hangs_up_leaves_memory_and_database_alike(stage: Server) -> None:
    writing = asyncio.create_task(put(stage, "physics.iterations", 7))
    while not await stage.kernel.db.read(_is_stored):
        pass
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await put(stage, "agents.name", "later")
    assert await read_value(stage, "physics.iterations") == 7


def _is_stored(tx: Tx) -> bool:
    row = tx.connection.exec_driver_sql("SELECT value FROM settings WHERE key = 'physics.iterations'").one()
    return str(row[0]) == "7"


async def test_the_table_is_open_to_everybody_with_sql(stage: Server) -> None:
    assert query_outside(stage, "SELECT COUNT(*) FROM settings") == [(9,)]
    assert query_outside(stage, "SELECT key, COUNT(*) FROM settings GROUP BY key HAVING COUNT(*) > 1") == []
    assert query_outside(stage, "SELECT value, category FROM settings WHERE key = 'agents.name'") == [
        ('"scout"', "agents")
    ]


@pytest.mark.parametrize(
    ("body", "field", "told"),
    [
        (
            {"values": {"physics.spring.strength": 1.0}, "unset": ["physics.spring.strength"]},
            "unset",
            "'physics.spring.strength' is in 'values' and in 'unset'.",
        ),
        (
            {"values": {"physics.spring.strength": 1.0}, "versions": {"a.b": 1}},
            "versions",
            "'versions' names 'a.b', which is neither",
        ),
        (
            {"values": {"physics.spring.strength": 1.0}, "versions": {"physics.spring.strength": 2**64}},
            "versions",
            "Expected a whole number of at most",
        ),
    ],
)
async def test_a_batch_that_contradicts_itself_is_refused(
    stage: Server, body: dict[str, Any], field: str, told: str
) -> None:
    answer = await stage.operator.post("/api/settings/batch", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert told in answer.json()["detail"]
    assert await read_value(stage, "physics.spring.strength") == 0.5
