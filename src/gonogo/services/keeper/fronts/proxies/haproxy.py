"""HAProxy, told by its runtime API: servers are moved without a reload, and no client's connection is touched."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.services.folder import ServiceFolder
from gonogo.services.keeper.fronts.front import FrontFailed
from gonogo.services.keeper.fronts.proxies.proxy import exchange, find_program

_ADMIN = "haproxy.sock"
SLOTS = 200
"""Servers that can be had at the same time, old ones that drain counted."""
# Idle connections to a server without traffic are closed soon, or an old version could not end before its drain does.
_TEMPLATE = """\
global
    stats socket {admin} mode 600 level admin
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h
    option forwardfor
frontend way_in
    bind {listen} backlog 4096
    default_backend service
backend service
    balance roundrobin
    default-server pool-purge-delay 500ms
{servers}
"""


class Haproxy:
    """One HAProxy for one service. Ports keep their slots until another needs them."""

    def __init__(self, folder: ServiceFolder, listen: str) -> None:
        self._folder, self._listen = folder, listen
        self._path = folder.root / "haproxy.cfg"
        self._slots: list[int | None] = [None] * SLOTS
        self._ports: Sequence[int] = ()

    def write_config(self, ports: Sequence[int]) -> list[str]:
        """Give the ports their slots and write haproxy.cfg; the command that starts HAProxy with it."""
        program = find_program("haproxy", "install Debian's package haproxy")
        self._ports = ports
        self._assign(ports)
        lines = [
            f"    server s{slot} 127.0.0.1:{port or 1}{'' if port in ports else ' disabled'}"
            for slot, port in enumerate(self._slots)
        ]
        self._path.write_text(_TEMPLATE.format(admin=f"unix@{_ADMIN}", listen=self._listen, servers="\n".join(lines)))
        return [program, "-db", "-f", str(self._path)]

    async def reload(self) -> None:
        """The new servers get ready first, then the others get nothing new."""
        chosen = [(slot, port) for slot, port in enumerate(self._slots) if port in self._ports]
        others = [slot for slot, port in enumerate(self._slots) if port is not None and port not in self._ports]
        for slot, port in chosen:
            await self._tell(f"set server service/s{slot} addr 127.0.0.1 port {port}")
            await self._tell(f"set server service/s{slot} state ready")
        for slot in others:
            await self._tell(f"set server service/s{slot} state maint")

    async def _tell(self, line: str) -> None:
        answer = (await exchange(self._folder, _ADMIN, line.encode() + b"\n")).decode().strip()
        if answer and "no need to change" not in answer and "changed from" not in answer:
            raise FrontFailed(f"HAProxy answers to '{line}': {answer}")

    def _assign(self, ports: Sequence[int]) -> None:
        missing = [port for port in ports if port not in self._slots]
        for port in missing:
            # Newest last: the slot that has been unused for longest is taken first.
            slot = next((slot for slot, held in enumerate(self._slots) if held is None), None)
            slot = self._oldest_unused(ports) if slot is None else slot
            self._slots[slot] = port

    def _oldest_unused(self, ports: Sequence[int]) -> int:
        unused = [slot for slot, held in enumerate(self._slots) if held not in ports]
        if not unused:
            raise FrontFailed(f"{SLOTS} processes behind one HAProxy are the most")
        return unused[0]
