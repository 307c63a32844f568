"""Agents' real processes: spawned, killed, found again, never two, stopped; and what the API says of them."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from gonogo.app import ROOMS
from gonogo.jobs.agent_store import get_agent
from gonogo.jobs.agents.commands import stop_agent
from gonogo.jobs.agents.keeper import AgentKeeper
from gonogo.jobs.agents.post import VARIABLE, PostTaken, find_holder, hold_post, is_running
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import Config
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.kernel import Kernel
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.jobs.waiting import wait_for, wait_until
from tests.people import Server

PORTER = {"template": "shell", "name": "porter", "role": "carrier"}


@pytest.fixture(autouse=True)
async def end_agents(tmp_path: Path) -> AsyncIterator[None]:
    """Agents outlive their server on purpose; not this test."""
    yield
    for post in (tmp_path / "home" / "agents").glob("*/post.json"):
        if (holder := find_holder(post)) is not None:
            os.kill(holder.pid, signal.SIGKILL)


async def spawn(server: Server, **agent: Any) -> Any:
    client = server.admin if "modules" in agent else server.operator  # modules are new code
    answer = await client.post("/api/agents", json={**PORTER, **agent})
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


async def await_phase(server: Server, phase: str) -> Any:
    async def look() -> Any:
        found = (await server.viewer.get("/api/agents/porter")).json()["data"]
        return found if found["phase"] == phase else None

    return await wait_for(look)


async def list_events(server: Server) -> list[str]:
    return [event.name for event in await server.kernel.db.read(lambda tx: find_events(tx, names=["agent."]))]


async def test_a_job_for_the_agent_is_done_by_it(server: Server) -> None:
    await spawn(server, capabilities=["zone=north"])
    working = await await_phase(server, "working")
    assert {"agent=porter", "role=carrier", "zone=north", "type=shell"} <= set(working["offers"])
    job = {"type": "shell", "payload": {"command": "echo carried"}, "needs": ["agent=porter"]}
    made = (await server.admin.post("/api/jobs", json=job)).json()["data"]["id"]

    async def look() -> Any:
        found = (await server.viewer.get(f"/api/jobs/{made}")).json()["data"]
        return found if found["state"] == "done" else None

    assert (await wait_for(look))["value"]["output"] == "carried"
    assert (await server.viewer.get("/api/agents/porter")).json()["data"]["jobs_per_minute"] == 1
    assert "jobs at once: shell" in (await server.viewer.get("/api/agents/porter/log")).json()["data"]["text"]


async def test_a_killed_process_is_started_again_after_a_pause(server: Server, clock: FakeClock) -> None:
    await spawn(server)
    first = (await await_phase(server, "working"))["pid"]
    os.kill(first, signal.SIGKILL)
    waiting = await await_phase(server, "backing_off")
    assert waiting["why"] == "Its process was ended by signal 9."
    keeper = server.kernel.get_part(AgentKeeper)

    def is_starting() -> bool:
        if any(post.phase == "backing_off" for post in keeper.list_posts()):
            clock.advance(1)
            return False
        return True

    await wait_until(is_starting)
    again = await await_phase(server, "working")
    assert again["pid"] != first
    assert again["crashes"] == 1
    assert await list_events(server) == ["agent.spawned", "agent.crashed"]


async def test_the_next_server_finds_the_process_of_the_last(config: Config, clock: FakeClock) -> None:
    async with run_server(config, clock) as server:
        await spawn(server)
        pid = (await await_phase(server, "working"))["pid"]
    assert psutil.pid_exists(pid)
    async with Kernel(config, ROOMS, clock) as kernel:
        keeper, agent = kernel.get_part(AgentKeeper), await kernel.db.read(lambda tx: get_agent(tx, "porter"))
        await wait_until(lambda: keeper.read_post(agent).phase == "working")
        found = keeper.read_post(agent).identity
        assert found is not None
        assert found.pid == pid
        stopped = await stop_agent(kernel, SYSTEM, "porter")
        assert (stopped.wanted, keeper.read_post(stopped).phase) == ("stopped", "stopped")
        assert not is_running(found)


async def test_one_that_was_stopped_stays_stopped_and_can_start_again(server: Server) -> None:
    await spawn(server)
    first = (await await_phase(server, "working"))["pid"]
    await server.operator.post("/api/agents/porter/stop")
    assert server.kernel.get_part(AgentKeeper).list_kept() == []
    await server.operator.post("/api/agents/porter/restart")
    assert (await await_phase(server, "working"))["pid"] != first
    assert await list_events(server) == ["agent.spawned", "agent.stopped", "agent.restarted"]


async def test_one_that_can_not_start_is_given_up(server: Server, clock: FakeClock) -> None:
    await spawn(server, connectors=["python"], modules="no_such_module_anywhere")
    keeper = server.kernel.get_part(AgentKeeper)

    def is_over() -> bool:
        # Its pauses are over at once; while its process starts, the clock stands still.
        if any(post.phase == "backing_off" for post in keeper.list_posts()):
            clock.advance(100)
        return not keeper.list_kept()

    await wait_until(is_over)
    told = (await server.viewer.get("/api/agents/porter")).json()["data"]
    assert (told["phase"], told["agent"]["wanted"]) == ("gave_up", "gave_up")
    assert (await list_events(server))[-1] == "agent.gave_up"
    assert "no_such_module_anywhere" in (await server.viewer.get("/api/agents/porter/log")).json()["data"]["text"]


@pytest.mark.parametrize(
    ("agent", "status", "field"),
    [
        ({"template": "nothing"}, 422, "template"),
        ({"connectors": ["teleport"]}, 422, "connectors"),
        ({"connectors": []}, 422, "connectors"),
        ({"name": "Not A Name"}, 422, "name"),
        ({"capabilities": ["no equals"]}, 422, "capabilities[0]"),
        ({"concurrency": 0}, 422, "concurrency"),
    ],
)
async def test_a_bad_agent_is_refused(server: Server, agent: dict[str, Any], status: int, field: str | None) -> None:
    answer = await server.operator.post("/api/agents", json=PORTER | agent)
    assert (answer.status_code, answer.json().get("field")) == (status, field)
    assert (await server.viewer.get("/api/agents")).json()["data"] == []


async def test_viewers_only_look(server: Server) -> None:
    assert (await server.viewer.post("/api/agents", json=PORTER)).status_code == 403
    assert set((await server.viewer.get("/api/agents/templates")).json()["data"]) >= {"shell", "ollama", "comfyui"}
    assert (await server.viewer.get("/api/agents/nobody")).json()["type"] == "/problems/agent-not-found"


async def test_names_are_taken_once_and_freed_when_forgotten(server: Server) -> None:
    await spawn(server)
    again = await server.operator.post("/api/agents", json=PORTER)
    assert (again.status_code, again.json()["field"]) == (409, "name")
    assert (await server.operator.delete("/api/agents/porter")).json()["type"] == "/problems/agent-runs"
    await server.operator.post("/api/agents/porter/stop")
    assert (await server.operator.delete("/api/agents/porter")).json()["data"] == {"forgotten": "porter"}
    assert (await server.viewer.get("/api/agents")).json()["data"] == []


def test_a_post_is_held_once(tmp_path: Path) -> None:
    environment = {VARIABLE: str(tmp_path / "post.json")}
    with hold_post(environment):
        assert (holder := find_holder(tmp_path / "post.json")) is not None
        assert holder.pid == os.getpid()
        with pytest.raises(PostTaken), hold_post(environment):
            raise AssertionError("two hold one post")


def test_a_post_of_a_process_that_is_gone_is_free(tmp_path: Path) -> None:
    post = tmp_path / "post.json"
    assert find_holder(post) is None
    post.write_text(f'{{"pid": {os.getpid()}, "started": 12.0}}')  # the id was given to another process since
    assert find_holder(post) is None
