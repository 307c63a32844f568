"""Kept up: crashes, crash loops, sickness, whole groups, other users, and keepers that outlive the server."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.errors import Problem
from gonogo.services.commands.scaling import restart_service, scale_service
from gonogo.services.commands.starting import start_services, stop_services
from gonogo.services.errors import PortTaken, UserUnusable
from gonogo.services.keepers import Keepers
from gonogo.services.views import view_named, view_services
from tests.services.stage import Stage, ask, await_events, await_ready, await_true, command, find_port, web


async def crash(port: int) -> None:
    with pytest.raises(Exception, match="disconnected"):
        await ask(port, "/crash")


async def test_a_crashed_process_is_started_again(stage: Stage) -> None:
    port = find_port()
    async with stage.open(web=web(port)) as kernel:
        state = await await_ready(kernel, "web")
        await crash(port)
        # Nobody is refused meanwhile: the address stays taken, and the connection waits for the next process.
        answer = await ask(port)
        assert answer != f"v1 {state.instances[0].process.pid if state.instances[0].process else 0}"
        await await_ready(kernel, "web")
        view = await view_named(kernel, "web")
        assert view.restarts == 1
        await await_events(kernel, "service.crashed", "service.recovered")


async def test_a_crash_loop_backs_off_and_says_when_it_gives_up(stage: Stage) -> None:
    table = {"command": ["false"], "restart": {"first": "1ms", "most": "8ms", "attempts": 4}}
    async with stage.open(broken=table) as kernel:
        keepers = kernel.get_part(Keepers)
        await await_true(
            lambda: (state := keepers.find_state("broken")) and state.instances[0].phase == "gave_up", "giving up"
        )
        state = keepers.get_state("broken")
        waits = [entry.data["wait_s"] for entry in state.journal if entry.name == "crashed"]
        assert waits == [0.001, 0.002, 0.004, 0.008, None]
        view = await view_named(kernel, "broken")
        assert view.condition == "gave_up"
        assert "4 restarts within 600 s did not help: it ended with exit code 1" in view.why
        await restart_service(kernel, SYSTEM, "broken")
        await await_true(lambda: any(each.restarts for each in keepers.get_state("broken").instances), "a new try")
        await await_events(kernel, "service.gave_up")


async def test_a_program_that_is_not_there_is_named(stage: Stage) -> None:
    async with stage.open(ghost={"command": ["no-such-program"], "restart": {"attempts": 1, "first": "1ms"}}) as kernel:
        await await_true(lambda: kernel.get_part(Keepers).find_state("ghost"), "the keeper")
        await await_true(lambda: kernel.get_part(Keepers).get_state("ghost").instances[0].phase == "gave_up", "its end")
        assert "No such file or directory (no-such-program)" in (await view_named(kernel, "ghost")).why


async def test_a_sick_process_is_replaced(stage: Stage) -> None:
    port = find_port()
    async with stage.open(web=web(port, health={"path": "/", "every": "50ms", "unhealthy_after": 2})) as kernel:
        await await_ready(kernel, "web")
        before = await ask(port)
        await ask(port, "/sick")
        await await_true(lambda: stage.state("web").instances[0].restarts == 1, "the sick one's end")
        await await_ready(kernel, "web")
        assert await ask(port) != before
        await await_events(kernel, "service.unhealthy")


async def test_the_whole_group_is_ended(stage: Stage) -> None:
    async with stage.open(tree={"command": command("tree"), "stop_within": "100ms"}) as kernel:
        await await_ready(kernel, "tree")
        log = stage.folder("tree").log
        await await_true(lambda: "deaf" in log.read_text(), "the child's start")
        child = int(log.read_text().split("child ")[1].split()[0])
        await stop_services(kernel, SYSTEM, ["tree"])
        await await_true(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie", "its end")


async def test_who_has_the_port_is_named(stage: Stage) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        async with stage.open(web=web(port, autostart=False)) as kernel:
            with pytest.raises(PortTaken) as taken:
                await start_services(kernel, SYSTEM, ["web"])
            me = psutil.Process()
            assert f"process {me.pid} of {me.username()}" in taken.value.detail
            assert Path(sys.executable).name in taken.value.detail
            assert taken.value.extra["owner"]["pid"] == os.getpid()
            assert (await view_named(kernel, "web")).condition == "failed"


async def test_services_outlive_the_server_and_are_found_again(stage: Stage) -> None:
    port = find_port()
    async with stage.open(web=web(port)) as kernel:
        await await_ready(kernel, "web")
        before = await ask(port)
    assert await ask(port) == before
    async with stage.open(web=web(port)) as kernel:
        await await_ready(kernel, "web")
        assert await ask(port) == before
        assert await await_events(kernel) == ["service.started"]
        await stop_services(kernel, SYSTEM, ["web"])
    async with stage.open(web=web(port)) as kernel:
        views = await view_services(kernel)
        assert [(view.condition, view.wanted) for view in views] == [("down", False)]


async def test_what_happened_without_a_server_is_told_later(stage: Stage) -> None:
    port = find_port()
    async with stage.open(web=web(port)) as kernel:
        await await_ready(kernel, "web")
    await crash(port)
    await ask(port)
    async with stage.open(web=web(port)) as kernel:
        await await_ready(kernel, "web")
        assert (await await_events(kernel, "service.crashed")).count("service.crashed") == 1


async def test_a_killed_keeper_is_replaced_and_leaves_no_second_copy(stage: Stage) -> None:
    port = find_port()
    async with stage.open(web=web(port, stop_within="5s")) as kernel:
        state = await await_ready(kernel, "web")
        before = state.instances[0].process
        assert before is not None
        os.kill(state.keeper.pid, signal.SIGKILL)
        await await_true(
            lambda: (now := kernel.get_part(Keepers).find_state("web")) and now.keeper != state.keeper, "a new keeper"
        )
        await await_ready(kernel, "web")
        assert not psutil.pid_exists(before.pid) or psutil.Process(before.pid).status() == "zombie"
        assert (await ask(port)).startswith("v1 ")
        await await_events(kernel, "service.lost", "service.orphans_ended")


async def test_needs_are_started_first_and_ended_last(stage: Stage) -> None:
    tables = {
        "app": {"command": ["sleep", "600"], "depends_on": ["store"]},
        "store": {"command": ["sleep", "601"]},
    }
    said: list[str] = []
    async with stage.open(**tables) as kernel:
        await await_ready(kernel, "app")
        assert await start_services(kernel, SYSTEM, [], said.append) == []
        await stop_services(kernel, SYSTEM, ["store"], said.append)
        assert said == ["store runs already", "app runs already", "app ended", "store ended"]
        assert await start_services(kernel, SYSTEM, ["app"]) == ["store", "app"]


async def test_more_and_fewer_processes(stage: Stage) -> None:
    port = find_port()
    async with stage.open(web=web(port, drain="100ms")) as kernel:
        await await_ready(kernel, "web")
        await scale_service(kernel, SYSTEM, "web", 3)
        await await_true(lambda: stage.state("web").ready_count == 3, "three of them")
        await await_ready(kernel, "web")
        answers = {await ask(port) for _ in range(60)}
        assert len(answers) == 3
        await scale_service(kernel, SYSTEM, "web", 1)
        await await_true(lambda: len(stage.state("web").instances) == 1, "one of them")
        assert len({await ask(port) for _ in range(20)}) == 1


async def test_another_user(stage: Stage) -> None:
    table = {"command": [*command("web", "{fd}")[:1], "-c", "import os; print(os.getuid(), flush=True); input()"]}
    user = next(each.pw_name for each in pwd.getpwall() if each.pw_uid not in (0, os.getuid()))
    async with stage.open(guest=table | {"command": ["id", "-un"], "user": user, "autostart": False}) as kernel:
        if os.geteuid() != 0:
            with pytest.raises(UserUnusable, match="which only root can arrange"):
                await start_services(kernel, SYSTEM, ["guest"])
            return
        await start_services(kernel, SYSTEM, ["guest"])
        await await_true(lambda: f" {user}\n" in stage.folder("guest").log.read_text(), "its name")


async def test_nobody_is_no_user(stage: Stage) -> None:
    async with stage.open(guest={"command": ["true"], "user": "nobody-here", "autostart": False}) as kernel:
        with pytest.raises(Problem, match="there is no such user"):
            await start_services(kernel, SYSTEM, ["guest"])


async def test_secrets_of_gonogo_stay_with_gonogo(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONOGO_SECRET_KEY", "not for services")
    file = Path(stage.config.home).parent / "web.env"
    file.write_text("# comment\nexport FRUIT='ripe pear'\n")
    table = {
        "command": ["env"],
        "env_file": str(Path(stage.config.home).parent / "web.env"),
        "env": {"FISH": "haddock"},
    }
    async with stage.open(peek=table) as kernel:
        log = stage.folder("peek").log
        await await_true(lambda: log.exists() and "GONOGO_VERSION=v1" in log.read_text(), "its environment")
        text = log.read_text()
        assert "FRUIT=ripe pear" in text
        assert "not for services" not in text
        assert "FISH=haddock" in text
        assert msgspec.json.encode(stage.state("peek")).count(b"haddock") == 0
        await stop_services(kernel, SYSTEM, ["peek"])
