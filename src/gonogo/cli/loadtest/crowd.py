"""Very many WebSocket clients in a process of their own. As a program: ``crowd URL COUNT``, the key on standard input.

It says ``ready`` when everybody has the first values, then one line of JSON for every value of the marker that all have
seen: when the first and the last did, and the quantiles between. Times are of the machine's one monotonic clock.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import sys
import time
from typing import cast
from urllib.parse import urlsplit

import msgspec
import uvloop

from gonogo.cli.loadtest.catalog import MARKER
from gonogo.cli.loadtest.lanes import find_address

_NEEDLE = f'"key":"{MARKER}","value":'.encode()
_PING = re.compile(rb"\x89(?:\x00|\x04(....))", re.DOTALL)
"""Our pings are empty, uvicorn's hold four bytes. No text looks so: it is ASCII, and its brace follows its length."""
AT_ONCE = 50


class Seen(msgspec.Struct, frozen=True):
    """When all clients saw a value, in seconds of the monotonic clock."""

    value: int
    moments: list[float]


class Listener(asyncio.Protocol):
    """The least a WebSocket client can do: shake hands, answer pings, look for the marker's value."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._tail = b""
        self._is_greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._crowd.handshake)

    def data_received(self, data: bytes) -> None:
        """Note the marker's value, if that is what came."""
        now = time.perf_counter()
        if not self._is_greeted:
            self._tail = (self._tail + data)[-200:]
            if b"}}" in self._tail:
                self._is_greeted = True
                self._crowd.count_greeted()
            return
        place = data.rfind(_NEEDLE)
        if place >= 0:
            self._crowd.note(int(data[place + len(_NEEDLE) :].partition(b",")[0]), now)
        for ping in _PING.finditer(data):
            payload = ping[1] or b""
            self._transport.write(bytes((0x8A, 0x80 | len(payload), 0, 0, 0, 0)) + payload)

    def connection_lost(self, _error: Exception | None) -> None:
        self._crowd.lost += 1


class Crowd:
    """All listeners, and when each saw which value."""

    def __init__(self, url: str, count: int, token: str) -> None:
        self._url = url
        self._count = count
        key = base64.b64encode(os.urandom(16)).decode()
        self.handshake = (
            f"GET /api/settings/ws HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Authorization: Bearer {token}\r\n\r\n"
        ).encode()
        self.lost = 0
        self._greeted = 0
        self._seen: dict[int, list[float]] = {}
        self._all_greeted = asyncio.Event()

    async def run(self) -> None:
        """Let everybody in, some at a time, and tell what they see until the connection to the parent ends."""
        host, port = find_address(self._url)
        loop = asyncio.get_running_loop()
        for start in range(0, self._count, AT_ONCE):
            some = min(AT_ONCE, self._count - start)
            opening = (loop.create_connection(lambda: Listener(self), host, port) for _ in range(some))
            await asyncio.gather(*opening)
        await asyncio.wait_for(self._all_greeted.wait(), 120)
        say("ready")
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)

    def count_greeted(self) -> None:
        """One more has the first values."""
        self._greeted += 1
        if self._greeted == self._count:
            self._all_greeted.set()

    def note(self, value: int, at: float) -> None:
        """One more has seen this value."""
        moments = self._seen.setdefault(value, [])
        moments.append(at)
        if len(moments) == self._count:
            say(msgspec.json.encode(Seen(value, self._seen.pop(value))).decode())


def say(line: str) -> None:
    """One line to the parent."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    token = sys.stdin.readline().strip()
    uvloop.run(Crowd(sys.argv[1], int(sys.argv[2]), token).run())
