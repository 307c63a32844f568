"""Sockets that the processes open themselves with SO_REUSEPORT, all on one port.

A closed socket takes the connections in its queue with it, and moves the last of the group into its place. So the
keeper holds a copy of each (pidfd_getfd, Linux ≥ 5.6), which keeps it open and in place until the keeper has sent the
traffic elsewhere and nothing waits in it.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import socket
from collections.abc import Sequence

from gonogo.services.keeper.fronts.front import FrontFailed, Place
from gonogo.services.keeper.probe import Target
from gonogo.services.keeper.procfs import LISTEN, list_inodes, list_session, list_sockets, read_identity
from gonogo.services.keeper.steering import MOST, count_waiting, name_source, steer

_PIDFD_GETFD = 438
_LOOK_S = 0.02


class SharedPlace(Place):
    """One process's own sockets on the common port."""

    def __init__(self, front: SharedFront, port: int) -> None:
        super().__init__(port=port)
        self._front = front
        self.copies: list[socket.socket] = []

    def entering(self) -> asyncio.Lock:
        return self._front.entrance

    async def appear(self, leader: int) -> None:
        """Wait until the process listens, or is gone."""
        while read_identity(leader) is not None:
            if copies := self._front.copy_listeners(leader):
                self.copies = copies
                self._front.add(self)
                return
            await asyncio.sleep(_LOOK_S)

    def leave(self) -> None:
        self._front.remove(self)

    def count_waiting(self) -> int:
        return sum(count_waiting(copy) for copy in self.copies)


class SharedFront:
    """The group of sockets in the kernel's order: new ones come last, and the last moves to where one is closed."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._group: list[tuple[socket.socket, SharedPlace]] = []
        self._chosen: list[SharedPlace] = []
        self.entrance = asyncio.Lock()

    async def open(self) -> None:
        """The processes take the address themselves."""

    def take_place(self) -> SharedPlace:
        return SharedPlace(self, self._port)

    def give_back(self, place: Place) -> None:
        assert isinstance(place, SharedPlace)
        self.remove(place)

    async def turn(self, places: Sequence[Place]) -> None:
        """Raises ``FrontFailed`` when a process opened sockets that the keeper has not seen."""
        self._chosen = [place for place in places if isinstance(place, SharedPlace)]
        if len(list_inodes(self._port, LISTEN)) != len(self._group):
            raise FrontFailed(
                f"port {self._port} has listeners that came later; let each process open its socket once, at "
                "its start, and use replicas instead of workers"
            )
        self._steer(set())

    async def close(self) -> None:
        for copy, _ in self._group:
            copy.close()

    def copy_listeners(self, leader: int) -> list[socket.socket]:
        """Copies of the sockets on which a session's processes listen at this port."""
        listening = list_inodes(self._port, LISTEN)
        held = list_sockets(list_session(leader))
        return [_copy_socket(*held[inode]) for inode in sorted(listening & held.keys())]

    def add(self, place: SharedPlace) -> None:
        """A process has arrived; it gets no traffic before its turn, unless it is the first of all."""
        if len(self._group) + len(place.copies) > MOST:
            raise FrontFailed(f"{MOST} sockets on one port are the most")
        host = "127.0.0.1" if self._host == "0.0.0.0" else self._host
        place.target = Target(host, self._port, name_source(len(self._group)))
        self._group += [(copy, place) for copy in place.copies]
        self._steer(set())

    def remove(self, place: SharedPlace) -> None:
        """Close a place's copies from the last on, the traffic each time on those that will not move."""
        for index in range(len(self._group) - 1, -1, -1):
            copy, owner = self._group[index]
            if owner is place:
                self._steer({index, len(self._group) - 1})
                last = self._group.pop()
                if index < len(self._group):
                    self._group[index] = last
                copy.close()
        place.copies = []
        self._aim()
        self._steer(set())

    def _aim(self) -> None:
        for index in range(len(self._group) - 1, -1, -1):
            owner = self._group[index][1]
            owner.target = Target(owner.target.host, self._port, name_source(index)) if owner.target else None

    def _steer(self, moving: set[int]) -> None:
        owners = [index for index, (_, owner) in enumerate(self._group) if owner in self._chosen and owner.copies]
        still = [index for index in owners if index not in moving] or owners
        if self._group:
            steer(self._group[0][0], still or [0])


def _copy_socket(pid: int, descriptor: int) -> socket.socket:
    libc = ctypes.CDLL(None, use_errno=True)
    process = os.pidfd_open(pid)
    try:
        copy = libc.syscall(_PIDFD_GETFD, process, descriptor, 0)
    finally:
        os.close(process)
    if copy < 0:
        code = ctypes.get_errno()
        raise FrontFailed(f"the socket of process {pid} can't be held: {os.strerror(code)}")
    os.set_inheritable(copy, False)
    return socket.socket(fileno=copy)
