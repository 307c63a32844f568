"""Commands that run as another user can't read the keys of the data folder, whoever started them."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import msgspec
import pytest

from gonogo.app import ROOMS
from gonogo.jobs.connectors.shell import open_connector
from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.schemas import Job
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.run_as import CantRunAs, UserNotFound, check_can_become
from gonogo.services.commands.starting import start_services
from gonogo.services.keepers import Keepers
from tests.fake_clock import FakeClock
from tests.needs import needs
from tests.releases.drive import read_out, start, wait_end
from tests.releases.plans import make_phase, make_plan, make_run

OTHER = {"releases_run_as": "nobody", "jobs_run_as": "nobody", "services_run_as": "nobody"}


def look(config: Config) -> str:
    keys = " ".join(str(config.folder / name) for name in ("local.key", "secret.key", "settings.key", "gonogo.db"))
    return f"id -un; cat {keys} 2>&1; true"


def check_refused(said: str) -> None:
    first, *rest = said.splitlines()
    assert first == "nobody"
    assert len(rest) == 4
    assert all("ermission denied" in line for line in rest)


@needs(os.geteuid() == 0, "root, to become nobody")
async def test_keys_are_out_of_reach_of_another_user(config: Config, clock: FakeClock, tmp_path: Path) -> None:
    service = {"command": ["sh", "-c", f"{look(config)}; sleep 600"], "autostart": False, "cwd": "/"}
    config = msgspec.structs.replace(config, **OTHER, tables={"services": {"looker": service}})
    async with Kernel(config, ROOMS, clock) as kernel:
        run = await start(kernel, make_plan(make_phase("p1", make_run("r1", look(config)))), Path("/"))
        await wait_end(kernel, run)
        check_refused(read_out(kernel, run, "r1"))
        [accepted] = await kernel.get_part(JobsDesk).queue.enqueue(
            [Job(type="shell", payload={"command": look(config), "cwd": "/"})]
        )
        check_refused(await read_result(kernel, accepted.id))
        await start_services(kernel, SYSTEM, ["looker"])
        keepers = kernel.get_part(Keepers)
        try:
            check_refused(await read_lines(keepers.get_folder("looker").log, 5))
        finally:
            await keepers.end("looker")


async def read_result(kernel: Kernel, id: str) -> str:
    async with asyncio.timeout(60):
        while True:
            view = await kernel.get_part(JobsDesk).queue.find(id)
            if view is not None and view.state in ("done", "dead"):
                assert view.state == "done", view.error
                return str(view.value["output"])
            await asyncio.sleep(0.02)


async def read_lines(log: Path, count: int) -> str:
    async with asyncio.timeout(60):
        while True:
            lines = log.read_text().splitlines() if log.exists() else []  # noqa: ASYNC240 — a file tells nobody
            if len(lines) >= count:
                return "\n".join(line.partition(" ")[2].partition(" ")[2] for line in lines[:count])
            await asyncio.sleep(0.02)


def test_a_user_that_is_not_there() -> None:
    with pytest.raises(UserNotFound, match="nobody-here"):
        check_can_become("nobody-here")
    with pytest.raises(ConfigError, match="'jobs_run_as': there is no user 'nobody-here'"):
        open_connector({"run_as": "nobody-here"})


def test_only_root_can_become_another_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    for sudo in (False, True):
        with pytest.raises(CantRunAs, match="only root can start a program as 'nobody'"):
            check_can_become("nobody", sudo=sudo)
