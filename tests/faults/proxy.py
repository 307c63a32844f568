"""A wire that loses a reply: the question gets through, the answer does not, and the line is dead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit


class Wire:
    """Passes bytes on; ``cut_after`` arms it: the reply to the next question that holds these bytes is lost."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._armed: bytes | None = None
        self.cuts = 0

    def cut_after(self, words: bytes) -> None:
        self._armed = words

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        lost = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._ask(reader, far_writer, lost))
                both.create_task(self._answer(far_reader, writer, lost))
        except* (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            far_writer.close()
            writer.close()

    async def _ask(self, near: asyncio.StreamReader, far: asyncio.StreamWriter, lost: asyncio.Event) -> None:
        while data := await near.read(65536):
            if self._armed is not None and self._armed in data:
                self._armed = None
                lost.set()
            far.write(data)
            await far.drain()
        raise ConnectionResetError

    async def _answer(self, far: asyncio.StreamReader, near: asyncio.StreamWriter, lost: asyncio.Event) -> None:
        while data := await far.read(65536):
            if lost.is_set():
                self.cuts += 1
                raise ConnectionResetError
            near.write(data)
            await near.drain()
        raise ConnectionResetError


@asynccontextmanager
async def run_wire(url: str) -> AsyncIterator[tuple[str, Wire]]:
    """The address of a wire to the server at ``url``, and the wire."""
    parts = urlsplit(url)
    assert parts.hostname is not None and parts.port is not None
    wire = Wire(parts.hostname, parts.port)
    server = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user = f"{parts.username}@" if parts.username else ""
    try:
        yield urlunsplit(parts._replace(netloc=f"{user}127.0.0.1:{port}")), wire
    finally:
        server.close()
