"""Pauses, limits, lanes, schedules, and the numbers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gonogo.jobs.errors import BadCron
from gonogo.jobs.queue import Queue
from gonogo.jobs.schemas import Job, JobFilter, Limit, Schedule, TypeStats
from tests.fake_clock import FakeClock
from tests.ports.queue_conformance.acts import NOOP, add, end, get, make_jobs, take, take_one

BOTH = ("type=noop", "type=mail")


async def test_a_paused_type_is_not_handed_out(queue: Queue) -> None:
    mail = await add(queue, type="mail")
    noop = await add(queue)
    await queue.pause("mail")
    await queue.pause("mail")
    assert [claim.id for claim in await take(queue, 5, capabilities=BOTH)] == [noop]
    assert (await queue.stats()).paused == ("mail",)
    await queue.resume("mail")
    assert [claim.id for claim in await take(queue, 5, capabilities=BOTH)] == [mail]


async def test_a_paused_queue_takes_in_and_hands_out_nothing(queue: Queue) -> None:
    await queue.pause()
    await add(queue)
    assert await take(queue, 5) == ()
    await queue.resume()
    assert len(await take(queue, 5)) == 1


async def test_concurrency_is_limited_by_key(queue: Queue) -> None:
    await queue.set_limit(Limit(key="api", concurrency=2))
    await queue.enqueue([*make_jobs(4, limit_key="api"), *make_jobs(1, type="mail", limit_key="api")])
    free = await add(queue)
    first = await take(queue, 9, capabilities=BOTH)
    assert len(first) == 3
    assert free in {claim.id for claim in first}
    await end(queue, next(claim for claim in first if claim.id != free))
    assert len(await take(queue, 9, capabilities=BOTH)) == 1
    await queue.set_limit(Limit(key="api"))
    assert await queue.limits() == ()
    assert len(await take(queue, 9, capabilities=BOTH)) == 2


async def test_starts_are_limited_by_rate(queue: Queue, clock: FakeClock) -> None:
    await queue.set_limit(Limit(key="api", rate=2, burst=3))
    assert await queue.limits() == (Limit(key="api", rate=2, burst=3),)
    await queue.enqueue(make_jobs(10, limit_key="api"))
    assert [len(await take(queue, 9)), len(await take(queue, 9))] == [3, 0]
    clock.advance(0.5)
    assert len(await take(queue, 9)) == 1
    clock.advance(60)
    assert len(await take(queue, 9)) == 3


async def test_a_lane_is_done_one_at_a_time_in_order(queue: Queue, clock: FakeClock) -> None:
    ids = [await add(queue, lane="host-1", backoff=(5.0,), priority=priority) for priority in (0, 9, 0)]
    other = await add(queue, lane="host-2")
    first = await take(queue, 9)
    assert {claim.id for claim in first} == {ids[0], other}
    await end(queue, next(claim for claim in first if claim.id == ids[0]), "failed")
    assert await take(queue, 9) == ()
    clock.advance(5)
    for job_id in ids:
        (claim,) = await take(queue, 9)
        assert claim.id == job_id
        await end(queue, claim)


async def test_a_lane_goes_on_when_its_head_is_dead_or_cancelled(queue: Queue) -> None:
    dead, cancelled, last = [await add(queue, lane="host") for _ in range(3)]
    await end(queue, await take_one(queue), "dead")
    await queue.cancel([cancelled])
    claim = await take_one(queue)
    assert claim.id == last
    await queue.retry([dead, cancelled])
    assert await take(queue, 9) == ()
    await end(queue, claim)
    assert (await take_one(queue)).id == dead


async def test_a_schedule_fires_once_a_moment(queue: Queue, clock: FakeClock) -> None:
    schedule = Schedule(name="tidy", cron="*/10 * * * *", job=Job(type="noop", payload={"deep": True}))
    view = await queue.put_schedule(schedule)
    assert view.next_at == clock.now() + timedelta(minutes=10)
    clock.advance(600)
    assert [(await queue.sweep()).fired, (await queue.sweep()).fired] == [1, 0]
    claim = await take_one(queue)
    assert claim.payload == {"deep": True}
    (view,) = await queue.schedules()
    assert (view.last_at, view.last_job) == (clock.now(), claim.id)
    clock.advance(3 * 600 + 60)
    assert (await queue.sweep()).fired == 1
    at = [firing.at for firing in await queue.firings("tidy")]
    assert at == [clock.now() - timedelta(minutes=1), clock.now() - timedelta(minutes=31)]


async def test_a_schedule_changed_keeps_its_missed_moment_unless_its_cron_changes(
    queue: Queue, clock: FakeClock
) -> None:
    schedule = Schedule(name="tidy", cron="0 * * * *", job=Job(type="noop"))
    planned = (await queue.put_schedule(schedule)).next_at
    clock.advance(7200)
    assert (await queue.put_schedule(schedule)).next_at == planned
    moved = await queue.put_schedule(Schedule(name="tidy", cron="30 * * * *", job=Job(type="noop")))
    assert moved.next_at == clock.now() + timedelta(minutes=30)
    off = Schedule(name="tidy", cron="30 * * * *", job=Job(type="noop"), enabled=False)
    assert (await queue.put_schedule(off)).next_at is None
    clock.advance(7200)
    assert (await queue.sweep()).fired == 0
    assert [await queue.drop_schedule("tidy"), await queue.drop_schedule("tidy")] == [True, False]
    assert await queue.schedules() == ()


async def test_a_schedule_that_is_no_cron_is_refused(queue: Queue) -> None:
    with pytest.raises(BadCron, match="five fields"):
        await queue.put_schedule(Schedule(name="bad", cron="every day", job=Job(type="noop")))


async def test_the_numbers_add_up(queue: Queue, clock: FakeClock) -> None:
    await queue.enqueue([*make_jobs(4), *make_jobs(2, type="mail", due=clock.now() + timedelta(hours=1))])
    done, failed, held = await take(queue, 3)
    await end(queue, done)
    await end(queue, failed, "dead")
    await queue.cancel([(await queue.list(JobFilter(type="mail")))[0].id])
    clock.advance(3)
    stats = await queue.stats()
    assert (stats.ready, stats.running, stats.waiting, stats.dead, stats.oldest_ready_s) == (1, 1, 1, 1, 3.0)
    assert (stats.enqueued_total, stats.done_total, stats.failed_total, stats.dead_total) == (6, 1, 1, 1)
    assert (stats.cancelled_total, stats.recovered_total, stats.workers) == (1, 0, 1)
    assert stats.types == (
        TypeStats(type="mail", waiting=1),
        TypeStats(type="noop", ready=1, running=1, dead=1),
    )
    assert (await get(queue, held.id)).worker == "w1"


async def test_a_waiting_claim_is_woken_by_work(queue: Queue) -> None:
    waiting = asyncio.create_task(queue.claim("w1", NOOP, 1, "n-1", wait_s=30))
    await asyncio.sleep(0)
    job_id = await add(queue)
    assert [claim.id for claim in await asyncio.wait_for(waiting, 10)] == [job_id]
