"""A tunnel to a loopback relay: its public end listens on a port, and it prints where.

Arguments: the inner port, the outer one. Asked for ``/cut`` from outside it goes on running, but answers nobody.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress


class Relay:
    def __init__(self, inner: int) -> None:
        self._inner = inner
        self._cut = False

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self._cut = self._cut or head.startswith(b"GET /cut ")
            if not self._cut:
                inside, outside = await asyncio.open_connection("127.0.0.1", self._inner)
                outside.write(head.replace(b"HTTP/1.1", b"HTTP/1.0"))
                writer.write(await inside.read(-1))
                await writer.drain()
                outside.close()
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(Relay(int(sys.argv[1])).take, "127.0.0.1", int(sys.argv[2]))
    sys.stdout.write(f"tunnel is up at url=http://127.0.0.1:{sys.argv[2]} for you\n")
    sys.stdout.flush()
    await server.serve_forever()


asyncio.run(main())
