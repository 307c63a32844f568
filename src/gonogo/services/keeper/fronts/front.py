"""The port every way of moving traffic is written against."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

from gonogo.services.folder import ServiceFolder
from gonogo.services.keeper.probe import Target
from gonogo.services.spec import Launch, ServiceSpec
from gonogo.services.state import Phase


class FrontFailed(Exception):
    """Traffic can't be moved or the address can't be had; the message says why."""


class Place:
    """Where one process takes its traffic: an inherited socket or a port, and how to ask that very process."""

    def __init__(self, *, descriptor: int | None = None, port: int | None = None, target: Target | None = None) -> None:
        self.descriptor = descriptor
        self.port = port
        self.target = target

    def entering(self) -> AbstractAsyncContextManager[object]:
        """Held from the start of a process until it has appeared, where the order of arrival matters."""
        return nullcontext()

    async def appear(self, leader: int) -> None:
        """Wait until the processes of this session have opened their sockets, where they open them themselves."""

    def leave(self) -> None:
        """Its process is gone."""

    def count_waiting(self) -> int:
        """Connections on their way that its process has not taken yet."""
        return 0


class Proxying(Protocol):
    """The process of a proxy, as far as its front looks at it."""

    phase: Phase
    why: str
    changed: asyncio.Event

    @property
    def is_ready(self) -> bool: ...


class House(Protocol):
    """What a front needs of its keeper."""

    spec: ServiceSpec
    folder: ServiceFolder

    def add_proxy(self, launch: Launch, place: Place) -> Proxying:
        """Start the proxy and keep it up."""
        ...


class Front(Protocol):
    """The address of a service."""

    async def open(self) -> None:
        """Take the address. Raises ``FrontFailed``."""
        ...

    def take_place(self) -> Place:
        """A place for one more process. Raises ``FrontFailed``."""
        ...

    def give_back(self, place: Place) -> None:
        """Nobody uses the place any more."""
        ...

    async def turn(self, places: Sequence[Place]) -> None:
        """From now on new requests go to these. Raises ``FrontFailed``; then they go where they went before."""
        ...

    async def close(self) -> None:
        """Let go of the address."""
        ...


class NoFront:
    """A service without an address of its own (a worker), or on a fixed port that it takes itself."""

    def __init__(self, port: int | None) -> None:
        self._port = port

    async def open(self) -> None:
        """There is nothing to take."""

    def take_place(self) -> Place:
        target = Target("127.0.0.1", self._port) if self._port else None
        return Place(port=self._port, target=target)

    def give_back(self, place: Place) -> None:
        """There is nothing to give back."""

    async def turn(self, places: Sequence[Place]) -> None:
        """There is nothing to move."""

    async def close(self) -> None:
        """There is nothing to let go."""
