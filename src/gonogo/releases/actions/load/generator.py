"""The load itself, in a process of its own, so that neither measures the other.

``python -m gonogo.releases.actions.load.generator`` reads an ``Order`` as a line of JSON from standard input and writes
a line a second, and one with all figures at the end. It ends early when its input is closed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Coroutine
from typing import Any

import aiohttp
import msgspec

from gonogo.kernel.outgoing.connecting import make_connector
from gonogo.kernel.outgoing.guard import ADMINISTERED
from gonogo.releases.actions.load.figures import Figures, Order, Second, Told, pick_percentile


class Generator:
    """Sends one order's requests."""

    def __init__(self, order: Order, session: aiohttp.ClientSession) -> None:
        self._order, self._session = order, session
        self._loop = asyncio.get_running_loop()
        self._times: list[float] = []
        self._recent: list[float] = []
        self._failures: Counter[str] = Counter()
        self._recent_failed = 0
        self._dropped = 0
        self._sent = 0

    async def run(self, ending: asyncio.Event) -> Figures:
        """Everything, from the first request to the last answer. After ``ending`` no further request is planned."""
        order, began = self._order, self._loop.time()
        queue: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue(maxsize=order.concurrency)
        workers = [asyncio.create_task(self._work(queue)) for _ in range(order.concurrency)]
        telling = asyncio.create_task(self._tell_seconds())
        try:
            await run_until(self._plan(queue, began), ending)
            for _ in workers:
                await queue.put(None)
            await asyncio.gather(*workers)
        finally:
            telling.cancel()
        if self._recent_failed:
            self._tell_second()
        return self._sum_up(self._loop.time() - began)

    async def _plan(self, queue: asyncio.Queue[tuple[float, str] | None], began: float) -> None:
        order = self._order
        for number in range(int(order.rate * order.duration_s)):
            due = began + number / order.rate
            wait = due - self._loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            url = order.urls[number % len(order.urls)]
            if -wait > order.timeout_s:
                self._dropped += 1
                continue
            await queue.put((due, url))

    async def _work(self, queue: asyncio.Queue[tuple[float, str] | None]) -> None:
        while (planned := await queue.get()) is not None:
            due, url = planned
            failure = await self._send(url)
            took = (self._loop.time() - due) * 1000
            self._sent += 1
            if failure is not None:
                self._failures[failure] += 1
                self._recent_failed += 1
            else:
                self._times.append(took)
                self._recent.append(took)

    async def _send(self, url: str) -> str | None:
        order = self._order
        try:
            async with self._session.request(order.method, url, data=order.body, headers=order.headers) as answer:
                await answer.read()
                return f"HTTP {answer.status}" if answer.status >= 500 else None
        except TimeoutError:
            return f"no answer within {order.timeout_s:g} s"
        except aiohttp.ClientError as error:
            return type(error).__name__

    async def _tell_seconds(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self._tell_second()

    def _tell_second(self) -> None:
        times, self._recent = sorted(self._recent), []
        failed, self._recent_failed = self._recent_failed, 0
        tell(Second(answered=len(times) + failed, failed=failed, p95=pick_percentile(times, 0.95)))

    def _sum_up(self, seconds: float) -> Figures:
        times = sorted(self._times)
        return Figures(
            sent=self._sent,
            failed=sum(self._failures.values()),
            dropped=self._dropped,
            seconds=round(seconds, 3),
            p50=pick_percentile(times, 0.50),
            p95=pick_percentile(times, 0.95),
            p99=pick_percentile(times, 0.99),
            failures=dict(self._failures.most_common(10)),
        )


def tell(told: Told) -> None:
    """One line for whoever ordered the load."""
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


async def run_until(work: Coroutine[Any, Any, None], ending: asyncio.Event) -> None:
    """Run ``work`` to its end, or until ``ending``."""
    tasks = [asyncio.create_task(work), asyncio.create_task(ending.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def watch_input() -> asyncio.Event:
    """Set once standard input is closed: by who ordered the load, or by the end of that process."""
    ending, loop = asyncio.Event(), asyncio.get_running_loop()
    descriptor = sys.stdin.fileno()

    def look() -> None:
        if not os.read(descriptor, 1024):
            loop.remove_reader(descriptor)
            ending.set()

    loop.add_reader(descriptor, look)
    return ending


async def make_load(order: Order) -> None:
    """Make the load and tell of it."""
    connector = make_connector(ADMINISTERED, limit=order.concurrency)
    timeout = aiohttp.ClientTimeout(total=order.timeout_s)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session:
        tell(await Generator(order, session).run(watch_input()))


if __name__ == "__main__":
    asyncio.run(make_load(msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)))
