"""A job's life, one state after the other."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from gonogo.jobs.queue import Queue
from gonogo.jobs.schemas import Accepted, Job, JobFilter, Progress, Result
from tests.fake_clock import FakeClock
from tests.ports.queue_conformance.acts import NOOP, add, end, get, make_jobs, take, take_one


async def test_a_job_is_taken_in_done_and_read(queue: Queue, clock: FakeClock) -> None:
    job_id = await add(queue, payload={"n": [1, "two", None]}, labels={"team": "web"}, parent="p-1")
    assert (await get(queue, job_id)).state == "ready"
    claim = await take_one(queue)
    assert (claim.id, claim.payload, claim.attempt, claim.fence) == (job_id, {"n": [1, "two", None]}, 1, 1)
    clock.advance(2)
    assert await end(queue, claim, value={"sum": 3}) == "ok"
    view = await get(queue, job_id)
    assert (view.state, view.value, view.labels, view.parent) == ("done", {"sum": 3}, {"team": "web"}, "p-1")
    assert view.started_at is not None
    assert view.ended_at == view.started_at + timedelta(seconds=2)


async def test_jobs_come_in_the_order_in_which_they_were_made(queue: Queue) -> None:
    jobs = make_jobs(5)
    await queue.enqueue(jobs)
    claims = [*await take(queue, 2), *await take(queue, 9)]
    assert [claim.id for claim in claims] == [job.id for job in jobs]


async def test_a_job_waits_for_its_time(queue: Queue, clock: FakeClock) -> None:
    job_id = await add(queue, due=clock.now() + timedelta(seconds=10))
    assert (await get(queue, job_id)).state == "scheduled"
    assert await take(queue) == ()
    clock.advance(10)
    assert (await take_one(queue)).id == job_id


async def test_a_time_that_has_passed_means_now(queue: Queue, clock: FakeClock) -> None:
    first = await add(queue)
    await add(queue, due=clock.now() - timedelta(days=1))
    assert (await take_one(queue)).id == first
    assert (await queue.stats()).oldest_ready_s == 0


async def test_priority_goes_first_but_never_for_ever(queue: Queue, clock: FakeClock) -> None:
    plain = await add(queue)
    urgent = await add(queue, priority=2)
    assert (await take_one(queue)).id == urgent
    clock.advance(61)
    await add(queue, priority=2)
    assert (await take_one(queue)).id == plain


async def test_workers_get_what_they_can_do(queue: Queue) -> None:
    await add(queue, type="render")
    big = await add(queue, needs=("gpu", "model=large"))
    assert await take(queue, 5, capabilities=("type=noop", "gpu")) == ()
    assert [claim.id for claim in await take(queue, 5, capabilities=("gpu", "model=large", "type=noop"))] == [big]


async def test_a_failed_attempt_is_made_again_after_the_back_off(queue: Queue, clock: FakeClock) -> None:
    job_id = await add(queue, max_attempts=3, backoff=(5.0, 20.0))
    for attempt, pause in ((1, 5), (2, 20)):
        claim = await take_one(queue)
        assert claim.attempt == attempt
        await end(queue, claim, "failed", error=f"no {attempt}")
        view = await get(queue, job_id)
        assert (view.state, view.error, view.due) == ("failed", f"no {attempt}", clock.now() + timedelta(seconds=pause))
        clock.advance(pause - 0.5)
        assert await take(queue) == ()
        clock.advance(0.5)
    await end(queue, await take_one(queue), "failed", error="no more")
    assert (await get(queue, job_id)).state == "dead"


async def test_a_worker_may_say_when_to_try_again(queue: Queue, clock: FakeClock) -> None:
    job_id = await add(queue)
    await end(queue, await take_one(queue), "failed", retry_after=90)
    assert (await get(queue, job_id)).due == clock.now() + timedelta(seconds=90)


@pytest.mark.parametrize(("asked", "due_s"), [(1e30, 31_536_000), (float("inf"), 31_536_000), (-5.0, 1), (math.nan, 1)])
async def test_an_absurd_pause_is_cut_or_planned(queue: Queue, clock: FakeClock, asked: float, due_s: int) -> None:
    job_id = await add(queue)
    await end(queue, await take_one(queue), "failed", retry_after=asked)
    assert (await get(queue, job_id)).due == clock.now() + timedelta(seconds=due_s)


async def test_any_text_is_kept(queue: Queue) -> None:
    odd = "nul \0, quote ' \" \\, emoji \U0001f600, end"
    job_id = await add(queue, payload={odd: odd}, labels={"odd": odd}, max_attempts=1)
    claim = await take_one(queue)
    assert claim.payload == {odd: odd}
    await queue.beat("w1", [Progress(id=job_id, fence=claim.fence, message=odd, lines=(odd,))])
    assert await end(queue, claim, "failed", error=odd, lines=(odd,)) == "ok"
    view = await get(queue, job_id)
    assert (view.labels, view.message, view.error) == ({"odd": odd}, odd, odd)
    assert await queue.read_log(job_id) == (odd, odd)


async def test_a_hopeless_job_is_dead_at_once_and_can_be_replayed(queue: Queue) -> None:
    job_id = await add(queue, max_attempts=9)
    await end(queue, await take_one(queue), "dead", error="no such host")
    assert [view.id for view in await queue.list(JobFilter(state="dead"))] == [job_id]
    assert await queue.retry([job_id, "unknown"]) == (job_id,)
    claim = await take_one(queue)
    assert (claim.id, claim.attempt) == (job_id, 1)
    assert await end(queue, claim) == "ok"
    assert await queue.retry([job_id]) == ()


async def test_a_released_job_has_lost_no_attempt(queue: Queue) -> None:
    await add(queue, max_attempts=1)
    await end(queue, await take_one(queue), "released")
    claim = await take_one(queue)
    assert (claim.attempt, claim.fence) == (1, 2)


async def test_a_waiting_job_can_be_hurried(queue: Queue, clock: FakeClock) -> None:
    job_id = await add(queue, due=clock.now() + timedelta(days=1))
    assert await queue.retry([job_id]) == (job_id,)
    assert (await take_one(queue)).id == job_id


async def test_a_done_job_is_forgotten_in_time(queue: Queue, clock: FakeClock) -> None:
    brief, long = await add(queue, keep_s=0), await add(queue, keep_s=60)
    for claim in await take(queue, 2):
        await end(queue, claim)
    assert await queue.find(brief) is None
    clock.advance(59)
    assert (await queue.sweep()).forgotten == 0
    clock.advance(1)
    assert (await queue.sweep()).forgotten == 1
    assert await queue.find(long) is None


async def test_progress_and_log_are_kept(queue: Queue) -> None:
    job_id = await add(queue)
    claim = await take_one(queue)
    here = Progress(id=job_id, fence=claim.fence, fraction=0.25, message="halfway there", lines=("one", "two"))
    await queue.beat("w1", [here])
    await queue.beat("w1", [Progress(id=job_id, fence=claim.fence, lines=("three",))])
    view = await get(queue, job_id)
    assert (view.fraction, view.message) == (0.25, "halfway there")
    await queue.finish("w1", [Result(id=job_id, fence=claim.fence, lines=("four",))])
    assert await queue.read_log(job_id) == ("one", "two", "three", "four")


async def test_lists_page_from_the_newest(queue: Queue) -> None:
    jobs = [*make_jobs(3), *make_jobs(2, type="other", parent="p")]
    await queue.enqueue(jobs)
    first = await queue.list(JobFilter(limit=2))
    rest = await queue.list(JobFilter(before=first[-1].id))
    assert [view.id for view in (*first, *rest)] == [job.id for job in reversed(jobs)]
    assert len(await queue.list(JobFilter(type="other", parent="p", state="ready"))) == 2
    assert await queue.list(JobFilter(type="other", state="done")) == ()


async def test_a_unique_key_is_taken_once_while_its_job_lives(queue: Queue) -> None:
    first = await add(queue, unique_key="daily")
    again = make_jobs(2, unique_key="daily")
    assert await queue.enqueue(again) == (Accepted(first, created=False), Accepted(first, created=False))
    await end(queue, await take_one(queue))
    twins = make_jobs(2, unique_key="daily")
    assert await queue.enqueue(twins) == (Accepted(twins[0].id), Accepted(twins[0].id, created=False))


async def test_a_job_sent_again_is_taken_in_once(queue: Queue) -> None:
    job = Job(type="noop")
    assert await queue.enqueue([job]) == (Accepted(job.id),)
    assert await queue.enqueue([job, *make_jobs(1)]) != (Accepted(job.id), Accepted(job.id))
    assert len(await take(queue, 9)) == 2


async def test_a_dead_job_is_not_replayed_beside_a_live_one_of_its_key(queue: Queue) -> None:
    dead = await add(queue, unique_key="k")
    await end(queue, await take_one(queue), "dead")
    await add(queue, unique_key="k")
    assert await queue.retry([dead]) == ()


async def test_finishing_claims_the_next_ones(queue: Queue) -> None:
    jobs = make_jobs(3)
    await queue.enqueue(jobs)
    claim = await take_one(queue)
    finished = await queue.finish("w1", [Result(id=claim.id, fence=claim.fence)], 5, NOOP, "n-2")
    assert finished.verdicts == ("ok",)
    assert [claim.id for claim in finished.claims] == [job.id for job in jobs[1:]]
