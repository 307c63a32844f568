"""Small services for the tests to keep up, and what tests do with them again and again."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from gonogo.kernel.clock import SystemClock
from gonogo.kernel.config import Config
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.kernel import Kernel
from gonogo.services.folder import ServiceFolder
from gonogo.services.keeper.journal import find_state
from gonogo.services.keepers import Keepers
from gonogo.services.room import ROOM
from gonogo.services.state import KeeperState

PATIENCE_S = 60.0
PROGRAMS = Path(__file__).parent / "programs"


def find_port() -> int:
    """A port of this machine that is free now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def command(program: str, *words: str) -> list[str]:
    """How to start one of the programs beside this file."""
    return [sys.executable, str(PROGRAMS / f"{program}.py"), *words]


def web(port: int, **more: Any) -> dict[str, Any]:
    """A web service as gonogo.toml would declare it, quick to find itself ready."""
    table = {"listen": f"127.0.0.1:{port}", "health": {"path": "/", "every": "200ms"}, "drain": "5s"}
    return {"command": command("web", "{fd}"), **table, **more}


async def await_true(holds: Callable[[], Any], what: str) -> Any:
    """What ``holds`` gives once it gives something."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not (found := holds()):  # noqa: ASYNC110  a state of another process makes no event
                await asyncio.sleep(0.01)
            return found
    except TimeoutError:
        raise AssertionError(f"{what} did not happen within {PATIENCE_S:g} s") from None


class Stage:
    """A Gonogo with services, its keepers ended at the end whatever becomes of it."""

    def __init__(self, config: Config) -> None:
        self.config = config

    @asynccontextmanager
    async def open(self, **services: Any) -> AsyncIterator[Kernel]:
        """A kernel with these services (``tunnels_NAME`` declares a tunnel) under the machine's own clock."""
        tables: dict[str, dict[str, Any]] = {"services": {}, "tunnels": {}}
        for name, table in services.items():
            kind, _, rest = name.partition("_")
            if kind == "tunnels":
                tables["tunnels"][rest] = table
            else:
                tables["services"][name] = table
        config = msgspec.structs.replace(self.config, tables=tables)
        async with Kernel(config, (ROOM,), SystemClock()) as kernel:
            yield kernel

    def folder(self, name: str) -> ServiceFolder:
        return ServiceFolder(self.config.folder / "services" / name)

    def state(self, name: str) -> KeeperState:
        """What the keeper last wrote down."""
        state = find_state(self.folder(name).state)
        assert state is not None, f"{name} has no keeper"
        return state


async def await_ready(kernel: Kernel, name: str, version: str | None = None) -> KeeperState:
    """The state of a service once all of its processes are ready."""
    keepers = kernel.get_part(Keepers)

    def is_ready() -> KeeperState | None:
        state = keepers.find_state(name)
        if state is None or (version is not None and state.active != version):
            return None
        return state if state.is_ready and state.ready_count == len(state.serving) else None

    found: KeeperState = await await_true(is_ready, f"{name} getting ready")
    return found


async def await_events(kernel: Kernel, *names: str) -> list[str]:
    """The names of all events of services, oldest first, once these are among them."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            events = await kernel.db.read(lambda tx: find_events(tx, limit=500))
            found = [event.name for event in events if event.name.startswith("service.")]
            if set(names) <= set(found):
                return found
            await asyncio.sleep(0.01)


async def ask(port: int, path: str = "/") -> str:
    """What the service answers, on a connection of its own."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
        answer = await client.get(f"http://127.0.0.1:{port}{path}")
        answer.raise_for_status()
        return answer.text


async def end_keepers(home: Path) -> None:
    """End every keeper of a data folder, as ``gonogo services down`` does."""
    from gonogo.services.calling import ask_keeper
    from gonogo.services.errors import KeeperFailed, ServiceDown
    from gonogo.services.requests import End

    for root in (home / "services").glob("*"):
        with contextlib.suppress(ServiceDown, KeeperFailed):
            await ask_keeper(ServiceFolder(root), End())
