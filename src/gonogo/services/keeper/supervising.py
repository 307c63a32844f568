"""The keeper of one service: its processes by role, the traffic's direction, and what may be asked of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import Any

from gonogo.kernel.patterns import compile_pattern
from gonogo.services.folder import ServiceFolder
from gonogo.services.keeper.child import signal_group
from gonogo.services.keeper.fronts.choosing import choose_front
from gonogo.services.keeper.fronts.front import FrontFailed, Place
from gonogo.services.keeper.instance import Instance
from gonogo.services.keeper.journal import Journal, find_state, write_state
from gonogo.services.keeper.logfile import LogFile
from gonogo.services.keeper.procfs import is_running, read_identity
from gonogo.services.keeper.public import watch_public
from gonogo.services.spec import Launch, ServiceSpec
from gonogo.services.state import Identity, KeeperState, Role

SETTLE_S = 1.0
"""After traffic has turned, handshakes that began before may still end at the old version for about so long."""
POLL_S = 0.2


class Keeper:
    """Everything of one service that must outlive the server. ``closing`` is set when all of it has ended."""

    def __init__(self, folder: ServiceFolder, spec: ServiceSpec) -> None:
        self.folder, self.spec = folder, spec
        self.active = spec.launch.version
        self.previous: str | None = None
        self.swapping: str | None = None
        self.url: str | None = None
        self.outside = ""
        self.instances: list[Instance] = []
        self.closing = asyncio.Event()
        self.changed = asyncio.Condition()
        self.turning = asyncio.Lock()
        self.front = choose_front(self)
        self.current: list[Place] = []
        self._me = read_identity(os.getpid()) or Identity(os.getpid(), 0)
        self._log = LogFile(folder.log, spec.logs)
        self._journal = Journal()
        self._count = 0
        self.version = 0
        self._running: dict[Instance, asyncio.Task[None]] = {}
        self._leaving: dict[Instance, asyncio.Task[None]] = {}
        self._removing: dict[Instance, asyncio.Task[None]] = {}
        self._watching: list[asyncio.Task[None]] = []
        self._work: set[asyncio.Task[Any]] = set()
        self._url_pattern = compile_pattern(spec.public.pattern) if spec.public and spec.public.pattern else None

    @property
    def state(self) -> KeeperState:
        """All of it as others see it."""
        return KeeperState(
            service=self.spec.name,
            keeper=self._me,
            active=self.active,
            previous=self.previous,
            driver=self.spec.driver,
            swapping=self.swapping,
            url=self.url,
            outside=self.outside,
            instances=tuple(instance.state for instance in self.instances),
            journal=self._journal.entries,
        )

    async def open(self) -> None:
        """Take the address and start the first version. Raises ``FrontFailed``."""
        await self._end_orphans()
        await self.front.open()
        for _ in range(self.spec.replicas):
            self.add(self.spec.launch, "active")
        if self.spec.public is not None:
            self._watching.append(self.spawn(watch_public(self, self.spec.public)))
        self.publish()

    def add(self, launch: Launch, role: Role, place: Place | None = None) -> Instance:
        """Start one more process. Raises ``FrontFailed`` when there is no place for it."""
        self._count += 1
        name = f"{launch.version}/{self._count}"
        instance = Instance(self, launch, name, place or self.front.take_place(), role)
        self.instances.append(instance)
        self._running[instance] = self.spawn(instance.run())
        return instance

    def add_proxy(self, launch: Launch, place: Place) -> Instance:
        """Start the proxy and keep it up."""
        return self.add(launch, "proxy", place)

    async def remove(self, instance: Instance) -> None:
        """End a process and forget it. Whoever asks while that is under way waits for the same end."""
        if instance not in self.instances:
            return
        if instance not in self._removing:
            instance.begin_stop()  # from now on nobody may take it back
            self._removing[instance] = self.spawn(self._remove(instance))
        await asyncio.shield(self._removing[instance])
        self.publish()

    def retire(self, instance: Instance) -> None:
        """Let a process that gets no more traffic finish what it has, then end it; in the background."""
        instance.role = "draining"
        task = self._leaving[instance] = self.spawn(self._drain(instance))
        task.add_done_callback(lambda _: self._leaving.pop(instance, None))

    def reclaim(self, instance: Instance) -> None:
        """Keep a process that was about to leave."""
        if (task := self._leaving.pop(instance, None)) is not None:
            task.cancel()
        instance.role = "incoming"

    async def redirect(self) -> None:
        """Send traffic to the ready processes of the active version; to all of them when none is ready."""
        async with self.turning:
            serving = [each for each in self.instances if each.role == "active" and each.phase != "gave_up"]
            chosen = [each.place for each in serving if each.is_ready] or [each.place for each in serving]
            if chosen and chosen != self.current:
                await self.front.turn(chosen)
                self.current = chosen

    async def end(self) -> None:
        """End every process and let go of the address."""
        for task in (*self._leaving.values(), *self._watching):
            task.cancel()
        await asyncio.gather(*(self.remove(instance) for instance in tuple(self.instances)))
        await self.front.close()
        self._log.close()
        self.folder.state.unlink(missing_ok=True)
        self.closing.set()

    def note(self, name: str, instance: Instance | None, **data: Any) -> None:
        """Write something that happened into the journal."""
        about = {"instance": instance.name, "version": instance.launch.version} if instance else {}
        self._journal.add(name, **about, **data)
        self.publish()

    def notice(self, instance: Instance) -> None:
        """The instance's phase has changed."""
        if self.spec.public is not None and instance.phase == "starting":
            self.set_url(None)
        self.publish()
        if instance.role == "active" and not self.closing.is_set():
            self.spawn(self._redirect_quietly())

    def print_line(self, instance: Instance, line: bytes) -> None:
        """The process printed a line."""
        self._log.write(instance.name, line)
        if self._url_pattern is not None and (match := self._url_pattern.search(line.decode(errors="replace"))):
            self.set_url(match.group(1 if self._url_pattern.groups else 0))

    def set_url(self, url: str | None) -> None:
        """The public address of a tunnel has shown, changed or gone."""
        if url != self.url:
            self.url = url
            self.note("url_changed", None, url=url)

    def set_outside(self, fault: str) -> None:
        """What is wrong with the public address, seen from outside."""
        if fault != self.outside:
            self.outside = fault
            self.publish()

    def publish(self) -> None:
        """Write the state down and wake whoever follows."""
        self.version += 1
        write_state(self.folder.state, self.state)
        self.spawn(self._wake())

    def spawn(self, work: Any) -> asyncio.Task[Any]:
        """Work in the background that the keeper waits for nowhere else."""
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    async def _wake(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def _redirect_quietly(self) -> None:
        try:
            await self.redirect()
        except FrontFailed as error:
            self.note("front_failed", None, why=str(error))

    async def _remove(self, instance: Instance) -> None:
        await instance.stop()
        await self._running.pop(instance)
        if instance.role != "proxy":
            self.front.give_back(instance.place)
        self.instances.remove(instance)
        del self._removing[instance]

    async def _drain(self, instance: Instance) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.sleep(min(SETTLE_S, self.spec.drain))
        while self._is_busy(instance) and loop.time() - began < self.spec.drain:  # noqa: ASYNC110  no event tells it
            await asyncio.sleep(POLL_S)
        left = instance.count_connections()
        await self.remove(instance)
        self.note("drained", instance, took_s=round(loop.time() - began, 3), cut_off=left)

    @staticmethod
    def _is_busy(instance: Instance) -> bool:
        return instance.place.count_waiting() > 0 or instance.count_connections() > 0

    async def _end_orphans(self) -> None:
        """A keeper that was killed left processes behind that nobody watches, on the address that is needed now."""
        before = find_state(self.folder.state)
        if before is None:
            return
        self._journal = Journal(max((entry.seq for entry in before.journal), default=0))
        left = [each.process for each in before.instances if each.process and is_running(each.process)]
        for identity in left:
            signal_group(identity.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.spec.stop_within):
                while any(is_running(identity) for identity in left):  # noqa: ASYNC110  not our children
                    await asyncio.sleep(POLL_S)
        for identity in left:
            signal_group(identity.pid, signal.SIGKILL)
        if left:
            self.note("orphans_ended", None, pids=[identity.pid for identity in left])
