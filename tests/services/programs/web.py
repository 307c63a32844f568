"""A web server that answers with its version. Its argument is an inherited descriptor, ``port:N`` or ``shared:N``.

``/slow`` takes a moment, ``/crash`` ends the process, ``/sick`` makes every later health check fail.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys

VERSION = os.environ.get("SAYS") or os.environ.get("GONOGO_VERSION", "?")
SICK = asyncio.Event()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def open_socket(word: str) -> socket.socket:
    kind, _, port = word.partition(":")
    if not port:
        return socket.socket(fileno=int(kind))
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if kind == "shared":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", int(port)))
    return listener


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split()[1].decode()
            if path == "/crash":
                os._exit(7)
            if path == "/sick":
                SICK.set()
            if path == "/slow":
                say("slow request")
                await asyncio.sleep(1.5)
            status = "500 Sick" if SICK.is_set() and path == "/" else "200 OK"
            last = b"connection: close" in head.lower() or b"HTTP/1.0" in head or STOPPING.is_set()
            body = f"{VERSION} {os.getpid()}"
            close = "Connection: close\r\n" if last else ""
            writer.write(f"HTTP/1.1 {status}\r\n{close}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            await writer.drain()
            if last:
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main() -> None:
    if os.environ.get("LATE"):
        await asyncio.sleep(float(os.environ["LATE"]))
    if os.environ.get("FAILS"):
        say("the configuration is broken")
        sys.exit(3)
    server = await asyncio.start_server(answer, sock=open_socket(sys.argv[1]), backlog=1024)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, STOPPING.set)
    say(f"serving {VERSION}")
    await STOPPING.wait()
    server.close()
    await asyncio.sleep(float(os.environ.get("LINGERS", "0.05")))


STOPPING = asyncio.Event()
asyncio.run(main())
