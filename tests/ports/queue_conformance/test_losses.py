"""What is lost on the way: replies, workers, and time."""

from __future__ import annotations

import asyncio

import pytest

from gonogo.jobs.queue import Queue
from gonogo.jobs.rules import LEASE_S
from gonogo.jobs.schemas import Progress, Result, Worker
from tests.fake_clock import FakeClock
from tests.ports.queue_conformance.acts import NOOP, add, end, get, make_jobs, take, take_one


async def test_a_nonce_is_answered_the_same_twice(queue: Queue) -> None:
    await queue.enqueue(make_jobs(5))
    first = await take(queue, 2, nonce="n-1")
    assert await take(queue, 2, nonce="n-1") == first
    assert {claim.id for claim in await take(queue, 5, nonce="n-2")}.isdisjoint(claim.id for claim in first)


async def test_a_repeated_nonce_gives_only_what_is_still_held(queue: Queue) -> None:
    await queue.enqueue(make_jobs(2))
    done, held = await take(queue, 2, nonce="n-1")
    await end(queue, done)
    assert await take(queue, 2, nonce="n-1") == (held,)


async def test_the_nonce_of_a_finish_counts_too(queue: Queue) -> None:
    await queue.enqueue(make_jobs(3))
    claim = await take_one(queue)
    results = [Result(id=claim.id, fence=claim.fence)]
    first = await queue.finish("w1", results, 1, NOOP, "n-2")
    assert await queue.finish("w1", results, 1, NOOP, "n-2") == first


async def test_two_workers_never_hold_the_same_job(queue: Queue) -> None:
    await queue.enqueue(make_jobs(40))
    batches = await asyncio.gather(*(take(queue, 5, worker=f"w{n}") for n in range(10)))
    ids = [claim.id for batch in batches for claim in batch]
    assert len(ids) == len(set(ids)) == 40


async def test_a_dead_workers_jobs_are_back_within_a_lease(queue: Queue, clock: FakeClock) -> None:
    job_id = await add(queue)
    late = await take_one(queue)
    clock.advance(LEASE_S - 0.001)
    assert (await queue.sweep()).recovered == 0
    clock.advance(0.001)
    assert (await queue.sweep()).recovered == 1
    claim = await take_one(queue, "w2")
    assert (claim.id, claim.attempt) == (job_id, 2)
    assert await end(queue, late, value="late") == "stale"
    assert await end(queue, claim, worker="w2", value="right") == "ok"
    assert (await get(queue, job_id)).value == "right"


async def test_a_late_finish_is_stale_before_anybody_else_has_the_job(queue: Queue, clock: FakeClock) -> None:
    job_id = await add(queue)
    late = await take_one(queue)
    clock.advance(LEASE_S)
    await queue.sweep()
    assert await end(queue, late) == "stale"
    assert (await get(queue, job_id)).state == "ready"


async def test_a_beat_keeps_the_lease(queue: Queue, clock: FakeClock) -> None:
    claim_id = await add(queue)
    claim = await take_one(queue)
    for _ in range(4):
        clock.advance(LEASE_S - 1)
        await queue.beat("w1", [Progress(id=claim_id, fence=claim.fence)])
        assert (await queue.sweep()).recovered == 0
    assert await end(queue, claim) == "ok"


async def test_a_job_that_kills_its_workers_is_dead_in_the_end(queue: Queue, clock: FakeClock) -> None:
    job_id = await add(queue, max_attempts=2)
    for _ in range(2):
        await take_one(queue)
        clock.advance(LEASE_S)
        await queue.sweep()
    view = await get(queue, job_id)
    assert view.state == "dead"
    assert "w1 was not heard of" in view.error


async def test_a_worker_that_lost_its_jobs_hears_of_it(queue: Queue, clock: FakeClock) -> None:
    job_id = await add(queue)
    claim = await take_one(queue)
    clock.advance(LEASE_S)
    await queue.sweep()
    answer = await queue.beat("w1", [Progress(id=job_id, fence=claim.fence, fraction=0.5)])
    assert (answer.lost, answer.cancelled) == ((job_id,), ())
    assert (await get(queue, job_id)).fraction is None


