"""The kernel's own routes: people, keys, events, signals."""

from __future__ import annotations

import pytest

from tests.people import PASSWORD, Server


async def test_adding_and_changing_a_person(server: Server) -> None:
    added = await server.admin.post("/api/people", json={"email": "Ann@Example.test", "role": "operator"})
    person = added.json()["data"]
    assert (added.status_code, person["email"], person["role"]) == (201, "ann@example.test", "operator")
    assert len(added.json()["generated_password"]) >= 12
    changed = await server.admin.patch(f"/api/people/{person['id']}", json={"role": "approver", "name": "Ann"})
    assert changed.json()["data"] == person | {"role": "approver", "name": "Ann"}
    events = (await server.admin.get("/api/events", params={"subject": person["id"]})).json()["data"]
    assert [(event["name"], event["actor_name"]) for event in events] == [
        ("person.changed", "admin@example.test"),
        ("person.added", "admin@example.test"),
    ]


async def test_a_given_password_is_not_repeated(server: Server) -> None:
    answer = await server.admin.post("/api/people", json={"email": "ann@example.test", "password": PASSWORD})
    assert answer.json()["generated_password"] is None
    assert PASSWORD not in answer.text


async def test_lists_never_show_secrets(server: Server) -> None:
    token = (await server.admin.post("/api/keys", json={"name": "deploys", "scopes": ["metrics:read"]})).json()["token"]
    listed = await server.admin.get("/api/keys")
    assert listed.json()["data"][0]["hint"] == token[:9]
    assert token not in listed.text
    assert "hash" not in (await server.admin.get("/api/people")).text + listed.text


async def test_a_revoked_key_is_gone(server: Server) -> None:
    key = (await server.admin.post("/api/keys", json={"name": "deploys", "scopes": ["metrics:read"]})).json()["data"]
    assert (await server.admin.delete(f"/api/keys/{key['id']}")).status_code == 200
    assert (await server.admin.delete(f"/api/keys/{key['id']}")).json()["type"] == "/problems/key-not-found"


async def test_events_page_by_cursor(server: Server) -> None:
    for number in range(5):
        await server.admin.post("/api/keys", json={"name": f"key {number}", "scopes": ["metrics:read"]})
    seen: list[str] = []
    query: dict[str, str | int] = {"name": "key.", "limit": 2}
    while True:
        page = (await server.admin.get("/api/events", params=query)).json()
        seen += [event["data"]["name"] for event in page["data"]]
        if "next_cursor" not in page:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == ["key 4", "key 3", "key 2", "key 1", "key 0"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"name": "key.created"}, 1),
        ({"name": "key."}, 1),
        ({"name": "key"}, 0),
        ({"name": "%"}, 0),
        ({"actor": "admin@example.test"}, 1),
        ({"actor": "nobody"}, 0),
        ({"since": "2026-03-02T12:00:00.000Z", "name": "key."}, 1),
        ({"since": "2026-03-02T12:00:00.001Z", "name": "key."}, 0),
    ],
)
async def test_events_by_filter(server: Server, query: dict[str, str], count: int) -> None:
    await server.admin.post("/api/keys", json={"name": "deploys", "scopes": ["metrics:read"]})
    events = (await server.admin.get("/api/events", params=query)).json()["data"]
    assert len([event for event in events if event["name"].startswith("key.")]) == count


async def test_signals_are_pushed_read_and_judged(server: Server) -> None:
    push = {"values": [120, 130], "unit": "ms", "labels": {"shop": "north"}}
    answer = await server.operator.post("/api/signals/orders.p95", json=push)
    assert answer.json()["data"] == {"name": "orders.p95", "accepted": 2, "refused": 0}
    read = (await server.viewer.get("/api/signals/orders.p95")).json()["data"]
    assert (read["signal"]["unit"], read["signal"]["source"]) == ("ms", "pushed")
    assert read["series"][0]["samples"][-1][1] == 130
    listed = {item["signal"]["name"]: item for item in (await server.viewer.get("/api/signals")).json()["data"]}
    assert listed["orders.p95"]["series"][0]["value"] == 130
    assert "process.cpu" in listed
    question = {"expression": 'orders.p95{shop="north"} < 200ms'}
    judged = await server.viewer.post("/api/signals/evaluate", json=question)
    assert judged.status_code == 200, judged.text
    assert judged.json()["data"]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("orders.rate", {"values": ["many"]}, 422),
        ("orders.rate", {"values": [1], "unit": "furlongs"}, 422),
        ("1st", {"values": [1]}, 422),
        ("orders.rate", {}, 422),
        ("orders.rate", {"values": [1], "extra": 1}, 422),
    ],
)
async def test_pushes_that_are_refused(server: Server, name: str, body: dict[str, object], status: int) -> None:
    assert (await server.operator.post(f"/api/signals/{name}", json=body)).status_code == status


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("no%20name", {"values": [1]}, "name"),
        ("orders.rate", {"values": [1], "unit": "parsecs"}, "unit"),
        ("orders.rate", {"values": [1], "labels": {"shop": "x" * 201}}, "labels"),
        ("orders.rate", {"values": [1], "labels": {f"l{n}": "" for n in range(21)}}, "labels"),
        ("orders.rate", {"values": [1] * 10_001}, "values"),
    ],
)
async def test_a_refused_push_names_what_is_wrong(
    server: Server, name: str, body: dict[str, object], field: str
) -> None:
    answer = await server.operator.post(f"/api/signals/{name}", json=body)
    assert (answer.status_code, answer.json()["field"].partition("[")[0]) == (422, field), answer.text


@pytest.mark.parametrize("name", ["process.rss", "http.error_rate", "releases.running"])
async def test_nobody_pushes_what_gonogo_measures(server: Server, name: str) -> None:
    before = (await server.viewer.get(f"/api/signals/{name}")).json()["data"]["series"]
    answer = await server.admin.post(f"/api/signals/{name}", json={"values": [0.1] * 9000})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/signal-has-source")
    assert (await server.viewer.get(f"/api/signals/{name}")).json()["data"]["series"] == before
    event = (await server.admin.get("/api/events", params={"limit": 200})).json()["data"]
    refused = [one for one in event if one["name"] == "signal.push_refused"]
    assert [(one["subject"], one["actor_name"]) for one in refused] == [(name, "admin@example.test")]


async def test_a_push_is_in_the_audit(server: Server) -> None:
    await server.operator.post("/api/signals/orders.rate", json={"values": [1, 2], "labels": {"shop": "north"}})
    events = (await server.admin.get("/api/events", params={"limit": 200})).json()["data"]
    pushed = next(event for event in events if event["name"] == "signal.pushed")
    assert (pushed["subject"], pushed["actor_name"]) == ("orders.rate", "operator@example.test")
    assert pushed["data"] == {"labels": {"shop": "north"}, "accepted": 2, "refused": 0}


async def test_a_viewer_pushes_nothing(server: Server) -> None:
    assert (await server.viewer.post("/api/signals/orders.rate", json={"values": [1]})).status_code == 403


async def test_pages_are_compressed_and_protocol_answers_are_not(server: Server) -> None:
    packed = {}
    for path in ("/settings", "/static/js/live.js", "/api/settings/", "/api/schema/openapi.json", "/metrics"):
        answer = await server.viewer.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, path
        packed[path] = answer.headers.get("content-encoding")
    api = {"/api/settings/": None, "/api/schema/openapi.json": None}
    assert packed == {"/settings": "gzip", "/static/js/live.js": "gzip", "/metrics": "gzip", **api}
