"""One process of a service, kept up: started, asked for its health, started again after a crash, ended."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from gonogo.kernel.run_as import describe_account, find_account
from gonogo.services.keeper.backoff import Backoff
from gonogo.services.keeper.child import HANDED_DOWN, Child, read_env_file
from gonogo.services.keeper.fronts.front import FrontFailed, Place
from gonogo.services.keeper.logfile import LineCutter
from gonogo.services.keeper.probe import find_fault
from gonogo.services.keeper.procfs import count_connections
from gonogo.services.spec import Launch, ServiceSpec
from gonogo.services.state import Identity, InstanceState, Phase, Role

STARTING_EVERY_S = 0.1
ALIVE_AFTER_S = 0.5
"""A process that can't be asked is ready when it has lived for so long."""


class House(Protocol):
    """What an instance needs of its keeper."""

    spec: ServiceSpec

    def note(self, name: str, instance: Instance, **data: Any) -> None:
        """Write something that happened into the journal."""
        ...

    def notice(self, instance: Instance) -> None:
        """The instance's phase has changed."""
        ...

    def print_line(self, instance: Instance, line: bytes) -> None:
        """The process printed a line."""
        ...


class Instance:
    """``run`` keeps the process up until ``stop``, or until it is given up."""

    def __init__(self, house: House, launch: Launch, name: str, place: Place, role: Role) -> None:
        self.launch, self.name, self.place, self.role = launch, name, place, role
        self.phase: Phase = "starting"
        self.why = ""
        self.fault = ""
        """What ended its last life."""
        self.restarts = 0
        self._house = house
        self._since = time.time()
        self._backoff = Backoff(house.spec.restart)
        self._child: Child | None = None
        self._last: Identity | None = None
        self._stopping = asyncio.Event()
        self._again = asyncio.Event()
        self.changed = asyncio.Event()

    @property
    def state(self) -> InstanceState:
        """It as the keeper tells it."""
        return InstanceState(
            name=self.name,
            version=self.launch.version,
            role=self.role,
            phase=self.phase,
            process=self._child.identity if self._child else None,
            since=self._since,
            restarts=self.restarts,
            why=self.why,
        )

    @property
    def is_ready(self) -> bool:
        return self.phase == "ready"

    async def run(self) -> None:
        """Keep it up."""
        while not self._stopping.is_set():
            self.fault = fault = await self._live()
            if self._stopping.is_set():
                break
            delay = self._backoff.note_crash(time.monotonic())
            self.restarts += 1
            self._house.note("crashed", self, why=fault, restarts=self.restarts, wait_s=delay)
            if delay is None:
                policy = self._house.spec.restart
                self._turn("gave_up", f"{policy.attempts} restarts within {policy.within:g} s did not help: {fault}")
                self._house.note("gave_up", self, why=self.why)
                await self._stopping.wait()
                break
            self._turn("backing_off", f"{fault}; next start in {delay:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)
        self._turn("ended", self.why)

    def begin_stop(self) -> None:
        """Be ready no more, and never again."""
        self._stopping.set()
        if self._child is not None:
            self._turn("stopping", "")

    async def stop(self) -> None:
        """End the process group and keep it ended."""
        self.begin_stop()
        if self._child is not None:
            await self._child.end(self._house.spec.stop_within)

    async def restart(self) -> None:
        """End the process; it is started again at once, and counts as no crash."""
        if self._child is not None:
            self._again.set()
            self._backoff.forget()
            await self._child.end(self._house.spec.stop_within)

    def count_connections(self) -> int:
        """Open connections that its processes hold on its port."""
        if self._child is None or self.place.port is None:
            return 0
        return count_connections(self._child.pid, self.place.port)

    async def _live(self) -> str:
        """One life of the process, to its end; what ended it, in words."""
        while True:
            self._again.clear()
            self._turn("starting", "")
            try:
                async with self.place.entering():
                    self._child = self._start()
                    ending = asyncio.ensure_future(self._child.wait())
                    self._house.note("started", self, pid=self._child.pid)
                    await self.place.appear(self._child.pid)
            except (OSError, KeyError, ValueError, FrontFailed) as error:
                if self._child is not None:
                    await self._child.end(0)
                    await ending
                    self._forget_child()
                return _tell_failure(error)
            asking = asyncio.ensure_future(self._ask(self._child))
            code = await ending
            asking.cancel()
            self._forget_child()
            unwell = self.why if self.phase == "unready" else ""
            if not self._again.is_set() or self._stopping.is_set():
                return unwell or _tell_code(code)

    def _forget_child(self) -> None:
        self._child = None
        self.place.leave()

    def _start(self) -> Child:
        spec, launch = self._house.spec, self.launch
        env = dict(os.environ)
        if spec.user:
            env |= describe_account(find_account(spec.user))
        if launch.env_file:
            env |= read_env_file(Path(launch.cwd, launch.env_file))
        env |= launch.env | {"GONOGO_SERVICE": spec.name, "GONOGO_VERSION": launch.version}
        if self.place.descriptor is not None:
            env |= {"LISTEN_FDS": "1", "LISTEN_FDNAMES": spec.name}
        cutter = LineCutter()

        def take(piece: bytes) -> None:
            for line in cutter.cut(piece):
                self._house.print_line(self, line)

        command = [_fill_in(word, self.place) for word in launch.command]
        return Child(command, cwd=launch.cwd, env=env, descriptor=self.place.descriptor, user=spec.user, take=take)

    async def _ask(self, child: Child) -> None:
        health = self._house.spec.health
        started, good, bad = time.monotonic(), 0, 0
        while True:
            fault = await self._find_fault(started)
            if self._stopping.is_set() or self._again.is_set():
                return
            good, bad = (good + 1, 0) if fault is None else (0, bad + 1)
            if fault is None and not self.is_ready and good >= health.healthy_after:
                self._turn("ready", "")
                self._house.note(
                    "recovered" if self.restarts else "ready", self, after_s=round(time.monotonic() - started, 3)
                )
            late = not self.is_ready and time.monotonic() - started > health.ready_within
            if late or (self.is_ready and bad >= health.unhealthy_after):
                self._turn("unready", f"not ready within {health.ready_within:g} s: {fault}" if late else f"{fault}")
                self._house.note("unhealthy", self, why=self.why)
                await child.end(self._house.spec.stop_within)
                return
            self.why = fault or "" if self.phase == "starting" else self.why
            await asyncio.sleep(health.every if self.is_ready else min(STARTING_EVERY_S, health.every))

    async def _find_fault(self, started: float) -> str | None:
        if self.place.target is None:
            return None if time.monotonic() - started >= ALIVE_AFTER_S else "just started"
        health = self._house.spec.health
        path = None if self.role == "proxy" else health.path
        return await find_fault(self.place.target, path, health.timeout)

    def _turn(self, phase: Phase, why: str) -> None:
        if phase != self.phase:
            self._since = time.time()
        self.phase, self.why = phase, why
        self.changed.set()
        self._house.notice(self)


def _fill_in(word: str, place: Place) -> str:
    return word.replace("{fd}", str(HANDED_DOWN)).replace("{port}", str(place.port or ""))


def _tell_code(code: int) -> str:
    if code < 0:
        return f"it was ended by signal {-code}"
    return f"it ended with exit code {code}"


def _tell_failure(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"it can't be started: {error.strerror} ({error.filename})" if error.filename else f"{error.strerror}"
    return str(error)
