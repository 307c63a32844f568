"""Services that something else runs: one interface over systemd, compose, Kubernetes and PM2.

What can't be had here stands in as a program of the same name on PATH, which keeps its state in a file.
"""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.services.commands.scaling import restart_service, scale_service
from gonogo.services.commands.starting import start_services, stop_services
from gonogo.services.commands.swapping import roll_back, swap_service
from gonogo.services.errors import MoveNotOffered, RunnerFailed
from gonogo.services.foreign.board import ForeignBoard
from gonogo.services.foreign.runner import ForeignState
from gonogo.services.schemas import SwapRequest
from gonogo.services.views import view_named
from tests.services.stage import Stage, await_events

Install = Callable[[str, str], Path]

SYSTEMCTL = """
move = argv[0]
if move == "show":
    active = "inactive" if state.get("down") else "active"
    print(f"ActiveState={active}\\nSubState=dead\\nResult=success\\nNRestarts={state.get('restarts', 0)}")
elif argv[1] == "broken.service":
    sys.exit("Unit broken.service not found.")
else:
    state["down"] = move == "stop"
    state["restarts"] = state.get("restarts", 0) + (move == "restart")
"""
JOURNALCTL = """
print(f"2026-03-02 host app[1]: hello from {argv[1]}")
"""
KUBECTL = """
words = [word for word in argv if word not in ("--namespace", "shop", "--context", "east")]
if words[0] == "get":
    print(json.dumps({"spec": {"replicas": state["replicas"], "template": {"spec": {"containers": [
        {"image": state["image"]}]}}}, "status": {"readyReplicas": state["replicas"]}}))
elif words[0] == "scale":
    state["replicas"] = int(words[2].partition("=")[2])
elif words[:2] == ["rollout", "undo"]:
    state["image"] = "shop:1"
elif words[0] == "logs":
    print("[pod/shop-1] hello")
"""
DOCKER = """
words = argv[argv.index("-f") + 2:] if "-f" in argv else argv[1:]
if words[0] == "ps":
    for number in range(state["count"]):
        health = "unhealthy" if state.get("sick") else "healthy"
        print(json.dumps({"Name": f"shop-{number}", "State": "running", "Health": health, "Status": f"Up ({health})",
                          "Image": "shop:7"}))
elif words[0] == "up" and "--scale" in words:
    state["count"] = int(words[words.index("--scale") + 1].partition("=")[2])
elif words[0] == "restart":
    state["sick"] = True
elif words[0] == "logs":
    print("shop-0 | hello")
"""
PM2 = """
if argv[0] == "jlist":
    print("[PM2] Spawning PM2 daemon")
    print(json.dumps([{"name": "bot", "pm2_env": {"status": state["status"], "version": "1.2.0"}}] * state["count"]))
elif argv[0] == "scale":
    state["count"] = int(argv[2])
elif argv[0] in ("start", "stop", "restart"):
    state["status"] = "stopped" if argv[0] == "stop" else "online"
elif argv[0] == "logs":
    print("hello")
"""
HEAD = """#!{python}
import json, os, pathlib, sys
argv = sys.argv[1:]
file = pathlib.Path(__file__).with_suffix(".json")
state = {{"status": "online", "count": 1, "replicas": 2, "image": "shop:2"}}
state |= json.loads(file.read_text()) if file.exists() else {{}}
before = dict(state)
{body}
if state != before:  # whoever only asks must not undo what another call is just doing
    fresh = file.with_suffix(f".{{os.getpid()}}")
    fresh.write_text(json.dumps(state))
    fresh.replace(file)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a stand-in of this name on PATH, before everything else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def put(name: str, body: str) -> Path:
        path = folder / name
        path.write_text(HEAD.format(python=sys.executable, body=body))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return put


async def test_a_systemd_unit(stage: Stage, install: Install) -> None:
    install("systemctl", SYSTEMCTL)
    install("journalctl", JOURNALCTL)
    tables = {"cache": {"run_by": "systemd", "target": "redis"}, "broken": {"run_by": "systemd"}}
    async with stage.open(**tables) as kernel:
        board = kernel.get_part(ForeignBoard)
        await board.look_at("cache")
        assert (await view_named(kernel, "cache")).condition == "ready"
        await restart_service(kernel, SYSTEM, "cache")
        assert (await view_named(kernel, "cache")).restarts == 1
        await stop_services(kernel, SYSTEM, ["cache"])
        view = await view_named(kernel, "cache")
        assert (view.condition, view.why) == ("down", "inactive, dead, success")
        await start_services(kernel, SYSTEM, ["cache"])
        assert await board.runners["cache"].read_logs(5) == "2026-03-02 host app[1]: hello from redis.service\n"
        with pytest.raises(RunnerFailed, match=r"Unit broken\.service not found"):
            await restart_service(kernel, SYSTEM, "broken")
        with pytest.raises(MoveNotOffered, match="Declare one service for each unit"):
            await scale_service(kernel, SYSTEM, "cache", 2)
        names = await await_events(kernel, "service.started")
        assert names == ["service.restarted", "service.stopped", "service.started"]


async def test_a_kubernetes_deployment(stage: Stage, install: Install) -> None:
    install("kubectl", KUBECTL)
    table = {"run_by": "kubernetes", "namespace": "shop", "context": "east"}
    async with stage.open(shop=table) as kernel:
        await scale_service(kernel, SYSTEM, "shop", 3)
        view = await view_named(kernel, "shop")
        assert (view.ready, view.replicas, view.version) == (3, 3, "shop:2")
        swap = await roll_back(kernel, SYSTEM, "shop")
        assert (swap.status, swap.from_version, swap.to_version, swap.driver) == (
            "done",
            "shop:2",
            "shop:1",
            "kubernetes",
        )
        with pytest.raises(MoveNotOffered, match="services restart shop"):
            await swap_service(kernel, SYSTEM, "shop", SwapRequest())


async def test_a_compose_service(stage: Stage, install: Install) -> None:
    install("docker", DOCKER)
    async with stage.open(shop={"run_by": "compose", "file": "compose.yml"}) as kernel:
        await scale_service(kernel, SYSTEM, "shop", 2)
        view = await view_named(kernel, "shop")
        assert (view.condition, view.ready, view.version) == ("ready", 2, "shop:7")
        await restart_service(kernel, SYSTEM, "shop")
        view = await view_named(kernel, "shop")
        assert (view.condition, view.why) == ("down", "shop-0: Up (unhealthy)")
        with pytest.raises(MoveNotOffered, match="Name the earlier image"):
            await roll_back(kernel, SYSTEM, "shop")


async def test_a_pm2_process(stage: Stage, install: Install) -> None:
    install("pm2", PM2)
    async with stage.open(bot={"run_by": "pm2"}, other={"run_by": "pm2"}) as kernel:
        await stop_services(kernel, SYSTEM, ["bot"])
        assert (await view_named(kernel, "bot")).why == "stopped"
        await start_services(kernel, SYSTEM, ["bot"])
        await scale_service(kernel, SYSTEM, "bot", 3)
        view = await view_named(kernel, "bot")
        assert (view.ready, view.version) == (3, "1.2.0")
        await kernel.get_part(ForeignBoard).look_at("other")
        assert (await view_named(kernel, "other")).why == "PM2 does not know it"


async def test_an_answer_that_comes_late_is_not_news(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage.open(bot={"run_by": "pm2"}) as kernel:
        board = kernel.get_part(ForeignBoard)
        await board.look_at("bot")
        answers = [asyncio.get_running_loop().create_future() for _ in range(2)]
        waiting = iter(answers)
        monkeypatch.setattr(board.runners["bot"], "read_state", lambda: next(waiting))
        before, after = (asyncio.create_task(board.look_at("bot")) for _ in range(2))
        await asyncio.sleep(0)
        answers[1].set_result(ForeignState(ready=3))
        await after
        answers[0].set_result(ForeignState(ready=1))
        await before
        assert board.states["bot"].ready == 3


async def test_a_program_that_is_not_there(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    async with stage.open(bot={"run_by": "pm2"}) as kernel:
        await kernel.get_part(ForeignBoard).look_at("bot")
        assert "There is no program 'pm2' here" in (await view_named(kernel, "bot")).why
