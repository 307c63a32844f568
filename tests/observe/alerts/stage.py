"""A clock, a server and receivers for alerts; and rules of a few words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from gonogo.kernel.kernel import Kernel
from gonogo.observe.alerts.muting import Silence
from gonogo.observe.alerts.notifying import Ways
from gonogo.observe.alerts.round import Round, find_tick
from gonogo.observe.alerts.rule import Manners, Rule, RuleBody, compile_rule
from gonogo.observe.commands.alerts_looking import look
from tests.fake_clock import FakeClock

NOW = 1_772_452_802.0
"""A tick: two seconds after the fake clock's beginning."""
ALWAYS = 1e12


def make_rule(name: str = "hot", expression: str = "host.cpu > 90%", **body: Any) -> Rule:
    """A compiled rule without cooldown, reminder or group wait unless given."""
    return compile_rule(name, RuleBody(expression=expression, **body), "stored", Manners(0, 0, 0))


def make_silence(now: float = 0.0, ends_at: float = ALWAYS, **matchers: str) -> Silence:
    """A silence from ``now`` on."""
    return Silence(id="s1", matchers=matchers, starts_at=now, ends_at=ends_at, created_by="ada", reason="moving racks")


def make_ways(*channels: str, at_once: bool = False) -> Ways:
    """Ways out with ids that count."""
    numbers = iter(range(1, 1_000_000))
    return Ways(channels, lambda: str(next(numbers)), at_once)


async def pass_time(kernel: Kernel, clock: FakeClock, seconds: float = 10.0) -> Round:
    """Move the clock and look, as the server does at that tick."""
    clock.advance(seconds)
    return await look(kernel, find_tick(clock.now().timestamp()))


@dataclass
class Receiver:
    """A real HTTP server that keeps what it takes; ``status`` is what it answers."""

    status: int = 200
    bodies: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    refused: int = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        headers = {name.lower(): value for name, value in lines.items()}
        body = await reader.readexactly(int(headers["content-length"]))
        if self.status < 300:
            self.headers.append(headers)
            self.bodies.append(msgspec.json.decode(body))
        else:
            self.refused += 1
        writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def run_receiver(port: int = 0) -> AsyncIterator[Receiver]:
    """A receiver on this machine for the length of the block."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", port)
    async with server:
        port = server.sockets[0].getsockname()[1]
        receiver.url = f"http://127.0.0.1:{port}/services/T1/secret"
        yield receiver