async def test_a_claim_whose_reply_was_lost_goes_back(queue: Queue, clock: FakeClock) -> None:
    job_id = await add(queue)
    await take_one(queue)
    clock.advance(LEASE_S - 1)
    await queue.beat("w1", [])
    assert (await get(queue, job_id)).state == "running"
    clock.advance(1)
    await queue.beat("w1", [])
    assert (await get(queue, job_id)).state == "ready"


async def test_a_cancelled_jobs_worker_hears_of_it(queue: Queue) -> None:
    job_id, spare = await add(queue), await add(queue)
    claim = await take_one(queue)
    assert await queue.cancel([job_id, spare, "unknown"], "not wanted") == (job_id, spare)
    assert (await queue.beat("w1", [Progress(id=job_id, fence=claim.fence)])).cancelled == (job_id,)
    assert await end(queue, claim) == "stale"
    view = await get(queue, job_id)
    assert (view.state, view.error) == ("cancelled", "not wanted")
    assert await queue.cancel([job_id]) == ()


async def test_an_attempt_that_outlives_its_time_is_ended(queue: Queue, clock: FakeClock) -> None:
    job_id = await add(queue, timeout_s=30, backoff=(1.0,))
    claim = await take_one(queue)
    for _ in range(4):
        clock.advance(11)
        await queue.beat("w1", [Progress(id=job_id, fence=claim.fence)])
    assert (await queue.sweep()).timed_out == 0
    clock.advance(1)
    await queue.beat("w1", [Progress(id=job_id, fence=claim.fence)])
    assert (await queue.sweep()).timed_out == 1
    view = await get(queue, job_id)
    assert (view.state, view.error) == ("failed", "It ran for longer than 30 s.")
    assert await end(queue, claim) == "stale"


async def test_a_worker_that_leaves_gives_its_jobs_back(queue: Queue) -> None:
    await add(queue, max_attempts=1)
    claim = await take_one(queue)
    await queue.leave("w1")
    assert await queue.workers() == ()
    assert (await take_one(queue, "w2")).attempt == 1
    assert await end(queue, claim) == "stale"


@pytest.mark.parametrize("outcome", ["failed", "dead", "done"])
async def test_a_finish_said_twice_is_recorded_once(queue: Queue, outcome: str) -> None:
    await add(queue)
    claim = await take_one(queue)
    assert [await end(queue, claim, outcome), await end(queue, claim, outcome)] == ["ok", "ok"]
    stats = await queue.stats()
    assert stats.done_total + stats.failed_total == 1


async def test_one_batch_that_names_a_job_twice_records_it_once(queue: Queue) -> None:
    await add(queue)
    claim = await take_one(queue)
    result = Result(id=claim.id, fence=claim.fence)
    assert (await queue.finish("w1", [result, result])).verdicts == ("ok", "ok")
    assert (await queue.stats()).done_total == 1


async def test_failures_are_noted_until_acknowledged(queue: Queue) -> None:
    job_id = await add(queue, max_attempts=2, backoff=(0.0,))
    for error in ("first", "second"):
        await end(queue, await take_one(queue), "failed", error=error)
    notes = (await queue.sweep()).notes
    told = [(note.id, note.type, note.what, note.attempt, note.error) for note in notes]
    assert told == [(job_id, "noop", "failed", 1, "first"), (job_id, "noop", "dead", 2, "second")]
    assert (await queue.sweep(acknowledged=notes[0].seq)).notes == notes[1:]
    assert (await queue.sweep(acknowledged=notes[1].seq)).notes == ()


async def test_workers_are_known_by_what_they_said(queue: Queue, clock: FakeClock) -> None:
    worker = Worker(id="w1", name="painter", host="hall", pid=7, concurrency=3, capabilities=NOOP)
    await queue.register(worker)
    await add(queue)
    await take_one(queue)
    (view,) = await queue.workers()
    assert (view.worker, view.seen_at, view.alive, view.running) == (worker, clock.now(), True, 1)
    clock.advance(LEASE_S)
    assert not (await queue.workers())[0].alive
    clock.advance(3600)
    await queue.sweep()
    assert await queue.workers() == ()
