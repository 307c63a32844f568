"""A reverse proxy has the address; each process has a port of its own behind it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

from gonogo.services.keeper.fronts.front import FrontFailed, House, Place, Proxying
from gonogo.services.keeper.fronts.held import HeldFront
from gonogo.services.keeper.fronts.proxies.proxy import Proxy
from gonogo.services.keeper.probe import Target
from gonogo.services.spec import Launch


class ProxyFront:
    """Starts the proxy with the first version, and tells it of every change after that."""

    def __init__(self, house: House, proxy: Proxy, held: HeldFront | None = None) -> None:
        self._house, self._proxy, self._held = house, proxy, held
        self._instance: Proxying | None = None

    async def open(self) -> None:
        """Take the address now, where the proxy is handed its socket."""
        self._proxy.write_config([])
        if self._held is not None:
            await self._held.open()

    def take_place(self) -> Place:
        port = _find_port()
        return Place(port=port, target=Target("127.0.0.1", port))

    def give_back(self, place: Place) -> None:
        """Its port is free again by itself."""

    async def turn(self, places: Sequence[Place]) -> None:
        """Start the proxy, or let it reload. Raises ``FrontFailed``."""
        ports = [place.port for place in places if place.port is not None]
        command = self._proxy.write_config(ports)
        if self._instance is None:
            self._instance = self._start(command)
            await self._await_proxy(self._instance)
            return
        await self._await_proxy(self._instance)
        await self._proxy.reload()

    async def close(self) -> None:
        if self._held is not None:
            await self._held.close()

    def _start(self, command: Sequence[str]) -> Proxying:
        host, port = self._house.spec.address
        place = self._held.take_place() if self._held else Place(port=port)
        place.target = Target("127.0.0.1" if host == "0.0.0.0" else host, port)
        launch = Launch(version=self._house.spec.driver, command=tuple(command), cwd=str(self._house.folder.root))
        return self._house.add_proxy(launch, place)

    async def _await_proxy(self, instance: Proxying) -> None:
        limit = self._house.spec.health.ready_within
        try:
            async with asyncio.timeout(limit):
                while not instance.is_ready:
                    if instance.phase == "gave_up":
                        raise FrontFailed(f"the proxy does not start: {instance.why}")
                    instance.changed.clear()
                    await instance.changed.wait()
        except TimeoutError as error:
            raise FrontFailed(f"the proxy was not ready within {limit:g} s: {instance.why}") from error


def _find_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
