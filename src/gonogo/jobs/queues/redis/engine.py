"""Redis as an engine: the library ``gonogo`` of Redis Functions, and one-member sorted sets as bells.

redis-py's own retries are off: it would resend what may have been carried out, for longer than any request can wait.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar, cast

from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, OutOfMemoryError, ReadOnlyError, ResponseError
from redis.exceptions import ConnectionError as RedisGone
from redis.exceptions import TimeoutError as RedisSlow

from gonogo.jobs.queues.breaker import Breaker, explain_absence
from gonogo.jobs.queues.library.engine import EpochLost
from gonogo.kernel.clock import Clock

T = TypeVar("T")
NAMES = (
    *("bodies", "rows", "tales", "lines", "index", "ready", "ages", "waiting", "held", "deadlines", "ended", "dead"),
    *("unique", "lanes", "workers", "introductions", "batches", "counters", "notes", "pools", "paused", "version"),
    *("limits", "debts", "busy", "timers", "firings", "epoch", "unsettled"),
)
"""Keys of one queue, in the order in which the library knows them."""
GONE = (RedisGone, RedisSlow, BusyLoadingError, OutOfMemoryError, ReadOnlyError, OSError, TimeoutError)
REQUEST_S, PATIENT_S, ITEM_S = 0.18, 5.0, 0.0005
TRIES = 3
FILLING_MS = 15_000
CONNECTIONS, WAITING = 16, 512


class RedisEngine:
    """One Redis database. ``prefix`` is the hash tag under which all keys of one queue live.

    ``request_s`` is how long a step may take that somebody waits for.
    """

    def __init__(self, url: str, clock: Clock, prefix: str = "gonogo", request_s: float = REQUEST_S) -> None:
        self.request_s = request_s
        self._breaker = Breaker("Redis", clock)
        self._prefix = f"{{{prefix}}}:"
        self._keys = [self._prefix + name for name in NAMES]
        pool = BlockingConnectionPool.from_url(
            url, max_connections=CONNECTIONS, timeout=PATIENT_S, **_connecting(PATIENT_S + 1)
        )
        self._redis = Redis(connection_pool=pool)
        self._waiting = Redis(
            connection_pool=ConnectionPool.from_url(url, max_connections=WAITING, **_connecting(PATIENT_S + 1))
        )

    async def ask(
        self, step: str, question: bytes, *, rings: Collection[str] = (), patient: bool = False, items: int = 0
    ) -> bytes:
        """See ``Engine.ask``."""
        budget_s = (PATIENT_S if patient else self.request_s) + items * ITEM_S
        try:
            return await self._guard(lambda: self._call(step, question, rings), budget_s)
        except ResponseError as error:
            if "EPOCH" not in str(error):
                raise
            raise EpochLost from error

    async def ring(self, keys: Collection[str]) -> None:
        """See ``Engine.ring``. A ring that is lost costs its hearers one nap."""
        if not keys or self._breaker.is_open:
            return
        try:
            async with asyncio.timeout(REQUEST_S):
                await self._send_rings(keys)
        except GONE as error:
            self._breaker.fail(error)

    async def _run(self, *command: Any) -> Any:
        return await self._redis.execute_command(*command)  # type: ignore[no-untyped-call]

    async def _send_rings(self, keys: Collection[str]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in self._name_bells(keys):
                pipe.zadd(name, {"1": 0})
            await pipe.execute()

    @asynccontextmanager
    async def listen(self, keys: Collection[str]) -> AsyncIterator[RedisBell]:
        """See ``Engine.listen``. Bells ring until somebody hears, so there is nothing to prepare."""
        yield RedisBell(self._waiting, self._name_bells(keys), self._breaker)

    async def find_run(self) -> str:
        """Which run of the server this is: it changes with every restart."""
        told = await self._guard(lambda: self._run("INFO", "server"), PATIENT_S)
        return str(told["run_id"])

    async def find_mark(self) -> str:
        """The mark of the epoch that these keys belong to."""
        mark = await self._guard(lambda: self._run("GET", self._prefix + "epoch"), PATIENT_S)
        return (mark or b"").decode()

    async def set_mark(self, mark: str) -> None:
        """Begin the epoch."""
        await self._guard(lambda: self._run("SET", self._prefix + "epoch", mark), PATIENT_S)

    async def forget_all(self) -> None:
        """Remove every key of this queue; bells may ring on."""
        await self._guard(lambda: self._run("UNLINK", *self._keys), PATIENT_S)

    async def lock_filling(self) -> bool:
        """Whether it falls to this process to fill the queue."""
        name = self._prefix + "filling"
        return bool(await self._guard(lambda: self._run("SET", name, "1", "NX", "PX", FILLING_MS), PATIENT_S))

    async def unlock_filling(self) -> None:
        """Let others fill."""
        await self._guard(lambda: self._run("DEL", self._prefix + "filling"), PATIENT_S)

    async def load(self) -> None:
        """Put the library into Redis, or this version in place of another."""
        await self._run("FUNCTION", "LOAD", "REPLACE", read_library())

    async def close(self) -> None:
        """Let go of both connections."""
        await self._redis.aclose()
        await self._redis.connection_pool.disconnect()
        await self._waiting.aclose()
        await self._waiting.connection_pool.disconnect()

    async def _guard(self, act: Callable[[], Awaitable[T]], budget_s: float) -> T:
        self._breaker.check()
        try:
            async with asyncio.timeout(budget_s):
                answer = await _repeat(act)
        except GONE as error:
            self._breaker.fail(error)
            raise explain_absence("Redis") from error
        self._breaker.succeed()
        return answer

    async def _call(self, step: str, question: bytes, rings: Collection[str]) -> bytes:
        try:
            return await self._send(step, question, rings)
        except ResponseError as error:
            # Redis was restarted, or somebody flushed it.
            if "Function not found" not in str(error):
                raise
        await self.load()
        return await self._send(step, question, rings)

    async def _send(self, step: str, question: bytes, rings: Collection[str]) -> bytes:
        command = ("FCALL", f"gonogo_{step}", len(self._keys), *self._keys, question)
        if not rings:
            return cast(bytes, await self._run(*command))
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.execute_command(*command)
            for name in self._name_bells(rings):
                pipe.zadd(name, {"1": 0})
            return cast(bytes, (await pipe.execute())[0])

    def _name_bells(self, keys: Collection[str]) -> list[str]:
        return [f"{self._prefix}bell:{key}" for key in keys]


class RedisBell:
    """Hears whichever of its bells was rung first; each ring is heard by one."""

    def __init__(self, redis: Redis, bells: list[str], breaker: Breaker) -> None:
        self._redis, self._bells, self._breaker = redis, bells, breaker

    async def wait(self, seconds: float) -> None:
        if not self._bells or self._breaker.is_open:
            await asyncio.sleep(seconds)
            return
        try:
            # Zero would be for ever.
            await self._redis.execute_command("BZPOPMIN", *self._bells, max(round(seconds, 3), 0.001))  # type: ignore[no-untyped-call]
        except GONE as error:
            self._breaker.fail(error)
            raise explain_absence("Redis") from error


async def _repeat(act: Callable[[], Awaitable[T]]) -> T:
    """Ask again at once after a lost reply: steps are safe to repeat."""
    for tried in range(1, TRIES):
        try:
            return await act()
        except (RedisGone, BusyLoadingError):
            await asyncio.sleep(random.uniform(0, 0.01 * tried))
    return await act()


def _connecting(timeout_s: float) -> dict[str, Any]:
    return {
        "retry": Retry(NoBackoff(), 0),
        "socket_connect_timeout": 1.0,
        "socket_timeout": timeout_s,
        "socket_keepalive": True,
    }


@cache
def read_library() -> str:
    """The text of the library: its files, in order."""
    folder = files("gonogo.jobs.queues.redis") / "library"
    return "\n".join(file.read_text() for file in sorted(folder.iterdir(), key=lambda file: file.name))
