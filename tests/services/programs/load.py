"""Sends requests to a port, each on a connection of its own, until SIGTERM; then prints how many, and what failed."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import Counter

LANES = 8


class Load:
    def __init__(self, port: int) -> None:
        self._port = port
        self._stopped = asyncio.Event()
        self._seen: Counter[str] = Counter()

    async def run(self) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stopped.set)
        await asyncio.gather(*(self._send() for _ in range(LANES)))
        sys.stdout.write(json.dumps(self._seen))

    async def _send(self) -> None:
        while not self._stopped.is_set():
            try:
                async with asyncio.timeout(30):
                    self._seen[await self._ask()] += 1
            except Exception as error:  # noqa: BLE001  whatever it is, it is a failed request
                self._seen[f"{type(error).__name__}: {error}"] += 1

    async def _ask(self) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
            answer = await reader.read(-1)
        finally:
            writer.close()
        return answer.split(b"\r\n", 1)[0].decode().split(" ", 1)[1]


asyncio.run(Load(int(sys.argv[1])).run())
