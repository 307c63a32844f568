"""HTTP with next to no cost of its own, so that the server is what is measured: a connection, a request at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit


class Refused(Exception):
    """The server answered with something other than success."""


class Lane(asyncio.Protocol):
    """A kept-alive connection. Answers must say their length, as ours do."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take in a piece of the answer; whole, it goes to whoever asked."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _find_length(head):
            return
        self._buffer = b""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(head[:12] + b"\r\n" + body)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Refused("The server hung up."))

    async def ask(self, request: bytes) -> bytes:
        """Send a whole request; gives the answer's body. Raises ``Refused``."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        answer = await self._answer
        if not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise Refused(answer[:200].decode("latin-1"))
        return answer.partition(b"\r\n")[2]

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


async def open_lane(url: str) -> Lane:
    """A connection to the server at ``url``."""
    _, lane = await asyncio.get_running_loop().create_connection(Lane, *find_address(url))
    return lane


def find_address(url: str) -> tuple[str, int]:
    """Host and port of an address."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 80


def write_request(url: str, path: str, headers: Mapping[str, str], method: str = "GET", body: bytes = b"") -> bytes:
    """A request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def count_answers(url: str, request: bytes, seconds: float, lanes: int = 8) -> int:
    """How many answers come within ``seconds`` over some connections at once."""
    opened = [await open_lane(url) for _ in range(lanes)]
    end = time.perf_counter() + seconds

    async def drive(lane: Lane) -> int:
        count = 0
        while time.perf_counter() < end:
            await lane.ask(request)
            count += 1
        return count

    try:
        return sum(await asyncio.gather(*map(drive, opened)))
    finally:
        for lane in opened:
            lane.close()


def _find_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
