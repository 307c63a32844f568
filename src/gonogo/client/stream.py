"""The event stream: one WebSocket that comes back by itself and continues where it broke off.

Every stored event has a ``seq``. The stream remembers the last one it gave out, asks for those after it when it
connects again, and drops what it has given out already.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec
from websockets.asyncio.client import ClientConnection as AsyncConnection
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from gonogo.client.errors import read_problem
from gonogo.client.transport import is_loopback

SILENCE_S = 40.0
"""The server says something every 15 s; a connection silent for longer than this is dead."""
LONGEST_WAIT_S = 10.0
RESET = "stream.reset"
Headers = Mapping[str, str]


class Event(msgspec.Struct, frozen=True):
    """Something that happened. ``seq`` is None for a passing notice, which only then has ``data``.

    The name ``stream.reset`` means that too much was missed to catch up: look at everything anew.
    """

    name: str
    subject: str = ""
    topic: str = ""
    seq: int | None = None
    at: str = ""
    by: str = ""
    data: dict[str, Any] = {}


class Position:
    """Where in the log a stream is, and how long to wait before the next attempt to connect."""

    def __init__(self, url: str, topics: Sequence[str], since: int | None) -> None:
        self._url = url.replace("http", "ws", 1) + "/api/events/ws"
        self._topics = ",".join(topics) or "*"
        self.since = since
        self.failures = 0

    @property
    def address(self) -> str:
        """The address that continues from here."""
        query = {"topics": self._topics} | ({} if self.since is None else {"since": str(self.since)})
        return f"{self._url}?{urlencode(query)}"

    def take(self, text: str | bytes) -> Event | None:
        """The event in a message; None for the stream's own messages and for what was given out already."""
        message = msgspec.json.decode(text)
        kind, seq = message.get("type"), message.get("seq")
        self.failures = 0
        if kind == "hello" and self.since is None:
            self.since = seq
        if kind == "reset":
            self.since = seq
            return Event(RESET, seq=seq)
        if kind != "event" or (seq is not None and self.since is not None and seq <= self.since):
            return None
        if seq is not None:
            self.since = seq
        return msgspec.convert(message, Event)

    def draw_wait(self) -> float:
        """Seconds until the next attempt: longer with every failure, and never the same for two clients."""
        self.failures += 1
        return random.uniform(0.05, min(LONGEST_WAIT_S, 0.2 * 2**self.failures))


class EventStream:
    """Events as they happen, for plain programs: iterate, or ask with a time limit."""

    def __init__(self, position: Position, sign_in: Callable[[], Headers]) -> None:
        self._position = position
        self._sign_in = sign_in
        self._socket: ClientConnection | None = None
        self._opened = ExitStack()
        self._heard_at = 0.0

    def __iter__(self) -> Iterator[Event]:
        while True:
            event = self.find_next()
            if event is not None:
                yield event

    def find_next(self, timeout: float = SILENCE_S) -> Event | None:
        """The next event, or None when ``timeout`` seconds passed without one. Raises ``ApiError`` if refused."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                event = self._receive(left)
            except (ConnectionClosed, InvalidHandshake, OSError) as error:
                self.close()
                raise_refusal(error)
                time.sleep(min(self._position.draw_wait(), max(0.0, deadline - time.monotonic())))
                continue
            if event is not None:
                return event
        return None

    def close(self) -> None:
        """Hang up; the next question connects again."""
        self._socket = None
        self._opened.close()

    def _receive(self, timeout: float) -> Event | None:
        if self._socket is None:
            self._socket = self._connect()
            self._heard_at = time.monotonic()
        try:
            text = self._socket.recv(timeout=timeout)
        except TimeoutError:
            if time.monotonic() - self._heard_at > SILENCE_S:
                raise ConnectionAbortedError("nothing heard from the server") from None
            return None
        self._heard_at = time.monotonic()
        return self._position.take(text)

    def _connect(self) -> ClientConnection:
        address, headers = self._position.address, self._sign_in()
        proxy = choose_proxy(address)
        return self._opened.enter_context(connect(address, additional_headers=headers, proxy=proxy, open_timeout=5))


class AsyncEventStream:
    """Events as they happen, for event loops: ``async for event in stream``."""

    def __init__(self, position: Position, sign_in: Callable[[], Awaitable[Headers]]) -> None:
        self._position = position
        self._sign_in = sign_in
        self._socket: AsyncConnection | None = None
        self._opened = AsyncExitStack()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            try:
                event = await self._receive()
            except (ConnectionClosed, InvalidHandshake, OSError) as error:
                await self.close()
                raise_refusal(error)
                await asyncio.sleep(self._position.draw_wait())
                continue
            if event is not None:
                yield event

    async def close(self) -> None:
        """Hang up; the next question connects again."""
        self._socket = None
        await self._opened.aclose()

    async def _receive(self) -> Event | None:
        if self._socket is None:
            self._socket = await self._connect()
        return self._position.take(await asyncio.wait_for(self._socket.recv(), SILENCE_S))

    async def _connect(self) -> AsyncConnection:
        address, headers = self._position.address, await self._sign_in()
        opening = connect_async(address, additional_headers=headers, proxy=choose_proxy(address), open_timeout=5)
        return await self._opened.enter_async_context(opening)


def choose_proxy(address: str) -> Literal[True] | None:
    """The environment's proxy for other machines, none for this one."""
    return None if is_loopback(address) else True


def raise_refusal(error: Exception) -> None:
    """Raise ``ApiError`` when the server turned the stream away for good; trying again would not help then."""
    if isinstance(error, InvalidStatus) and 400 <= error.response.status_code < 500:
        try:
            body = msgspec.json.decode(error.response.body or b"")
        except msgspec.DecodeError:
            body = None
        raise read_problem(error.response.status_code, body) from error
