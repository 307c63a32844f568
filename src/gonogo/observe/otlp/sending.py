"""Sending batches to a collector: in order, again where that may help; when too many wait, the oldest are dropped."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

import structlog

from gonogo.kernel.clock import Clock
from gonogo.kernel.outgoing.guard import ADMINISTERED, Guard
from gonogo.observe.otlp.exporting import Batch

if TYPE_CHECKING:
    import aiohttp

MOST_BYTES = 16 * 1024 * 1024
"""Packed bytes that wait at most: days of a small Gonogo while its collector is away."""
PATIENCE_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
AGAIN = frozenset({408, 429, 502, 503, 504})
"""Answers after which the same may be sent again; every other refusal is final."""
log = structlog.get_logger()


class NotNow(Exception):
    """The collector did not take a batch, but may later; ``after_s`` when it says so."""

    def __init__(self, why: str, after_s: float | None = None) -> None:
        super().__init__(why)
        self.after_s = after_s


@dataclass(slots=True)
class Outbox:
    """Batches that wait, oldest first. Counts are of points."""

    sent: int = 0
    dropped: int = 0
    refused: int = 0
    problem: str = ""
    _waiting: deque[Batch] = field(default_factory=deque)
    _bytes: int = 0
    _filled: asyncio.Event = field(default_factory=asyncio.Event)

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, batch: Batch) -> None:
        """Let a batch wait; when there are too many bytes, the oldest go and are counted."""
        self._waiting.append(batch)
        self._bytes += len(batch.body)
        while self._bytes > MOST_BYTES and len(self._waiting) > 1:
            self.dropped += self._take().points
        self._filled.set()

    async def get(self) -> Batch:
        """The oldest batch, waiting for one. It may be dropped while it is being sent."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        return self._waiting[0]

    def remove(self, batch: Batch) -> None:
        """Take a batch out that is done with, unless it was dropped meanwhile."""
        if self._waiting and self._waiting[0] is batch:
            self._take()

    def _take(self) -> Batch:
        batch = self._waiting.popleft()
        self._bytes -= len(batch.body)
        return batch


@dataclass(slots=True)
class Sender:
    """Empties an outbox to ``address`` for as long as it runs."""

    address: str
    headers: Mapping[str, str]
    outbox: Outbox
    clock: Clock
    guard: Guard = ADMINISTERED

    async def send_all(self) -> None:
        """Send what waits, and what comes."""
        import aiohttp

        from gonogo.kernel.outgoing.connecting import make_connector

        patience = aiohttp.ClientTimeout(total=PATIENCE_S)
        async with aiohttp.ClientSession(timeout=patience, connector=make_connector(self.guard)) as session:
            pause = FIRST_PAUSE_S
            while True:
                batch = await self.outbox.get()
                try:
                    await self._send(session, batch)
                except NotNow as delay:
                    self._complain(str(delay))
                    await self.clock.sleep(delay.after_s or pause)
                    pause = min(2 * pause, LONGEST_PAUSE_S)
                else:
                    pause = FIRST_PAUSE_S
                    self.outbox.remove(batch)

    async def _send(self, session: aiohttp.ClientSession, batch: Batch) -> None:
        import aiohttp

        headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip", **self.headers}
        try:
            async with session.post(self.address, data=batch.body, headers=headers, allow_redirects=False) as answer:
                await answer.read()
                status, after = answer.status, answer.headers.get("Retry-After", "")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NotNow(str(error) or type(error).__name__) from error
        if status in AGAIN:
            raise NotNow(f"it answered {status}", min(float(after), LONGEST_PAUSE_S) if after.isdigit() else None)
        if 200 <= status < 300:
            self.outbox.sent += batch.points
            self.outbox.problem = ""
        else:
            self.outbox.refused += batch.points
            self._complain(f"it answered {status}")

    def _complain(self, problem: str) -> None:
        if problem != self.outbox.problem:
            log.warning("telemetry not taken", address=self.address, reason=problem, waiting=len(self.outbox))
        self.outbox.problem = problem


def read_headers(text: str) -> dict[str, str]:
    """Headers as OpenTelemetry writes them: ``name=value,name=value``, values percent-encoded."""
    pairs = (part.partition("=") for part in text.split(",") if part.strip())
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}


def make_address(endpoint: str) -> str:
    """Where metrics go below an endpoint."""
    base = endpoint.rstrip("/")
    return base if base.endswith("/v1/metrics") else f"{base}/v1/metrics"
