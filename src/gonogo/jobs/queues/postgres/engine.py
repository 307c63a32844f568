"""Postgres as an engine: one function a step, one transaction a question."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Collection, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from psycopg import AsyncConnection, InterfaceError, OperationalError, errors
from psycopg_pool import AsyncConnectionPool

from gonogo.jobs.queues.breaker import Breaker, explain_absence
from gonogo.jobs.queues.library.engine import Bell
from gonogo.jobs.queues.library.records import encode
from gonogo.jobs.queues.postgres.bells import Bells
from gonogo.jobs.queues.postgres.migrate import migrate_schema
from gonogo.kernel.clock import Clock

T = TypeVar("T")
# A commit on a busy disk takes a while; a server that is gone refuses at once.
REQUEST_S, PATIENT_S, ITEM_S = 2.0, 5.0, 0.001
TRIES = 3
CONNECTIONS = 8
# Plans that do not change with the weather: the hot table is now empty, now full.
PLANNING = "-c jit=off -c enable_seqscan=off -c plan_cache_mode=force_generic_plan"
GONE = (OperationalError, InterfaceError, OSError, TimeoutError)
MISSING = (errors.UndefinedFunction, errors.UndefinedTable, errors.InvalidSchemaName)
# The pool reports every attempt; the breaker tells of the changes.
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


class PostgresEngine:
    """One schema of one database. ``request_s`` is how long a step may take that somebody waits for."""

    def __init__(self, url: str, clock: Clock, schema: str = "gonogo", request_s: float = REQUEST_S) -> None:
        self._url, self._schema, self._request_s = url, schema, request_s
        self._breaker = Breaker("Postgres", clock)
        self._options = f"-c search_path={schema} {PLANNING}"
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] | None = None
        self._bells = Bells(self._connect, schema)
        self._abandoned: set[asyncio.Task[Any]] = set()
        self._opening = asyncio.Lock()

    async def ask(
        self, step: str, question: bytes, *, rings: Collection[str] = (), patient: bool = False, items: int = 0
    ) -> str:
        """See ``Engine.ask``. A step rings by itself, when its transaction is committed."""
        del rings
        budget_s = (PATIENT_S if patient else self._request_s) + items * ITEM_S
        self._breaker.check()
        try:
            answer = await self._await(_repeat(lambda: self._call(step, question.decode())), budget_s)
        except GONE as error:
            self._breaker.fail(error)
            raise explain_absence("Postgres") from error
        self._breaker.succeed()
        return answer

    async def ring(self, keys: Collection[str]) -> None:
        """See ``Engine.ring``."""
        if keys:
            await self.ask("ring", encode({"keys": sorted(keys)}))

    def listen(self, keys: Collection[str]) -> AbstractAsyncContextManager[Bell]:
        """See ``Engine.listen``."""
        return self._bells.listen(keys)

    async def close(self) -> None:
        """See ``Engine.close``."""
        await self._bells.close()
        for task in self._abandoned:
            task.cancel()
        if self._pool is not None:
            await self._pool.close()

    async def _await(self, work: Coroutine[Any, Any, T], budget_s: float) -> T:
        # A cancelled psycopg waits for the server to say so, which a dead one never does: leave it behind.
        task = asyncio.create_task(work)
        done, _ = await asyncio.wait({task}, timeout=budget_s)
        if done:
            return task.result()
        self._abandoned.add(task)
        task.add_done_callback(self._abandoned.discard)
        task.cancel()
        raise TimeoutError(f"no answer within {budget_s:g} s")

    async def _call(self, step: str, question: str) -> str:
        try:
            return await self._select(step, question)
        except MISSING:
            # Somebody made the database anew.
            await self._migrate()
            return await self._select(step, question)

    async def _select(self, step: str, question: str) -> str:
        pool = await self._open()
        try:
            async with pool.connection() as connection:
                cursor = await connection.execute(f"SELECT step_{step}(%s::jsonb)".encode(), (question,))
                (answer,) = await cursor.fetchone() or ("null",)
                return str(answer)
        except OperationalError:
            # After a restart of the server all other connections are broken too.
            await pool.check()
            raise

    async def _open(self) -> AsyncConnectionPool[AsyncConnection[Any]]:
        async with self._opening:
            if self._pool is None:
                await self._migrate()
                pool = AsyncConnectionPool(
                    self._url,
                    kwargs={"autocommit": True, "options": self._options, "connect_timeout": 3, "prepare_threshold": 1},
                    min_size=0,
                    max_size=CONNECTIONS,
                    timeout=PATIENT_S,
                    reconnect_timeout=1.0,
                    open=False,
                )
                await pool.open()
                self._pool = pool
            return self._pool

    async def _migrate(self) -> None:
        async with await self._connect() as connection:
            await migrate_schema(connection, self._schema)

    async def _connect(self) -> AsyncConnection[Any]:
        return await AsyncConnection.connect(self._url, autocommit=True, options=self._options, connect_timeout=3)


async def _repeat(act: Callable[[], Awaitable[T]]) -> T:
    """Ask again after a lost reply or a deadlock: steps are safe to repeat."""
    for tried in range(1, TRIES):
        try:
            return await act()
        except OperationalError:
            await asyncio.sleep(random.uniform(0, 0.01 * tried))
    return await act()
