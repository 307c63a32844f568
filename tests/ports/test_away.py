"""Servers that are frozen, gone, or emptied, seen from one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from gonogo.jobs.errors import QueueUnavailable
from gonogo.jobs.queue import Queue
from gonogo.jobs.queues.ledger.queue import LedgeredQueue
from gonogo.jobs.queues.ledger.sqlite import SqliteLedger
from gonogo.jobs.queues.postgres import open_postgres
from gonogo.jobs.queues.redis import open_redis
from gonogo.jobs.queues.redis.engine import RedisEngine
from gonogo.jobs.schemas import JobFilter, Limit, Schedule
from gonogo.kernel.ids import new_id
from tests.fake_clock import FakeClock
from tests.ports.queue_conformance.acts import add, end, get, make_jobs, take, take_one
from tests.ports.queue_conformance.backends import open_database
from tests.servers import PostgresServer, RedisServer


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def ledgered(redis: RedisServer, clock: FakeClock) -> AsyncIterator[Queue]:
    """Redis over the kernel's database."""
    async with open_database(clock) as database:
        engine = RedisEngine(redis.url, clock, new_id(), request_s=10.0)
        queue = LedgeredQueue(engine, SqliteLedger(database, clock), clock)
        yield queue
        await queue.close()


@pytest.mark.parametrize("backend", ["redis", "postgres"])
async def test_a_frozen_server_is_given_up_and_found_again(
    backend: str, redis: RedisServer, postgres: PostgresServer, clock: FakeClock
) -> None:
    server: RedisServer | PostgresServer = redis if backend == "redis" else postgres
    opened = open_redis if backend == "redis" else open_postgres
    queue = opened(server.url, clock, "a" + new_id(), request_s=2.0)
    await queue.enqueue(make_jobs())
    server.freeze()
    try:
        for _ in range(3):
            with pytest.raises(QueueUnavailable):
                await queue.stats()
        with pytest.raises(QueueUnavailable) as refused:
            await queue.stats()
        assert refused.value.headers["Retry-After"]
    finally:
        server.thaw()
    clock.advance(5)
    assert (await queue.stats()).ready == 1
    await queue.close()


async def test_a_claim_that_a_crash_takes_back_is_stale(postgres: PostgresServer, clock: FakeClock) -> None:
    queue = open_postgres(postgres.url, clock, "a" + new_id(), request_s=10.0)
    await queue.enqueue(make_jobs(2))
    before = await take_one(queue)
    postgres.restart()
    after = {claim.id: claim for claim in await take(queue, 2, worker="w2")}
    assert all(claim.fence > before.fence + 1 for claim in after.values())
    assert await end(queue, before) == ("stale" if before.id in after else "ok")
    assert [await end(queue, claim, worker="w2") for claim in after.values()] == ["ok"] * len(after)
    await queue.close()


async def test_the_library_is_loaded_again(redis: RedisServer, clock: FakeClock) -> None:
    queue = open_redis(redis.url, clock, new_id(), request_s=10.0)
    await add(queue)
    redis.ask("FUNCTION", "FLUSH")
    await add(queue)
    assert len(await take(queue, 5)) == 2
    await queue.close()


async def test_a_flush_loses_nothing_that_the_ledger_has(ledgered: Queue, redis: RedisServer, clock: FakeClock) -> None:
    done, failed, running, ready = [await add(ledgered, backoff=(60.0,), keep_s=600.0) for _ in range(4)]
    await end(ledgered, await take_one(ledgered), value="kept", lines=("a line",))
    await end(ledgered, await take_one(ledgered), "failed", error="not yet")
    late = await take_one(ledgered)
    await ledgered.pause("mail")
    await ledgered.set_limit(Limit(key="k", concurrency=1))
    await ledgered.put_schedule(Schedule(name="s", cron="* * * * *", job=make_jobs()[0]))
    redis.ask("FLUSHALL")
    assert {claim.id for claim in await take(ledgered, 9)} == {running, ready}
    assert await end(ledgered, late) == "stale"
    assert ((await get(ledgered, done)).value, await ledgered.read_log(done)) == ("kept", ("a line",))
    waiting = await get(ledgered, failed)
    assert (waiting.state, waiting.attempt, waiting.error) == ("failed", 1, "not yet")
    assert (await ledgered.stats()).paused == ("mail",)
    assert [limit.key for limit in await ledgered.limits()] == ["k"]
    clock.advance(60)
    assert (await ledgered.sweep()).fired == 1


async def test_a_redis_set_back_in_time_is_filled_anew(ledgered: Queue, redis: RedisServer) -> None:
    done, later = await add(ledgered), await add(ledgered)
    await ledgered.sweep()
    redis.ask("SAVE")
    await end(ledgered, await take_one(ledgered))
    redis.restart()
    await ledgered.sweep()
    assert [claim.id for claim in await take(ledgered, 9)] == [later]
    assert (await get(ledgered, done)).state == "done"


async def test_without_redis_jobs_are_accepted_and_read(ledgered: Queue, redis: RedisServer, clock: FakeClock) -> None:
    await ledgered.sweep()
    redis.kill()
    try:
        accepted = await add(ledgered)
        assert (await get(ledgered, accepted)).state == "ready"
        assert [view.id for view in await ledgered.list(JobFilter())] == [accepted]
        with pytest.raises(QueueUnavailable):
            await ledgered.cancel([accepted])
        with pytest.raises(QueueUnavailable):
            await take(ledgered)
    finally:
        redis.start()
    clock.advance(5)
    await ledgered.sweep()
    assert (await take_one(ledgered)).id == accepted
