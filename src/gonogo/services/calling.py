"""Talking to a keeper: one connection a request, JSON lines back."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from gonogo.services import requests
from gonogo.services.errors import KeeperFailed, ServiceDown, SwapRefused
from gonogo.services.folder import ServiceFolder

_LONGEST = 1 << 22
Say = Callable[[str], None]


async def ask_keeper(folder: ServiceFolder, request: requests.Request, say: Say | None = None) -> requests.Done:
    """Send a request and wait for its end. Raises ``ServiceDown``, ``SwapRefused``, ``KeeperFailed``."""
    async with open_line(folder, request) as reader:
        async for answer in read_answers(reader):
            match answer:
                case requests.Said(line):
                    if say is not None:
                        say(line)
                case requests.Refused(why):
                    raise SwapRefused(f"{why[:1].upper()}{why[1:]}.")
                case requests.Failed(why):
                    raise KeeperFailed(f"The keeper failed at it: {why}. Its log has more: {folder.own_log}.")
                case requests.Done():
                    return answer
    raise KeeperFailed("The keeper went away before it was done. `gonogo services status` shows what runs now.")


@asynccontextmanager
async def open_line(folder: ServiceFolder, request: requests.Request) -> AsyncIterator[asyncio.StreamReader]:
    """A connection on which ``request`` was sent. Raises ``ServiceDown``."""
    try:
        reader, writer = await _connect(folder)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise ServiceDown("The service is not running. Start it with `gonogo services up`.") from error
    try:
        writer.write(msgspec.json.encode(request) + b"\n")
        yield reader
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def read_answers(reader: asyncio.StreamReader) -> AsyncIterator[requests.Answer]:
    """What the keeper sends until it hangs up."""
    with contextlib.suppress(ConnectionError):
        while line := await reader.readline():
            yield msgspec.json.decode(line, type=requests.Answer)


async def _connect(folder: ServiceFolder) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    line = socket.socket(socket.AF_UNIX)
    try:
        line.setblocking(False)
        with folder.name_socket() as path:
            await asyncio.get_running_loop().sock_connect(line, path)
        return await asyncio.open_unix_connection(sock=line, limit=_LONGEST)
    except BaseException:
        line.close()
        raise
