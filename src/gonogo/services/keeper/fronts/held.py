"""The keeper's own listening sockets, one a process, handed down as descriptor 3.

They are never closed while the keeper lives: the sockets of a group keep their indexes, connections of a crashed
process wait for its successor, and no connection is reset because a process closed its copy.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence

from gonogo.services.keeper.fronts.front import FrontFailed, Place
from gonogo.services.keeper.probe import Target
from gonogo.services.keeper.steering import MOST, count_waiting, name_source, steer

BACKLOG = 4096


class HeldPlace(Place):
    """One of the keeper's sockets."""

    def __init__(self, index: int, listener: socket.socket, target: Target) -> None:
        super().__init__(descriptor=listener.fileno(), port=target.port, target=target)
        self.index = index
        self._listener = listener

    def count_waiting(self) -> int:
        return count_waiting(self._listener)


class HeldFront:
    """Sockets on one address, and who of them gets the traffic."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._listeners: list[socket.socket] = []
        self._free: list[HeldPlace] = []

    async def open(self) -> None:
        """Take the address, so that connections wait from now on instead of being refused."""
        try:
            self._free.append(self._add_place())
        except OSError as error:
            raise FrontFailed(f"{self._host}:{self._port} can't be taken: {error.strerror}") from error
        self._port = self._listeners[0].getsockname()[1]
        steer(self._listeners[0], [0])

    def take_place(self) -> HeldPlace:
        return self._free.pop() if self._free else self._add_place()

    def give_back(self, place: Place) -> None:
        assert isinstance(place, HeldPlace)
        self._clear(self._listeners[place.index])
        self._free.append(place)

    async def turn(self, places: Sequence[Place]) -> None:
        steer(self._listeners[0], [place.index for place in places if isinstance(place, HeldPlace)])

    async def close(self) -> None:
        for listener in self._listeners:
            listener.close()

    def _add_place(self) -> HeldPlace:
        index = len(self._listeners)
        if index >= MOST:
            raise FrontFailed(f"{MOST} processes on one address are the most")
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            listener.setblocking(False)
            listener.bind((self._host, self._port))
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
        self._listeners.append(listener)
        host = "127.0.0.1" if self._host == "0.0.0.0" else self._host
        return HeldPlace(index, listener, Target(host, listener.getsockname()[1], name_source(index)))

    @staticmethod
    def _clear(listener: socket.socket) -> None:
        # What came too late for a process that is gone must not be answered by a later one as if it were fresh.
        with contextlib.suppress(BlockingIOError):
            while True:
                listener.accept()[0].close()
