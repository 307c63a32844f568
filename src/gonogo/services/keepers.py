"""Every keeper this Gonogo knows: found again after a restart, started when wanted, followed as it changes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import msgspec
import structlog

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.secrets.own import build_child_environment
from gonogo.services import requests
from gonogo.services.calling import Say, ask_keeper, open_line, read_answers
from gonogo.services.definition import Definition
from gonogo.services.errors import KeeperFailed, ServiceDown, ServiceNotFound
from gonogo.services.folder import ServiceFolder
from gonogo.services.keeper.journal import find_state
from gonogo.services.spec import ServiceSpec
from gonogo.services.state import KeeperState

log = structlog.get_logger()
_HELD = 3
_TRIES, _TRY_S = 100, 0.05
OnState = Callable[[str, KeeperState], Coroutine[Any, Any, None]]
OnGone = Callable[[str], Coroutine[Any, Any, None]]


class Keepers:
    """The services of gonogo.toml with their keepers.

    ``tell`` is given each state as it comes, ``mourn`` the name of a service whose keeper went away. ``faults`` says
    why a service could not be started.
    """

    def __init__(self, kernel: Kernel, definitions: dict[str, Definition], tell: OnState, mourn: OnGone) -> None:
        self.definitions = definitions
        self.faults: dict[str, str] = {}
        self._kernel, self._tell, self._mourn = kernel, tell, mourn
        self._root = kernel.config.folder / "services"
        self._states: dict[str, KeeperState] = {}
        self._versions: dict[str, int] = {}
        self._follows: dict[str, asyncio.Task[None]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._arrived = asyncio.Condition()

    @property
    def states(self) -> Mapping[str, KeeperState]:
        """How those run that run."""
        return self._states

    def get_definition(self, name: str) -> Definition:
        """What gonogo.toml says of it. Raises ``ServiceNotFound``."""
        if name not in self.definitions:
            raise ServiceNotFound(name, self.definitions)
        return self.definitions[name]

    def get_folder(self, name: str) -> ServiceFolder:
        return ServiceFolder(self._root / name)

    def find_state(self, name: str) -> KeeperState | None:
        """How it runs at the moment; None when it doesn't."""
        return self._states.get(name)

    def get_state(self, name: str) -> KeeperState:
        """The same. Raises ``ServiceDown``."""
        state = self._states.get(name)
        if state is None:
            raise ServiceDown(f"'{name}' is not running. Start it with `gonogo services up {name}`.", field="service")
        return state

    def list_left(self, name: str) -> list[int]:
        """Sessions of the service that a killed keeper left behind."""
        state = find_state(self.get_folder(name).state)
        return [each.process.pid for each in state.instances if each.process] if state is not None else []

    def hold(self, name: str) -> asyncio.Lock:
        """One change of a service at a time."""
        return self._locks.setdefault(name, asyncio.Lock())

    async def find_running(self) -> list[str]:
        """Follow every keeper that still runs; their names."""
        names = [name for name in self.definitions if await self._is_there(name)]
        for name in names:
            await self._follow_now(name)
        return names

    async def start(self, spec: ServiceSpec) -> None:
        """Start a keeper, or find the one that runs. Raises ``KeeperFailed``."""
        folder = self.get_folder(spec.name)
        folder.prepare()
        if not await self._is_there(spec.name):
            folder.spec.write_bytes(msgspec.json.encode(spec))
            folder.spec.chmod(0o600)
            code = await asyncio.to_thread(_run_keeper, folder)
            if code not in (0, _HELD):
                raise KeeperFailed(f"The keeper of '{spec.name}' ended with exit code {code}; see {folder.own_log}.")
            await self._await_answer(spec.name, folder)
        await self._follow_now(spec.name)

    async def ask(self, name: str, request: requests.Request, say: Say | None = None) -> requests.Done:
        """Ask a service's keeper; what came of it shows in the state then.

        Raises ``ServiceDown``, ``SwapRefused``, ``KeeperFailed``.
        """
        done = await ask_keeper(self.get_folder(name), request, say)
        async with self._arrived:
            await self._arrived.wait_for(
                lambda: name not in self._follows or self._versions.get(name, 0) >= done.version
            )
        return done

    async def end(self, name: str) -> None:
        """End the service's processes and its keeper."""
        await self.ask(name, requests.End())
        if name in self._follows:
            await self._follows[name]

    async def await_state(self, name: str, holds: Callable[[KeeperState], bool]) -> KeeperState:
        """Wait until a service's state is as wanted. Raises ``ServiceDown`` when its keeper goes."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: name not in self._states or holds(self._states[name]))
        return self.get_state(name)

    async def _is_there(self, name: str) -> bool:
        try:
            async with open_line(self.get_folder(name), requests.Follow()) as reader:
                return bool(await reader.readline())
        except ServiceDown:
            return False

    async def _await_answer(self, name: str, folder: ServiceFolder) -> None:
        for _ in range(_TRIES):
            if await self._is_there(name):
                return
            await asyncio.sleep(_TRY_S)
        raise KeeperFailed(f"The keeper of '{name}' does not answer; see {folder.own_log}.")

    async def _follow_now(self, name: str) -> None:
        if name not in self._follows:
            self._follows[name] = self._kernel.tasks.spawn(f"follow service {name}", self._follow(name))
        async with self._arrived:
            await self._arrived.wait_for(lambda: name in self._states or name not in self._follows)

    async def _follow(self, name: str) -> None:
        try:
            async with open_line(self.get_folder(name), requests.Follow()) as reader:
                async for answer in read_answers(reader):
                    if isinstance(answer, requests.Shown):
                        self._versions[name] = answer.version
                        await self._take(name, answer.state)
        except ServiceDown:
            log.info("the service went down before it could be followed", service=name)
        finally:
            self._states.pop(name, None)
            self._follows.pop(name, None)
            self._versions.pop(name, None)
        await self._announce(name)
        self._kernel.tasks.spawn(f"mourn service {name}", self._mourn(name))

    async def _take(self, name: str, state: KeeperState) -> None:
        self._states[name] = state
        await self._tell(name, state)
        await self._announce(name)

    async def _announce(self, name: str) -> None:
        self._kernel.bus.notify("service.state_changed", name)
        async with self._arrived:
            self._arrived.notify_all()


def _run_keeper(folder: ServiceFolder) -> int:
    # Gonogo's own variables hold its keys; a service has no business with them.
    env = build_child_environment()
    command = [sys.executable, "-P", "-m", "gonogo.services.keeper", str(folder.root)]
    with folder.own_log.open("ab") as output:
        return subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=Path("/"), check=False
        ).returncode
