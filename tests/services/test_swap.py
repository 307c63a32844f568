"""One version in place of another: the traffic moves, the old one drains, a sick new one changes nothing."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from gonogo.kernel.actions import ActionCall
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.services.commands.starting import stop_services
from gonogo.services.commands.swapping import roll_back, swap_service
from gonogo.services.errors import BadVersion, NothingToRollBack, SwapRefused, VersionTaken
from gonogo.services.keepers import Keepers
from gonogo.services.schemas import SwapRequest
from gonogo.services.store.records import find_record
from gonogo.services.store.swaps import list_swaps
from tests.programs import ensure_program
from tests.services.stage import Stage, ask, await_ready, await_true, command, find_port, web

NEVER = {"LATE": "600"}
WORDS = {"socket": "{fd}", "reuseport": "shared:{port}"}


def need_program(driver: str) -> None:
    if driver in ("nginx", "haproxy"):
        ensure_program(driver, {"nginx": "nginx-light"}.get(driver))


@pytest.mark.parametrize("driver", ["socket", "reuseport", "caddy", "nginx", "haproxy"])
async def test_a_swap_and_the_way_back(stage: Stage, driver: str) -> None:
    need_program(driver)
    port = find_port()
    table = web(port, driver=driver, replicas=2, command=command("web", WORDS.get(driver, "port:{port}")))
    async with stage.open(web=table) as kernel:
        await await_ready(kernel, "web")
        assert (await ask(port)).startswith("v1 ")
        said: list[str] = []
        swap = await swap_service(kernel, SYSTEM, "web", SwapRequest(version="blue"), said.append)
        assert (swap.status, swap.from_version, swap.to_version, swap.driver) == ("done", "v1", "blue", driver)
        assert {(await ask(port)).split()[0] for _ in range(20)} == {"blue"}
        assert f"web: v1 → blue by {driver}" in said
        back = await roll_back(kernel, SYSTEM, "web")
        assert (back.kind, back.to_version) == ("rollback", "v1")
        assert {(await ask(port)).split()[0] for _ in range(20)} == {"v1"}
        await await_true(
            lambda: [each.role for each in stage.state("web").instances if each.role != "proxy"] == ["active"] * 2,
            "the old version's end",
        )
        record = await kernel.db.read(lambda tx: find_record(tx, "web"))
        assert record is not None
        assert (record.active, record.previous) == ("v1", "blue")


async def test_a_version_that_does_not_get_ready_changes_nothing(stage: Stage) -> None:
    port = find_port()
    async with stage.open(web=web(port)) as kernel:
        await await_ready(kernel, "web")
        before = await ask(port)
        swap = await swap_service(kernel, SYSTEM, "web", SwapRequest(env={"FAILS": "1"}))
        assert swap.status == "failed"
        assert "it ended with exit code 3" in swap.why
        assert await ask(port) == before
        assert [each.version for each in stage.state("web").instances] == ["v1"]
        assert "the configuration is broken" in stage.folder("web").log.read_text()


async def test_the_old_version_stays_warm_on_request(stage: Stage) -> None:
    port = find_port()
    async with stage.open(web=web(port, warm=True)) as kernel:
        await await_ready(kernel, "web")
        before = await ask(port)
        await swap_service(kernel, SYSTEM, "web", SwapRequest(version="blue"))
        assert {each.role for each in stage.state("web").instances} == {"active", "warm"}
        await roll_back(kernel, SYSTEM, "web")
        assert await ask(port) == before


async def test_what_is_under_way_at_the_old_version_comes_to_its_end(stage: Stage) -> None:
    port = find_port()
    async with stage.open(web=web(port)) as kernel:
        await await_ready(kernel, "web")
        slow = asyncio.create_task(ask(port, "/slow"))
        await await_true(lambda: "slow request" in stage.folder("web").log.read_text(), "the request's arrival")
        await swap_service(kernel, SYSTEM, "web", SwapRequest(version="blue"))
        assert (await ask(port)).startswith("blue ")
        assert (await slow).startswith("v1 ")


async def test_down_while_the_old_version_is_being_ended(stage: Stage) -> None:
    port = find_port()
    async with stage.open(web=web(port, drain="0s", env={"LINGERS": "1"})) as kernel:
        await await_ready(kernel, "web")
        await swap_service(kernel, SYSTEM, "web", SwapRequest(version="blue"))
        await await_true(
            lambda: any(each.phase == "stopping" for each in stage.state("web").instances), "the old version's end"
        )
        assert await stop_services(kernel, SYSTEM, ["web"]) == ["web"]
        assert not stage.folder("web").state.exists()


async def test_names_of_versions_mean_one_thing(stage: Stage) -> None:
    port = find_port()
    async with stage.open(web=web(port)) as kernel:
        await await_ready(kernel, "web")
        with pytest.raises(NothingToRollBack):
            await roll_back(kernel, SYSTEM, "web")
        with pytest.raises(SwapRefused, match="Version 'v1' is in service already"):
            await swap_service(kernel, SYSTEM, "web", SwapRequest(version="v1"))
        with pytest.raises(VersionTaken):
            await swap_service(kernel, SYSTEM, "web", SwapRequest(version="v1", env={"A": "1"}))
        swaps = await kernel.db.read(list_swaps)
        assert [(each.status, each.to_version) for each in swaps] == [("refused", "v1")]


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"env": {"A=B": "1"}}, "env", "'A=B' can't be the name of a variable"),
        ({"env": {"": "1"}}, "env", "'' can't be the name of a variable"),
        ({"env": {"A": "1\0"}}, "command", "can't hold the character NUL"),
        ({"command": []}, "command", "A version needs a command"),
    ],
)
async def test_what_no_system_can_start_is_told_before_anything_begins(
    stage: Stage, wrong: dict[str, Any], field: str, told: str
) -> None:
    async with stage.open(idle={"command": ["sleep", "603"]}) as kernel:
        await await_ready(kernel, "idle")
        with pytest.raises(BadVersion, match=re.escape(told)) as refused:
            await swap_service(kernel, SYSTEM, "idle", SwapRequest(version="blue", **wrong))
        assert refused.value.field == field
        assert await kernel.db.read(list_swaps) == []


async def test_an_environment_that_cannot_be_read_fails_the_swap(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "new.env").write_bytes(b"\xff\xfe")
    versions = {"blue": {"env_file": str(tmp_path / "new.env")}}
    async with stage.open(idle={"command": ["sleep", "603"], "versions": versions}) as kernel:
        await await_ready(kernel, "idle")
        swap = await swap_service(kernel, SYSTEM, "idle", SwapRequest(version="blue"))
        assert (swap.status, "new.env is not UTF-8 text" in swap.why) == ("failed", True)


async def test_a_second_swap_is_told_of_the_first(stage: Stage) -> None:
    port = find_port()
    table = web(port, health={"path": "/", "every": "50ms", "ready_within": "2s"}, versions={"sick": {"env": NEVER}})
    async with stage.open(web=table) as kernel:
        await await_ready(kernel, "web")
        first = asyncio.create_task(swap_service(kernel, SYSTEM, "web", SwapRequest(version="sick")))
        await await_true(lambda: kernel.get_part(Keepers).get_state("web").swapping, "the swap's beginning")
        with pytest.raises(SwapRefused, match="A swap of 'web' to sick is under way"):
            await swap_service(kernel, SYSTEM, "web", SwapRequest(version="blue"))
        with pytest.raises(SwapRefused, match="Wait for its end"):
            await roll_back(kernel, SYSTEM, "web")
        assert (await first).status == "failed"


async def test_versions_of_gonogo_toml(stage: Stage) -> None:
    port = find_port()
    table = web(port, versions={"green": {"env": {"SAYS": "green things"}}})
    async with stage.open(web=table) as kernel:
        await await_ready(kernel, "web")
        await swap_service(kernel, SYSTEM, "web", SwapRequest(version="green"))
        assert (await ask(port)).startswith("green things")


def make_call(kernel: Kernel, said: list[str], **options: str) -> ActionCall:
    return ActionCall(kernel, SYSTEM, options, Path("/"), said.append)


async def test_a_checklist_swaps_and_rolls_back(stage: Stage) -> None:
    port, said = find_port(), []  # type: ignore[var-annotated]
    async with stage.open(web=web(port)) as kernel:
        await await_ready(kernel, "web")
        swap, rollback = kernel.actions["services.swap"], kernel.actions["services.rollback"]
        done = await swap(make_call(kernel, said, service="web", version="v2", env="SAYS=two"))
        assert done.passed
        assert done.values["from"] == "v1"
        assert done.values["to"] == "v2"
        assert done.values["duration"] >= done.values["ready"] > 0
        assert said[-1].startswith("traffic goes to v2")
        assert (await ask(port)).startswith("two")
        failed = await swap(make_call(kernel, said, service="web", env="FAILS=1"))
        assert not failed.passed
        assert "web stays at v2" in failed.summary
        assert (await rollback(make_call(kernel, said, service="web"))).values["to"] == "v1"
        with pytest.raises(BadInput, match="'versoin' means nothing here"):
            await swap(make_call(kernel, said, service="web", versoin="v3"))
