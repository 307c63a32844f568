"""Asking a process whether it is well: one HTTP request, or a TCP connection where no path is named."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from urllib.parse import urlsplit

import msgspec


class Target(msgspec.Struct, frozen=True):
    """Where to ask. ``source`` is the address to ask from, where that chooses who answers."""

    host: str
    port: int
    source: str | None = None


async def find_fault(target: Target, path: str | None, timeout_s: float) -> str | None:
    """What is wrong in a sentence; None when all is well (a status from 200 to 399)."""
    return await _judge(_ask(target, path), timeout_s)


async def find_fault_at(url: str, timeout_s: float) -> str | None:
    """The same for an address of the web, by HTTP or HTTPS."""
    return await _judge(_fetch_status(url), timeout_s)


async def read_body(url: str, timeout_s: float) -> bytes:
    """What an address answers. Raises ``OSError``, ``TimeoutError``, ``ValueError``."""
    async with asyncio.timeout(timeout_s):
        head, body = await _fetch(url)
    if _read_status(head) != 200:
        raise ValueError(f"{url} answers {_read_status(head)}")
    return body


async def _judge(asking: Awaitable[int], timeout_s: float) -> str | None:
    try:
        async with asyncio.timeout(timeout_s):
            status = await asking
    except TimeoutError:
        return f"no answer within {timeout_s:g} s"
    except OSError as error:
        return f"{error.strerror or error}"
    except (ValueError, IndexError, EOFError):
        return "the answer is not HTTP"
    return None if 200 <= status < 400 else f"it answers {status}"


async def _ask(target: Target, path: str | None) -> int:
    local = (target.source, 0) if target.source else None
    reader, writer = await asyncio.open_connection(target.host, target.port, local_addr=local)
    try:
        if path is None:
            return 200
        head, _ = await _exchange(reader, writer, f"{target.host}:{target.port}", path)
        return _read_status(head)
    finally:
        await _hang_up(writer)


async def _fetch_status(url: str) -> int:
    return _read_status((await _fetch(url))[0])


async def _fetch(url: str) -> tuple[bytes, bytes]:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure or None)
    try:
        return await _exchange(
            reader, writer, parts.netloc, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        )
    finally:
        await _hang_up(writer)


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, path: str
) -> tuple[bytes, bytes]:
    # HTTP/1.0: the body comes in one piece and ends with the connection.
    writer.write(f"GET {path} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: gonogo\r\nConnection: close\r\n\r\n".encode())
    # To the end: a server that finds nobody left to write to would log an error.
    head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
    return head, body


def _read_status(head: bytes) -> int:
    return int(head.split(b"\r\n", 1)[0].split()[1])


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
