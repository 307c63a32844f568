"""The room's API: what the dashboard asks."""

from __future__ import annotations

import pytest

from gonogo.observe.collecting.platform import name_host
from gonogo.observe.metrics import NAMES
from tests.observe.stage import HOUR, NOON, PATH, make_samples, report
from tests.people import PASSWORD, Server

ENDPOINTS = ("system", "process", "platform", "summary", "health", "report", "hosts", "history", "metrics", "storage")


@pytest.mark.parametrize("name", ENDPOINTS)
async def test_every_endpoint_answers_in_the_envelope(server: Server, name: str) -> None:
    answer = await server.viewer.get(f"{PATH}/{name}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "success"
    assert (await server.stranger.get(f"{PATH}/{name}")).status_code == 401


async def test_a_token_from_the_login_opens_them(server: Server) -> None:
    body = {"email": "viewer@example.test", "password": PASSWORD}
    token = (await server.stranger.post("/api/v1/auth/login", json=body)).json()["data"]["access_token"]
    answer = await server.stranger.get(f"{PATH}/system", headers={"Authorization": f"Bearer {token}"})
    data = answer.json()["data"]
    assert data["host"] == name_host()
    assert list(data["metrics"]) == list(NAMES)
    assert 0 < data["metrics"]["memory_percent"] < 100


async def test_an_unchanged_answer_is_not_sent_again(server: Server) -> None:
    await report(server.kernel, "web1", make_samples(NOON - 10, 1))
    for name in ("report?host=web1", "hosts", "history?host=web1&from=10m"):
        first = await server.viewer.get(f"{PATH}/{name}")
        tagged = {"If-None-Match": first.headers["etag"]}
        assert (await server.viewer.get(f"{PATH}/{name}", headers=tagged)).status_code == 304
    await report(server.kernel, "web1", make_samples(NOON - 5, 1))
    assert (await server.viewer.get(f"{PATH}/{name}", headers=tagged)).status_code == 200


async def test_history_has_no_more_points_than_asked(server: Server) -> None:
    await report(server.kernel, "web1", make_samples(NOON - HOUR, 720))
    query = {"host": "web1", "metric": "load_1", "from": "1h", "points": 50}
    data = (await server.viewer.get(f"{PATH}/history", params=query)).json()["data"]
    assert 25 <= len(data["times"]) <= 50
    assert {len(data[name]) for name in ("avg", "min", "max")} == {len(data["times"])}
    assert all(low <= mean <= high for low, mean, high in zip(data["min"], data["avg"], data["max"], strict=True))


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("metric=cpu", 404, "metric"),
        ("host=nowhere", 404, "host"),
        ("from=yesterday", 422, "from"),
        ("from=2026-13-01T00:00:00Z", 422, "from"),
        ("from=now&to=1h", 422, "from"),
        ("points=1", 422, "points"),
        ("points=999999", 422, "points"),
    ],
)
async def test_a_wrong_question_is_told_what_is_wrong(server: Server, query: str, status: int, field: str) -> None:
    answer = await server.viewer.get(f"{PATH}/history?{query}")
    assert (answer.status_code, answer.json()["field"]) == (status, field)


async def test_the_worst_host_comes_first(server: Server) -> None:
    from gonogo.observe.schemas import Sample

    def full(percent: float) -> list[float | None]:
        return [percent if name.endswith("_percent") else 1.0 for name in NAMES]

    await report(server.kernel, "calm", [Sample(NOON, full(20.0))])
    await report(server.kernel, "full", [Sample(NOON, full(99.0))])
    listed = (await server.viewer.get(f"{PATH}/hosts")).json()["data"]
    names = [line["host"] for line in listed]
    assert names.index("full") < names.index("calm")
    health = (await server.viewer.get(f"{PATH}/health?host=full")).json()["data"]
    assert (health["status"], health["components"][0]["host"]) == ("critical", "full")
    assert "critical" in health["reason"]


async def test_upkeep_by_hand_needs_the_role(server: Server) -> None:
    for name, client, status in (
        ("cleanup", server.operator, 403),
        ("cleanup", server.admin, 200),
        ("aggregate", server.viewer, 403),
        ("aggregate", server.operator, 200),
        ("verify", server.operator, 200),
    ):
        answer = await client.post(f"{PATH}/{name}", json={})
        assert answer.status_code == status, answer.text


async def test_cleaning_can_shrink_the_file(server: Server) -> None:
    answer = await server.admin.post(f"{PATH}/cleanup", json={"days": 7, "vacuum": True})
    data = answer.json()["data"]
    assert 0 < data["bytes_after"] <= data["bytes_before"]
