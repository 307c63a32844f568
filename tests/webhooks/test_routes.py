"""The API: who may, what is answered, and that no secret is ever answered twice."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import httpx
import pytest

from gonogo.webhooks.commands.settling import disable_endpoint
from gonogo.webhooks.figures import Figures
from gonogo.webhooks.models import endpoints, sources
from tests.people import Server
from tests.webhooks.receiver import Receiver
from tests.webhooks.stage import TYPE, settle

PATH = "/api/webhooks"
SCHEMA = {"type": "object", "required": ["pier"], "properties": {"pier": {"type": "integer"}}}


async def post(client: httpx.AsyncClient, path: str, body: Any, status: int) -> Any:
    answer = await client.post(f"{PATH}{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
async def endpoint(server: Server, receiver: Receiver) -> dict[str, Any]:
    await post(server.operator, "/event-types", {"name": TYPE, "schema": SCHEMA}, 201)
    body = {"url": receiver.url, "events": [TYPE], "headers": {"X-Token": "pier-secret"}}
    added: dict[str, Any] = await post(server.operator, "/endpoints", body, 201)
    return added


async def test_an_endpoint_from_first_to_last(server: Server, endpoint: dict[str, Any]) -> None:
    known, secret = endpoint["data"]["id"], endpoint["secret"]
    assert secret.startswith("whsec_")
    read = (await server.viewer.get(f"{PATH}/endpoints/{known}")).json()
    assert read["data"] == endpoint["data"]
    changed = await server.operator.patch(f"{PATH}/endpoints/{known}", json={"description": "Pier", "rate_limit": 5})
    assert changed.json()["data"]["rate_limit"] == 5
    cleared = await server.operator.patch(f"{PATH}/endpoints/{known}", json={"rate_limit": None})
    assert cleared.json()["data"]["rate_limit"] is None
    rotated = await post(server.operator, f"/endpoints/{known}/rotate", {"overlap_hours": 1}, 200)
    assert rotated["secret"] not in ("", secret)
    removed = await server.operator.delete(f"{PATH}/endpoints/{known}")
    assert removed.json()["data"] == {"id": known, "cancelled": 0}
    await server.kernel.db.write(
        partial(disable_endpoint, id=known, why="It was removed while its key was looked for.")
    )
    gone = await server.viewer.get(f"{PATH}/endpoints/{known}")
    assert (gone.status_code, gone.json()["type"]) == (404, "/problems/endpoint-not-found")


async def test_secrets_are_told_once_and_lie_sealed(server: Server, endpoint: dict[str, Any]) -> None:
    told = [
        await server.admin.get(f"{PATH}/endpoints"),
        await server.admin.get(f"{PATH}/endpoints/{endpoint['data']['id']}"),
    ]
    told += [await server.admin.get("/api/events"), await server.admin.get(f"/webhooks/{endpoint['data']['id']}")]
    for answer in told:
        assert answer.status_code == 200
        assert endpoint["secret"] not in answer.text
        assert "pier-secret" not in answer.text
    stored = await server.kernel.db.read(lambda tx: str(tx.execute(endpoints.select()).all()))
    assert "whsec_" not in stored
    assert "pier-secret" not in stored
    assert "sealed:1:" in stored


async def test_an_ed25519_endpoint_tells_its_public_key(server: Server, receiver: Receiver) -> None:
    added = await post(server.operator, "/endpoints", {"url": receiver.url, "signature": "v1a"}, 201)
    read = (await server.viewer.get(f"{PATH}/endpoints/{added['data']['id']}")).json()
    assert added["secret"] == read["public_key"]
    assert read["public_key"].startswith("whpk_")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": "ftp://ferry.test"}, "url"),
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"url": "https://ferry.test", "events": []}, "events"),
        ({"url": "https://ferry.test", "events": ["not a glob"]}, "events"),
        ({"url": "https://ferry.test", "rate_limit": 0}, "rate_limit"),
        ({"url": "https://ferry.test", "headers": {"webhook-id": "x"}}, "headers"),
        ({"url": "https://ferry.test", "headers": {"X-A": "b\r\nX-C: d"}}, "headers"),
        ({"url": "https://ferry.test", "secret": "whsec_short"}, "secret"),
        ({"url": "https://ferry.test", "colour": "blue"}, "colour"),
    ],
)
async def test_a_bad_endpoint_is_refused_by_field(server: Server, body: dict[str, Any], field: str) -> None:
    refused = await post(server.operator, "/endpoints", body, 422)
    assert refused["field"].partition(".")[0].partition("[")[0] == field


async def test_an_event_is_written_before_it_is_answered(server: Server, endpoint: dict[str, Any]) -> None:
    accepted = await post(server.operator, "/events", {"type": TYPE, "data": {"pier": 3}}, 202)
    found = (await server.viewer.get(f"{PATH}/deliveries")).json()["data"]
    assert [one["message_id"] for one in found] == [accepted["data"]["id"]]
    assert accepted["data"]["deliveries"] == 1


@pytest.mark.parametrize(
    ("event", "status", "type"),
    [
        ({"type": TYPE, "data": {"pier": "three"}}, 422, "bad-payload"),
        ({"type": TYPE, "data": {}}, 422, "bad-payload"),
        ({"type": "ferry.sunk", "data": {}}, 404, "event-type-not-found"),
        ({"type": "nodots", "data": {}}, 422, "bad-input"),
    ],
)
async def test_an_event_is_checked_first(
    server: Server, endpoint: dict[str, Any], event: Any, status: int, type: str
) -> None:
    refused = await post(server.operator, "/events", event, status)
    assert refused["type"] == f"/problems/{type}"
    assert (await server.viewer.get(f"{PATH}/deliveries")).json()["data"] == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"name": "release.faked"}, "Gonogo's own"),
        ({"name": "ferry.departed", "schema": {"type": "boat"}}, "no JSON Schema"),
        ({"name": "ferry.departed", "schema": {"$ref": "http://127.0.0.1/schema.json"}}, "no JSON Schema"),
    ],
)
async def test_a_bad_type_is_refused(server: Server, body: Any, told: str) -> None:
    refused = await post(server.operator, "/event-types", body, 422)
    assert told in refused["detail"]


async def test_the_same_event_again_answers_200(server: Server, endpoint: dict[str, Any]) -> None:
    event = {"type": TYPE, "data": {"pier": 3}, "id": "departure-3"}
    await post(server.operator, "/events", event, 202)
    assert (await post(server.operator, "/events", event, 200))["data"]["duplicate"] is True


async def test_deliveries_page_by_cursor_and_show_attempts(
    server: Server, endpoint: dict[str, Any], receiver: Receiver
) -> None:
    for pier in range(5):
        await post(server.operator, "/events", {"type": TYPE, "data": {"pier": pier}}, 202)
    await settle(server.kernel, "delivered", 5)
    first = (await server.viewer.get(f"{PATH}/deliveries", params={"limit": 3})).json()
    rest = (await server.viewer.get(f"{PATH}/deliveries", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [one["id"] for one in first["data"] + rest["data"]] == [5, 4, 3, 2, 1]
    record = (await server.viewer.get(f"{PATH}/deliveries/1")).json()["data"]
    assert json.loads(record["body"])["data"] == {"pier": 0}
    assert record["attempts"][0]["status"] == 200
    assert record["attempts"][0]["request"]["X-Token"] == "••••"
    again = await post(server.operator, "/replay", {"deliveries": [1, 2]}, 202)
    assert again["data"] == {"replayed": 2}
    standing = (await server.viewer.get(f"{PATH}/endpoints")).json()["data"][0]
    assert standing["success_rate"] == 100


@pytest.mark.parametrize(
    ("method", "path", "body", "role"),
    [
        ("POST", "/endpoints", {"url": "https://ferry.test"}, "operator"),
        ("PATCH", "/endpoints/x", {"state": "disabled"}, "operator"),
        ("DELETE", "/endpoints/x", None, "operator"),
        ("POST", "/endpoints/x/rotate", {}, "operator"),
        ("POST", "/endpoints/x/test", None, "operator"),
        ("POST", "/events", {"type": TYPE, "data": {}}, "operator"),
        ("POST", "/event-types", {"name": TYPE}, "operator"),
        ("DELETE", "/event-types/x.y", None, "operator"),
        ("POST", "/replay", {"endpoint": "x"}, "operator"),
        ("POST", "/sources", {"name": "x", "kind": "github"}, "admin"),
        ("DELETE", "/sources/x", None, "admin"),
    ],
)
async def test_roles(server: Server, method: str, path: str, body: Any, role: str) -> None:
    below = server.viewer if role == "operator" else server.approver
    refused = await below.request(method, f"{PATH}{path}", json=body)
    assert (refused.status_code, refused.json()["required_role"]) == (403, role)
    assert (await server.stranger.request(method, f"{PATH}{path}", json=body)).status_code == 401


async def test_sources_keep_their_secrets(server: Server) -> None:
    added = await post(server.admin, "/sources", {"name": "github", "kind": "github"}, 201)
    assert added["data"]["path"] == "/hooks/github"
    assert added["secret"] not in (await server.admin.get(f"{PATH}/sources")).text
    stored = await server.kernel.db.read(lambda tx: str(tx.execute(sources.select()).all()))
    assert added["secret"] not in stored
    assert (await post(server.admin, "/sources", {"name": "github", "kind": "github"}, 409))["type"].endswith("exists")
    await post(server.admin, "/sources", {"name": "stripe", "kind": "stripe"}, 422)
    assert (await server.admin.delete(f"{PATH}/sources/github")).status_code == 200
    assert (await server.admin.delete(f"{PATH}/sources/github")).status_code == 404


async def test_signals_lights_and_metrics_tell_how_it_goes(
    server: Server, endpoint: dict[str, Any], receiver: Receiver
) -> None:
    receiver.statuses = [200, 500]
    for pier in range(2):
        await post(server.operator, "/events", {"type": TYPE, "data": {"pier": pier}}, 202)
        await settle(server.kernel, "delivered")
    figures = server.kernel.get_part(Figures)
    while figures.tally.total < 2:
        await figures.look()
    server.kernel.signals.sample_all(server.kernel.clock.now())
    listed = {one.signal.name: one for one in server.kernel.signals.list_signals(server.kernel.clock.now())}
    assert listed["webhooks.success_rate"].series[0].value == 50
    assert listed["webhooks.pending"].series[0].value == 1
    assert listed["webhooks.failing_endpoints"].series[0].value == 1
    text = (await server.admin.get("/metrics")).text
    assert 'webhook_attempts_total{result="delivered"} 1.0' in text
    assert 'webhook_attempts_total{result="failed"} 1.0' in text


@pytest.mark.parametrize(
    ("query", "field"), [("cursor=99999999999999999999", "cursor"), ("cursor=-1", "cursor"), ("state=lost", "state")]
)
async def test_a_list_that_can_not_be_meant_is_refused_by_its_field(server: Server, query: str, field: str) -> None:
    answer = await server.viewer.get(f"{PATH}/deliveries?{query}")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_no_number_of_a_delivery_is_too_large(server: Server) -> None:
    answer = await server.viewer.get(f"{PATH}/deliveries/99999999999999999999")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/delivery-not-found")
    refused = await post(server.operator, "/replay", {"deliveries": [10**30]}, 422)
    assert refused["field"] == "deliveries[0]"
    refused = await post(server.operator, "/replay", {"since": "9999-12-31T23:59:59-14:00"}, 422)
    assert refused["field"] == "since"


async def test_an_event_of_gonogos_own_can_not_be_sent(server: Server) -> None:
    refused = await post(server.operator, "/events", {"type": "release.started", "data": {}}, 404)
    assert "Gonogo's own" in refused["detail"]
    assert "declare" not in refused["detail"]


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".org", "example.org:0"])
async def test_a_host_that_can_not_be_is_refused(server: Server, host: str) -> None:
    refused = await post(server.operator, "/endpoints", {"url": f"https://{host}/"}, 422)
    assert refused["field"] == "url"
