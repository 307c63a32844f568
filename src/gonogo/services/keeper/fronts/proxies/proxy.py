"""The port every proxy is written against."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from gonogo.services.folder import ServiceFolder
from gonogo.services.keeper.fronts.front import FrontFailed


class Proxy(Protocol):
    """How one program is configured, started, and told of a change."""

    def write_config(self, ports: Sequence[int]) -> list[str]:
        """Write its configuration for these ports of 127.0.0.1; the command that starts it. Raises ``FrontFailed``."""
        ...

    async def reload(self) -> None:
        """Do as ``write_config`` has just written, without dropping anything. Raises ``FrontFailed``."""
        ...


def find_program(name: str, hint: str) -> str:
    """The path of a program on PATH, or beside our Python. Raises ``FrontFailed``."""
    beside = Path(sys.executable).with_name(name)
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin") or str(beside)
    if not Path(found).exists():
        raise FrontFailed(f"there is no program '{name}'; {hint}, or choose another driver")
    return found


async def exchange(folder: ServiceFolder, name: str, sent: bytes) -> bytes:
    """Send something to a unix socket in the service's folder and read all of the answer. Raises ``FrontFailed``."""
    line = socket.socket(socket.AF_UNIX)
    line.setblocking(False)
    try:
        with folder.name_socket(name) as path:
            await asyncio.get_running_loop().sock_connect(line, path)
        reader, writer = await asyncio.open_unix_connection(sock=line)
    except OSError as error:
        line.close()
        raise FrontFailed(f"{name} does not answer: {error.strerror}") from error
    try:
        writer.write(sent)
        return await reader.read()
    finally:
        writer.close()
