"""Watched logs in a running Gonogo: counts, signals, excerpts, and what a restart goes on from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from gonogo.app import ROOMS
from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import evaluate, parse_expression
from gonogo.observe.commands.logs import look_at_logs
from gonogo.observe.store.logs import list_counts, list_excerpts
from gonogo.services.folder import ServiceFolder
from gonogo.services.keeper.logfile import LogFile
from gonogo.services.spec import Logs
from tests.conftest import run_server
from tests.fake_clock import FakeClock
from tests.observe.stage import PATH


def watch(config: Config, path: Path, **options: Any) -> Config:
    """A configuration that watches this file as ``shop``."""
    return msgspec.structs.replace(config, tables={"logs": {"shop": {"path": str(path), **options}}})


def append(path: Path, *lines: str) -> None:
    with path.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)


def rotate(path: Path) -> None:
    path.rename(path.with_suffix(".log.1"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.log"


async def count(kernel: Kernel) -> dict[str, int]:
    """Every line of the log that was ever counted, by level and ``~pattern``."""
    found: dict[str, int] = {}
    for _, levels, patterns in await kernel.db.read(lambda tx: list_counts(tx, "shop", 0, 1 << 33)):
        for name, lines in (*levels.items(), *((f"~{name}", lines) for name, lines in patterns.items())):
            found[name] = found.get(name, 0) + lines
    return found


def judge(kernel: Kernel, expression: str) -> str:
    kernel.signals.sample_all(kernel.clock.now())
    return evaluate(parse_expression(expression), kernel.signals, kernel.clock.now()).outcome


async def test_errors_become_signals_and_leave_the_window(config: Config, clock: FakeClock, path: Path) -> None:
    append(path, "ERROR before anybody looked")
    async with Kernel(watch(config, path, patterns={"stock": "no stock"}), ROOMS, clock) as kernel:
        append(path, "INFO open", "ERROR no stock", "INFO fine", "WARNING slow")
        await look_at_logs(kernel)
        assert await count(kernel) == {"info": 2, "error": 1, "warning": 1, "~stock": 1}
        for expression in (
            "logs.errors{log=shop} == 1",
            "logs.error_rate{log=shop} == 25%",
            "logs.warnings{log=shop} == 1",
            "logs.lines{log=shop} == 4",
            "logs.matches{log=shop,pattern=stock} == 1",
        ):
            assert judge(kernel, expression) == "true", expression
        clock.jump(301)
        assert judge(kernel, "logs.errors{log=shop} == 0") == "true"


async def test_a_file_that_is_not_there_is_no_data(config: Config, clock: FakeClock, path: Path) -> None:
    async with Kernel(watch(config, path), ROOMS, clock) as kernel:
        await look_at_logs(kernel)
        assert judge(kernel, "logs.errors{log=shop} == 0") == "no_data"
        append(path, "INFO here now")
        await look_at_logs(kernel)
        assert judge(kernel, "logs.errors{log=shop} == 0") == "true"


async def test_a_restart_goes_on_where_it_stopped(config: Config, clock: FakeClock, path: Path) -> None:
    append(path, "ERROR one")
    async with Kernel(watch(config, path, from_start=True), ROOMS, clock) as kernel:
        await look_at_logs(kernel)
    append(path, "ERROR two")
    rotate(path)
    append(path, "ERROR three")
    async with Kernel(watch(config, path, from_start=True), ROOMS, clock) as kernel:
        await look_at_logs(kernel)
        await look_at_logs(kernel)
        assert await count(kernel) == {"error": 3}
        assert judge(kernel, "logs.errors{log=shop} == 3") == "true", "the last five minutes are remembered"
        lines = await kernel.db.read(lambda tx: list_excerpts(tx, "shop", None, 10))
        assert [one["line"] for one in lines] == ["ERROR three", "ERROR two", "ERROR one"]


async def test_counts_and_place_are_one_transaction(
    config: Config, clock: FakeClock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Kernel(watch(config, path, from_start=True), ROOMS, clock) as kernel:
        append(path, "ERROR one")

        def fail(*_arguments: object) -> None:
            raise RuntimeError("killed")

        with monkeypatch.context() as patched:
            patched.setattr("gonogo.observe.store.logs.write_place", fail)
            with pytest.raises(RuntimeError, match="killed"):
                await look_at_logs(kernel)
        assert await count(kernel) == {}
        await look_at_logs(kernel)
        assert await count(kernel) == {"error": 1}


async def test_no_more_lines_are_kept_than_wanted(config: Config, clock: FakeClock, path: Path) -> None:
    async with Kernel(watch(config, path, excerpts=3), ROOMS, clock) as kernel:
        for number in range(5):
            append(path, f"ERROR {number}", f"WARNING {number}")
            await look_at_logs(kernel)
        lines = await kernel.db.read(lambda tx: list_excerpts(tx, "shop", None, 100))
        assert [one["line"] for one in lines] == ["WARNING 4", "ERROR 4", "WARNING 3"]
        errors = await kernel.db.read(lambda tx: list_excerpts(tx, "shop", "error", 100))
        assert [one["line"] for one in errors] == ["ERROR 4"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "either a 'path' or a 'service'"),
        ({"path": "a", "service": "b"}, "either a 'path' or a 'service'"),
        ({"path": "a", "patterns": {"x": "("}}, "'x' is not a valid regular expression"),
        ({"pth": "a"}, "pth"),
        ("a", r"\[logs.shop\]"),
    ],
)
async def test_a_table_that_makes_no_sense_is_told(config: Config, clock: FakeClock, options: Any, told: str) -> None:
    broken = msgspec.structs.replace(config, tables={"logs": {"shop": options}})
    with pytest.raises(ConfigError, match=told):
        async with Kernel(broken, ROOMS, clock):
            pass


async def test_what_a_service_prints_is_read_where_its_supervisor_writes_it(config: Config, clock: FakeClock) -> None:
    folder = ServiceFolder(config.folder / "services" / "till")
    folder.prepare()
    tables = {"logs": {"shop": {"service": "till"}}}
    async with Kernel(msgspec.structs.replace(config, tables=tables), ROOMS, clock) as kernel:
        printed = LogFile(folder.log, Logs())
        printed.write("till", b"ERROR the drawer is stuck")
        printed.close()
        await look_at_logs(kernel)
        assert judge(kernel, "logs.errors{log=shop} == 1") == "true"


async def test_the_api_tells_counts_and_lines(config: Config, clock: FakeClock, path: Path) -> None:
    async with run_server(watch(config, path, patterns={"stock": "stock"}), clock) as server:
        append(path, "ERROR no stock", "INFO fine")
        await look_at_logs(server.kernel)
        [listed] = (await server.viewer.get(f"{PATH}/logs")).json()["data"]
        assert (listed["lines"], listed["levels"]["error"], listed["error_rate"]) == (2, 1, 50.0)
        assert (listed["patterns"], listed["problem"]) == ({"stock": 1}, "")
        shown = (await server.viewer.get(f"{PATH}/logs/shop")).json()["data"]
        assert shown["minutes"][0]["levels"] == {"error": 1, "info": 1}
        [line] = (await server.viewer.get(f"{PATH}/logs/shop/excerpts?level=error")).json()["data"]
        assert (line["line"], line["patterns"]) == ("ERROR no stock", ["stock"])
        assert (await server.viewer.get(f"{PATH}/logs/none")).json()["type"] == "/problems/log-not-found"
        assert (await server.stranger.get(f"{PATH}/logs/shop/excerpts")).status_code == 401
