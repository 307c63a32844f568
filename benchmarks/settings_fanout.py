"""One change, a thousand clients: from the request to the last of them, and the memory that they take.

The server is one process, the clients are another (this one), with real WebSockets on loopback. Times run from just
before the PUT is sent, so they hold the request, the durable write and the way back.
"""

from __future__ import annotations

import asyncio
import base64
import os
import resource
import time
from urllib.parse import urlsplit

import uvloop
from _settings import MARKER, Stage, open_stage, quantile, report

CLIENTS = 1000
SETTINGS = 10_000
CHANGES = 100
TARGET_MS = 50.0
TARGET_MB = 150.0
_NEEDLE = f'"key":"{MARKER}","value":'.encode()
_PONG = b"\x8a\x80\x00\x00\x00\x00"


class Listener(asyncio.Protocol):
    """The least a WebSocket client can do: shake hands, answer pings, look for the marker's value."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._tail = b""
        self._greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        transport.write(self._crowd.handshake)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if not self._greeted:
            self._tail = (self._tail + data)[-200:]
            if b"}}" in self._tail:
                self._greeted = True
                self._crowd.count_greeted()
            return
        place = data.find(_NEEDLE)
        if place >= 0:
            self._crowd.note(int(data[place + len(_NEEDLE) :].partition(b",")[0]), now)
        if b"heartbeat" in data:
            self._transport.write(_PONG)


class Crowd:
    """All listeners, and when each saw which value."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        key = base64.b64encode(os.urandom(16)).decode()
        self.handshake = (
            f"GET /api/settings/ws HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nAuthorization: Bearer {stage.key}\r\n\r\n"
        ).encode()
        self.greeted = 0
        self.seen: dict[int, list[float]] = {}
        self._all_greeted = asyncio.Event()
        self._all_seen = asyncio.Event()

    async def connect(self) -> None:
        """Let everybody in, some at a time."""
        address = urlsplit(self.stage.url)
        loop = asyncio.get_running_loop()
        for _ in range(CLIENTS):
            await loop.create_connection(lambda: Listener(self), address.hostname, address.port)
        await asyncio.wait_for(self._all_greeted.wait(), 120)

    def count_greeted(self) -> None:
        self.greeted += 1
        if self.greeted == CLIENTS:
            self._all_greeted.set()

    def note(self, value: int, at: float) -> None:
        moments = self.seen.setdefault(value, [])
        moments.append(at)
        if len(moments) == CLIENTS:
            self._all_seen.set()

    async def wait_seen(self) -> None:
        """Until everybody saw the change just made."""
        await asyncio.wait_for(self._all_seen.wait(), 10)
        self._all_seen.clear()


async def measure(stage: Stage) -> tuple[list[float], list[float]]:
    """Milliseconds of every client and change, and of the last client of each change."""
    crowd = Crowd(stage)
    await crowd.connect()
    everybody: list[float] = []
    last: list[float] = []
    async with stage.session() as session:
        for value in range(1, CHANGES + 1):
            started = time.perf_counter()
            async with session.put(f"/api/settings/{MARKER}", json={"value": value}) as answer:
                answer.raise_for_status()
            await crowd.wait_seen()
            times = [(moment - started) * 1000 for moment in crowd.seen.pop(value)]
            everybody += times
            last.append(max(times))
            await asyncio.sleep(0.05)
    return everybody, last


async def main() -> None:
    """Measure and print."""
    with open_stage(SETTINGS) as stage:
        before = stage.rss_mb
        everybody, last = await measure(stage)
        after = stage.rss_mb
    p50, p99 = quantile(everybody, 0.5), quantile(everybody, 0.99)
    measured = (
        f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; the last client: p50 {quantile(last, 0.5):.1f}, max {max(last):.1f} ms"
    )
    report(f"change -> each of {CLIENTS:,} clients", measured, f"p99 < {TARGET_MS:.0f} ms", passed=p99 < TARGET_MS)
    told = f"{after:.0f} MB ({before:.0f} before the clients came)"
    report(
        f"memory, {CLIENTS:,} clients, {SETTINGS:,} settings", told, f"< {TARGET_MB:.0f} MB", passed=after < TARGET_MB
    )


if __name__ == "__main__":
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    uvloop.run(main())
