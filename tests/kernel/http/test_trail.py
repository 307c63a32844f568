"""Nothing passes unrecorded: every change leaves an event, and so does every refusal of somebody known."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.routes import HTTPRoute

from gonogo.app import create_app
from gonogo.kernel.audit.refusals import Refusal, Refusals
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.config import Config
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.events.event import Event
from gonogo.kernel.http.trail import UNRECORDED, Trail
from gonogo.kernel.kernel import Kernel
from tests.fake_clock import FakeClock
from tests.people import Server

ANN = Actor("u1", "ann@example.test", "user", "admin", account="u1", address="192.0.2.7", request_id="r1")
PUBLIC_CHANGES = {
    ("POST", "/api/v1/auth/login"): "person.signed_in, sign_in.failed, sign_in.throttled",
    ("POST", "/api/v1/auth/logout"): "person.signed_out",
    ("POST", "/api/v1/auth/refresh"): "person.tokens_refreshed",
    ("POST", "/hooks/{source:str}"): "hook.received",
    ("POST", "/sign-in"): "person.signed_in, sign_in.failed, sign_in.throttled",
    ("POST", "/sign-in/code"): "person.signed_in, sign_in.failed",
    ("POST", "/welcome/{token:str}"): "person.added, person.password_reset",
    ("POST", "/sign-out"): "person.signed_out",
}
"""Changes by strangers, with the events of their own commands; those are tested with these."""


def list_changes() -> dict[tuple[str, str], bool]:
    """Every route that is not safe, and whether strangers may call it."""
    found = {}
    for route in create_app(Config()).routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods - {"GET", "HEAD", "OPTIONS"}:
                    found[str(method), route.path] = bool(handler.opt.get("public"))
    return found


def test_the_explained_routes_are_there() -> None:
    changes = list_changes()
    assert sorted(UNRECORDED.keys() - changes.keys()) == []
    assert {change for change, public in changes.items() if public} == PUBLIC_CHANGES.keys()


async def list_names(kernel: Kernel, *names: str) -> list[Event]:
    return await kernel.db.read(lambda tx: find_events(tx, names=names, limit=1000))


async def call(trail: Trail, method: str, route: str, actor: Actor | None, answer: Any) -> None:
    scope: Any = {"type": "http", "method": method, "path": route, "path_template": route, "user": actor}

    async def send(_message: Any) -> None:
        pass

    await trail.handle(scope, answer, send, answer)


async def accept(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def test_every_change_leaves_an_event(kernel: Kernel) -> None:
    trail = Trail(kernel)
    changes = [change for change, public in list_changes().items() if not public]
    assert len(changes) > 90
    for method, route in changes:
        await call(trail, method, route, ANN, accept)
    recorded = {(event.data["method"], event.data["route"]) for event in await list_names(kernel, "request.accepted")}
    assert recorded == set(changes) - UNRECORDED.keys()


async def test_a_change_with_an_event_of_its_own_leaves_no_second_one(kernel: Kernel) -> None:
    async def change(scope: Any, receive: Any, send: Any) -> None:
        await kernel.db.write(lambda tx: tx.emit("thing.done", "t1", {}, ANN))
        await accept(scope, receive, send)

    trail = Trail(kernel)
    await call(trail, "POST", "/api/things", ANN, change)
    assert await list_names(kernel, "request.accepted") == []
    # The same id again, as a caller may send it: what leaves no event is still recorded.
    await call(trail, "POST", "/api/things", ANN, accept)
    assert [event.request_id for event in await list_names(kernel, "request.accepted")] == ["r1"]


async def test_reads_and_failures_leave_none(kernel: Kernel) -> None:
    async def fail(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 422, "headers": []})

    async def replay(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"idempotency-replayed", b"true")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    trail = Trail(kernel)
    await call(trail, "GET", "/api/things", ANN, accept)
    await call(trail, "POST", "/api/things", ANN, fail)
    await call(trail, "POST", "/api/things", ANN, replay)
    await call(trail, "POST", "/api/things", None, accept)
    assert await list_names(kernel, "request.", "access.") == []


async def test_a_refusal_names_who_what_and_why(server: Server) -> None:
    new = {"email": "x@example.test", "role": "admin"}
    assert (await server.operator.post("/api/people", json=new)).status_code == 403
    assert (await server.viewer.get("/api/keys")).status_code == 403
    first, second = await list_names(server.kernel, "access.refused")
    assert (first.actor_name, first.address, first.subject) == (
        "operator@example.test",
        "127.0.0.1",
        "POST /api/people",
    )
    assert (first.data["status"], first.data["count"], "role admin" in first.data["why"]) == (403, 1, True)
    assert (second.actor_name, second.subject) == ("viewer@example.test", "GET /api/keys")


async def test_refusals_are_one_a_minute_with_their_number(kernel: Kernel, clock: FakeClock) -> None:
    refusals = Refusals(kernel.db, clock)
    refusal = Refusal(ANN, "POST", "/api/people", 403, "no")
    for _ in range(5):
        await refusals.record(refusal)
    assert [event.data["count"] for event in await list_names(kernel, "access.refused")] == [1]
    clock.advance(61)
    await refusals.flush()
    await refusals.flush()
    assert [event.data["count"] for event in await list_names(kernel, "access.refused")] == [1, 4]
    await refusals.record(refusal)
    await refusals.record(Refusal(ANN, "POST", "/api/keys", 403, "no"))
    assert [event.data["count"] for event in await list_names(kernel, "access.refused")] == [1, 4, 1, 1]


async def test_a_revoked_key_is_refused_by_name(server: Server) -> None:
    made = (await server.admin.post("/api/keys", json={"name": "ci", "scopes": ["metrics:read"]})).json()
    await server.admin.delete(f"/api/keys/{made['data']['id']}")
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert (await server.stranger.get("/api/jobs", headers=headers)).status_code == 401
    assert (await server.stranger.get("/api/jobs", headers={"X-API-Key": made["token"][:-1]})).status_code == 401
    [event] = await list_names(server.kernel, "access.refused")
    assert (event.actor, event.address) == (made["data"]["id"], "127.0.0.1")
    assert (event.data["status"], event.data["route"]) == (401, "/api/jobs")


@pytest.fixture
async def job(server: Server) -> dict[str, Any]:
    answer = await server.operator.post("/api/jobs", json={"type": "held", "payload": {"token": "s3cret"}})
    found: dict[str, Any] = answer.json()["data"]
    return found


async def test_an_enqueued_job_has_an_author_and_an_event(server: Server, job: dict[str, Any]) -> None:
    assert job["author"] == "operator@example.test"
    [event] = await list_names(server.kernel, "job.enqueued")
    assert (event.actor_name, event.address, event.subject) == ("operator@example.test", "127.0.0.1", job["id"])
    assert event.data == {"types": ["held"], "jobs": 1, "ids": [job["id"]]}


async def wait_for(server: Server, call: str) -> None:
    for _ in range(30):
        if (await server.operator.get(f"/api/actions/calls/{call}?wait=5")).json()["data"]["result"] is not None:
            return
    raise AssertionError("The action did not end.")


async def test_actions_by_hand_are_recorded_without_their_secrets(server: Server, tmp_path: Any) -> None:
    options = {"postgres": "postgres://ann:hunter2hunter2@127.0.0.1:1/shop", "to": str(tmp_path)}
    answer = await server.admin.post("/api/actions/backup", json={"options": options, "folder": str(tmp_path)})
    call = answer.json()["data"]["id"]
    await wait_for(server, call)
    started, finished = await list_names(server.kernel, "action.")
    assert (started.subject, started.actor_name) == ("backup", "admin@example.test")
    assert started.data["call"] == finished.data["call"] == call
    assert finished.name == "action.finished"
    assert "hunter2hunter2" not in str(started.data) + str(finished.data)


async def test_a_plan_of_a_file_of_the_server_is_recorded(server: Server, tmp_path: Any) -> None:
    path = tmp_path / "release.md"
    path.write_text("# Release\n\n- [ ] Look\n")
    assert (await server.operator.post("/api/releases/plan", json={"path": str(path)})).status_code < 300
    assert (await server.operator.post("/api/releases/plan", json={"markdown": "# x"})).status_code < 300
    [event] = await list_names(server.kernel, "checklist.planned")
    assert (event.data, event.actor_name) == ({"path": str(path)}, "operator@example.test")
