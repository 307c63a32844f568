"""Asking a process whether it is well: one HTTP request, or a TCP connection where no path is named."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec


class Target(msgspec.Struct, frozen=True):
    """Where to ask. ``source`` is the address to ask from, where that chooses who answers."""

    host: str
    port: int
    source: str | None = None


async def find_fault(target: Target, path: str | None, timeout_s: float) -> str | None:
    """What is wrong in a sentence; None when all is well (a status from 200 to 399)."""
    try:
        async with asyncio.timeout(timeout_s):
            status = await _ask(target, path)
    except TimeoutError:
        return f"no answer within {timeout_s:g} s"
    except OSError as error:
        return f"{error.strerror or error}"
    except (ValueError, IndexError, EOFError):
        return "the answer is not HTTP"
    return None if 200 <= status < 400 else f"{path} answers {status}"


async def _ask(target: Target, path: str | None) -> int:
    local = (target.source, 0) if target.source else None
    reader, writer = await asyncio.open_connection(target.host, target.port, local_addr=local)
    try:
        if path is None:
            return 200
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {target.host}:{target.port}\r\n"
            "User-Agent: gonogo\r\nConnection: close\r\n\r\n".encode()
        )
        status = int((await reader.readuntil(b"\r\n")).split()[1])
        # A server that finds nobody left to write to would log an error.
        while await reader.read(1 << 16):
            pass
        return status
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
