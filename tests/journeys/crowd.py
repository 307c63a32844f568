"""A crowd in a process of its own: some connections that ask a service without a pause, and count what fails.

``python tests/journeys/crowd.py CONNECTIONS URL…`` goes on until its standard input is closed, then prints one line.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter

import aiohttp


class Crowd:
    """Asks, and counts."""

    def __init__(self) -> None:
        self.answered = 0
        self.failures: Counter[str] = Counter()
        self.leaving = asyncio.Event()

    async def ask(self, session: aiohttp.ClientSession, urls: list[str]) -> None:
        """One connection's life. A status of 500 and more is a failure, as is every broken connection."""
        while not self.leaving.is_set():
            for url in urls:
                try:
                    async with session.get(url) as answer:
                        await answer.read()
                        if answer.status >= 500:
                            self.failures[f"HTTP {answer.status}"] += 1
                        self.answered += 1
                except (aiohttp.ClientError, TimeoutError) as error:
                    self.failures[f"{type(error).__name__}: {error}"] += 1

    async def run(self, connections: int, urls: list[str]) -> None:
        """All connections at once."""
        loop = asyncio.get_running_loop()
        loop.add_reader(sys.stdin.fileno(), self.leaving.set)
        began = time.monotonic()
        connector = aiohttp.TCPConnector(limit=connections)
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            await asyncio.gather(*(self.ask(session, urls) for _ in range(connections)))
        told = {"answered": self.answered, "failed": sum(self.failures.values()), "failures": dict(self.failures)}
        print(json.dumps({**told, "seconds": round(time.monotonic() - began, 1)}), flush=True)  # noqa: T201


async def main() -> None:
    await Crowd().run(int(sys.argv[1]), sys.argv[2:])


if __name__ == "__main__":
    asyncio.run(main())
