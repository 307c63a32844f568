"""Bells by LISTEN: one connection hears for the whole process, and comes back by itself."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, OperationalError, sql

AGAIN_S = 0.5


class Bells:
    """Opened by its first listener. While the connection is gone, listeners look for themselves."""

    def __init__(self, connect: Callable[[], Awaitable[AsyncConnection[Any]]], channel: str) -> None:
        self._connect, self._channel = connect, channel
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._hearing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def listen(self, keys: Collection[str]) -> AsyncIterator[OneBell]:
        """See ``Engine.listen``."""
        if self._hearing is None:
            self._hearing = asyncio.create_task(self._hear_always())
        rung = asyncio.Event()
        for key in keys:
            self._listeners[key].add(rung)
        try:
            yield OneBell(rung)
        finally:
            for key in keys:
                self._listeners[key].discard(rung)
                if not self._listeners[key]:
                    del self._listeners[key]

    async def close(self) -> None:
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)

    async def _hear_always(self) -> None:
        while True:
            try:
                await self._hear()
            except (OperationalError, OSError):
                await asyncio.sleep(random.uniform(AGAIN_S / 2, AGAIN_S))

    async def _hear(self) -> None:
        async with await self._connect() as connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
            for key in tuple(self._listeners):
                self._ring(key)
            async for notice in connection.notifies():
                self._ring(notice.payload)

    def _ring(self, key: str) -> None:
        for rung in self._listeners.get(key, ()):
            rung.set()


class OneBell:
    """What one listener waits on."""

    def __init__(self, rung: asyncio.Event) -> None:
        self._rung = rung

    async def wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return
        self._rung.clear()
