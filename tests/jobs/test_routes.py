"""The room's API, from enqueuing to dead letters."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gonogo.jobs.desk import JobsDesk
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.kernel import Kernel
from tests.jobs import waiting
from tests.people import Server

NOBODY = {"type": "made.up"}


def nest(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


async def enqueue(server: Server, **job: Any) -> Any:
    client = server.admin if job.get("type") == "shell" else server.operator
    answer = await client.post("/api/jobs", json={**NOBODY, **job})
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


async def wait_for(server: Server, id: str, *states: str) -> Any:
    async def look() -> Any:
        job = (await server.viewer.get(f"/api/jobs/{id}")).json()["data"]
        return job if job["state"] in states else None

    return await waiting.wait_for(look)


async def list_names(server: Server) -> list[str]:
    kernel: Kernel = server.app.state.kernel
    return [
        event.name for event in await kernel.db.read(lambda tx: find_events(tx, names=["job.", "queue.", "schedule."]))
    ]


async def test_a_shell_job_is_done_with_its_output(server: Server) -> None:
    job = await enqueue(server, type="shell", payload={"command": "echo one; echo two >&2"})
    done = await wait_for(server, job["id"], "done", "dead")
    assert done["value"] == {"exit_code": 0, "output": "one\ntwo"}
    assert (await server.viewer.get(f"/api/jobs/{job['id']}/log")).json()["data"] == ["one", "two"]


async def test_a_failing_shell_job_is_dead_in_the_end(server: Server) -> None:
    job = await enqueue(server, type="shell", payload={"command": "echo oops; exit 7"}, max_attempts=1)
    dead = await wait_for(server, job["id"], "dead")
    assert dead["error"] == "The command ended with code 7: oops"
    await server.app.state.kernel.get_part(JobsDesk).keep_up()
    assert await list_names(server) == ["job.command_enqueued", "job.dead"]


async def test_many_are_taken_in_or_none(server: Server) -> None:
    many = {"jobs": [NOBODY, NOBODY | {"unique_key": "k"}, NOBODY | {"unique_key": "k"}]}
    accepted = (await server.operator.post("/api/jobs", json=many)).json()["data"]
    assert [each["created"] for each in accepted] == [True, True, False]
    bad = {"jobs": [NOBODY, NOBODY | {"priority": 10}]}
    answer = await server.operator.post("/api/jobs", json=bad)
    assert (answer.status_code, answer.json()["field"]) == (422, "jobs[1].priority")
    assert len((await server.viewer.get("/api/jobs")).json()["data"]) == 2


async def test_one_idempotency_key_is_one_job(server: Server) -> None:
    headers = {"Idempotency-Key": "once"}
    answers = [await server.operator.post("/api/jobs", json=NOBODY, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (await server.viewer.get("/api/queue/metrics")).json()["data"]["enqueued_total"] == 1


@pytest.mark.parametrize(
    ("job", "field"),
    [
        ({}, "type"),
        ({"type": "a b"}, "type"),
        ({"type": "x", "timeout": "soon"}, "timeout"),
        ({"type": "x", "needs": ["type=y"]}, "needs"),
        ({"type": "x", "payload": "x" * 300_000}, "payload"),
        ({"type": "x", "max_attempts": 0}, "max_attempts"),
        ({"type": "x", "unknown": 1}, "unknown"),
        ({"type": "x", "timeout": 0}, "timeout"),
        ({"type": "x", "timeout": "99999d"}, "timeout"),
        ({"type": "x", "due": "9999-12-31T23:59:59-14:00"}, "due"),
        ({"type": "x", "due": "0001-01-01T00:00:00+14:00"}, "due"),
        ({"type": "x", "backoff": [1] * 101}, "backoff"),
        ({"type": "x", "needs": [f"n={n}" for n in range(51)]}, "needs"),
        ({"type": "x", "labels": {"a": "x" * 2001}}, "labels"),
        ({"type": "x", "unique_key": "a\0b"}, "unique_key"),
        ({"type": "x", "parent": "nobody"}, "parent"),
        ({"type": "x", "payload": nest(500)}, "payload"),
        ({"jobs": [{"type": "x"}, {}]}, "jobs[1].type"),
    ],
)
async def test_a_bad_job_is_refused_by_its_field(server: Server, job: dict[str, Any], field: str) -> None:
    answer = await server.operator.post("/api/jobs", json=job)
    assert (answer.status_code, answer.json().get("field")) == (422, field)
    assert f"'{field}'" in answer.json()["detail"]
    assert (await server.viewer.get("/api/jobs")).json()["data"] == []


async def test_a_payload_that_no_reader_can_follow_is_refused(server: Server) -> None:
    body = '{"type": "x", "payload": ' + "[" * 5000 + "]" * 5000 + "}"
    answer = await server.operator.post("/api/jobs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("cursor", ["zzz", "%00"])
async def test_a_cursor_that_is_none_is_told(server: Server, cursor: str) -> None:
    answer = await server.viewer.get(f"/api/jobs?cursor={cursor}")
    assert (answer.status_code, answer.json()["field"]) == (422, "cursor")
    assert "next_cursor of the page before" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("limit", "field"),
    [
        ({"key": "a\nb", "concurrency": 1}, "key"),
        ({"key": "k", "rate": 1e-300}, "rate"),
        ({"key": "k", "concurrency": 10**20}, "concurrency"),
        ({"key": "k", "concurency": 1}, "concurency"),
    ],
)
async def test_a_limit_that_no_queue_could_count_is_refused(server: Server, limit: dict[str, Any], field: str) -> None:
    answer = await server.operator.put("/api/queue/limits", json=limit)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("n" * 201, {}, "name"),
        ("%0A", {}, "name"),
        ("nightly", {"cron": "* * * * * *"}, "cron"),
        ("nightly", {"cron": "0 2 * * *" + " " * 200}, "cron"),
        ("nightly", {"job": NOBODY | {"id": "01890a5d-ac96-774b-bcce-b302099a8057"}}, "job.id"),
        ("nightly", {"job": NOBODY | {"due": "2030-01-01T00:00:00Z"}}, "job.due"),
    ],
)
async def test_a_bad_schedule_is_refused_by_its_field(server: Server, name: str, change: Any, field: str) -> None:
    schedule = {"cron": "0 2 * * *", "job": NOBODY} | change
    answer = await server.operator.put(f"/api/queue/schedules/{name}", json=schedule)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize("worker", [{"id": ""}, {"id": "w", "concurrency": -1}, {"id": "w", "capabilities": ["a\nb"]}])
async def test_a_worker_that_can_not_be_is_refused(server: Server, worker: Any) -> None:
    assert (await server.operator.post("/api/queue/register", json=worker)).status_code == 422


async def test_a_list_pages_by_cursor(server: Server) -> None:
    ids = [(await enqueue(server))["id"] for _ in range(5)]
    first = (await server.viewer.get("/api/jobs?limit=3&state=ready&type=made.up")).json()
    rest = (await server.viewer.get(f"/api/jobs?limit=3&cursor={first['next_cursor']}")).json()
    assert [job["id"] for job in (*first["data"], *rest["data"])] == ids[::-1]
    assert "next_cursor" not in rest


async def test_cancel_and_retry_tell_who_and_refuse_what_can_not_be(server: Server) -> None:
    job = await enqueue(server)
    address = f"/api/jobs/{job['id']}"
    assert (await server.operator.post(f"{address}/retry")).json()["type"] == "/problems/job-not-retriable"
    cancelled = (await server.operator.post(f"{address}/cancel", json={"why": "not needed"})).json()["data"]
    assert (cancelled["state"], cancelled["error"]) == ("cancelled", "not needed")
    assert (await server.operator.post(f"{address}/cancel")).json()["type"] == "/problems/job-ended"
    assert (await server.operator.post(f"{address}/retry")).json()["data"]["state"] == "ready"
    assert await list_names(server) == ["job.enqueued", "job.cancelled", "job.retried"]


async def test_a_running_command_is_ended_when_its_job_is_cancelled(server: Server) -> None:
    job = await enqueue(server, type="shell", payload={"command": "sleep 60 & wait"})
    await wait_for(server, job["id"], "running")
    await server.operator.post(f"/api/jobs/{job['id']}/cancel")
    desk: JobsDesk = server.app.state.kernel.get_part(JobsDesk)

    async def look() -> bool:
        await desk.keep_up()
        return not any(worker.running for worker in desk.workers)

    assert await waiting.wait_for(look)


async def test_dead_jobs_are_replayed_together(server: Server) -> None:
    jobs = [await enqueue(server, type="shell", payload={"command": "false"}, max_attempts=1) for _ in range(2)]
    for job in jobs:
        await wait_for(server, job["id"], "dead")
    await server.operator.post("/api/queue/pause", json={"type": "shell"})
    assert (await server.operator.post("/api/jobs/replay", json={})).json()["data"] == {"replayed": 2}
    assert len((await server.viewer.get("/api/jobs?state=ready")).json()["data"]) == 2


async def test_pauses_limits_and_schedules_are_kept_and_told(server: Server) -> None:
    assert (await server.operator.post("/api/queue/pause", json={})).json()["data"] == {"paused": ["*"]}
    assert (await server.operator.post("/api/queue/resume", json={})).json()["data"] == {"paused": []}
    limit = {"key": "api", "concurrency": 2, "rate": None, "burst": 1}
    await server.operator.put("/api/queue/limits", json=limit)
    assert (await server.viewer.get("/api/queue/limits")).json()["data"] == [limit]
    schedule = {"cron": "0 2 * * *", "job": {"type": "backup"}}
    saved = (await server.operator.put("/api/queue/schedules/nightly", json=schedule)).json()["data"]
    assert saved["next_at"] == "2026-03-03T02:00:00Z"
    bad = await server.operator.put("/api/queue/schedules/nightly", json=schedule | {"cron": "at night"})
    assert (bad.status_code, bad.json()["field"]) == (422, "cron")
    assert (await server.viewer.get("/api/queue/schedules/nightly/firings")).json()["data"] == []
    assert (await server.operator.delete("/api/queue/schedules/nightly")).status_code == 200
    assert (await server.operator.delete("/api/queue/schedules/nightly")).status_code == 404
    told = ["queue.paused", "queue.resumed", "queue.limited", "schedule.saved", "schedule.dropped"]
    assert await list_names(server) == told


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("POST", "/api/jobs", NOBODY),
        ("POST", "/api/jobs/replay", {}),
        ("POST", "/api/queue/pause", {}),
        ("PUT", "/api/queue/limits", {"key": "k"}),
        ("PUT", "/api/queue/schedules/s", {"cron": "* * * * *", "job": NOBODY}),
        ("POST", "/api/queue/claim", {"worker": "w", "capabilities": [], "n": 1, "nonce": "n"}),
    ],
)
async def test_viewers_look_and_touch_nothing(server: Server, method: str, address: str, body: Any) -> None:
    assert (await server.viewer.request(method, address, json=body)).status_code == 403


async def test_the_queue_is_known_by_signals_and_metrics(server: Server) -> None:
    await enqueue(server)
    kernel: Kernel = server.app.state.kernel
    await kernel.get_part(JobsDesk).keep_up()
    kernel.signals.sample_all(kernel.clock.now())
    depth = (await server.viewer.get("/api/signals/jobs.depth")).json()["data"]
    assert depth["series"][0]["samples"][-1][1] == 1
    page = (await server.viewer.get("/metrics")).text
    assert 'gonogo_jobs{state="ready",type="made.up"} 1.0' in page


async def test_the_socket_tells_the_numbers_as_they_move(server: Server) -> None:
    from websockets.asyncio.client import connect

    headers = {"Authorization": server.viewer.headers["Authorization"]}
    address = server.url.replace("http", "ws", 1) + "/api/jobs/ws"
    async with connect(address, additional_headers=headers, proxy=None) as socket:
        first = msgspec.json.decode(await socket.recv())
        assert (first["type"], first["data"]["ready"]) == ("stats", 0)
        job = await enqueue(server)
        taken = msgspec.json.decode(await socket.recv())
        assert (taken["name"], taken["subject"]) == ("job.enqueued", job["id"])
        await server.app.state.kernel.get_part(JobsDesk).keep_up()
        assert msgspec.json.decode(await socket.recv())["data"]["ready"] == 1
        await server.operator.post(f"/api/jobs/{job['id']}/cancel")
        told = msgspec.json.decode(await socket.recv())
        assert (told["type"], told["name"], told["subject"]) == ("event", "job.cancelled", job["id"])


@pytest.mark.parametrize(
    ("method", "address", "body", "status"),
    [
        ("GET", "/api/jobs/%00", None, 404),
        ("GET", "/api/jobs?type=%00", None, 422),
        ("POST", "/api/jobs/replay", {"type": "\0"}, 422),
        ("DELETE", "/api/queue/schedules/%00", None, 404),
        ("GET", "/api/queue/schedules/%00/firings", None, 404),
        ("POST", "/api/queue/leave", {"worker": "w\0"}, 422),
        ("POST", "/api/queue/beat", {"worker": "w", "running": [{"id": "\0", "fence": 1}]}, 422),
        ("POST", "/api/queue/finish", {"worker": "w", "results": [{"id": "x", "fence": 10**30}]}, 422),
    ],
)
async def test_what_no_database_could_look_for_is_not_looked_for(
    server: Server, method: str, address: str, body: Any, status: int
) -> None:
    answer = await server.operator.request(method, address, json=body)
    assert answer.status_code == status, answer.text
