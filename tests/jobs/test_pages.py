"""The pages of jobs without a script: forms, filters, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from gonogo.kernel.db.event_log import find_events
from tests.jobs.waiting import wait_for
from tests.people import Server


async def add(server: Server, **job: Any) -> str:
    client = server.admin if job.get("type") == "shell" else server.operator
    made: str = (await client.post("/api/jobs", json=job)).json()["data"]["id"]
    return made


async def await_dead(server: Server, job: str) -> None:
    async def look() -> bool:
        return bool((await server.viewer.get(f"/api/jobs/{job}")).json()["data"]["state"] == "dead")

    await wait_for(look)


async def test_the_form_takes_a_command_as_it_is(server: Server) -> None:
    form = {"type": "shell", "payload": "echo hello", "max_attempts": "1", "priority": "-2", "timeout": "30s"}
    sent = await server.admin.post("/jobs", data=form)
    assert sent.status_code == 303
    job = (await server.viewer.get(f"/api{sent.headers['location']}")).json()["data"]
    assert job["payload"] == {"command": "echo hello"}
    assert (job["max_attempts"], job["priority"], job["timeout_s"]) == (1, -2, 30.0)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"type": "mail.send", "payload": "{"}, "The payload is not JSON"),
        ({"type": "shell", "payload": "true", "timeout": "soon"}, "not a duration"),
        ({"type": "shell", "payload": "true", "priority": "77"}, "a whole number of at most 9"),
    ],
)
async def test_what_is_wrong_is_told_beside_the_form(server: Server, form: dict[str, str], told: str) -> None:
    answer = await server.operator.post("/jobs", data=form)
    assert answer.status_code == 422
    assert told in answer.text
    assert form["payload"] in answer.text
    assert (await server.viewer.get("/api/jobs")).json()["data"] == []


async def test_the_list_is_narrowed_by_state_and_type(server: Server) -> None:
    due = "2031-01-01T00:00:00Z"
    mail, call = await add(server, type="mail.send", due=due), await add(server, type="made.up")
    page = (await server.viewer.get("/jobs?state=&type=&before=")).text
    assert f"job-{mail}" in page
    assert f"job-{call}" in page
    assert f"job-{call}" not in (await server.viewer.get("/jobs?state=scheduled")).text
    assert f"job-{mail}" not in (await server.viewer.get("/jobs?state=&type=made.up")).text
    assert f"job-{call}" not in (await server.viewer.get(f"/jobs?before={call}")).text


async def test_all_dead_of_a_type_are_replayed(server: Server) -> None:
    dead = await add(server, type="shell", payload={"command": "exit 3"}, max_attempts=1)
    await await_dead(server, dead)
    assert (await server.operator.post("/jobs/replay", data={"type": "mail.send"})).status_code == 303
    assert (await server.viewer.get(f"/api/jobs/{dead}")).json()["data"]["state"] == "dead"
    assert (await server.operator.post("/jobs/replay", data={"type": ""})).status_code == 303
    told = await server.kernel.db.read(lambda tx: find_events(tx, names=["queue.replayed"]))
    assert [(event.subject, event.data) for event in told] == [("*", {"jobs": 1})]


async def test_files_are_proved_on_the_page_of_their_job(server: Server) -> None:
    job = await add(server, type="made.up")
    params = {"name": "tide.txt", "origin": f'{{"job": "{job}"}}'}
    asset = (await server.operator.post("/api/assets", params=params, content=b"high at noon")).json()["data"]
    page = (await server.viewer.get(f"/jobs/{job}")).text
    assert "tide.txt" in page
    assert "SIGNED" in page
    assert ">PROVED<" in (await server.viewer.get(f"/jobs/{job}?prove=true")).text
    kept = next(path for path in server.kernel.config.folder.rglob(asset["sha256"]) if path.is_file())
    kept.chmod(0o600)
    kept.write_bytes(b"low at noon")
    assert "NOT PROVED" in (await server.viewer.get(f"/jobs/{job}?prove=true")).text


async def test_viewers_have_no_buttons(server: Server) -> None:
    job = await add(server, type="made.up")
    for path in ("/jobs", "/jobs?state=dead", f"/jobs/{job}", "/jobs/agents"):
        page = (await server.viewer.get(path)).text
        assert 'method="post" action="/jobs' not in page
    assert (await server.viewer.post("/jobs", data={"type": "shell", "payload": "true"})).status_code == 403
