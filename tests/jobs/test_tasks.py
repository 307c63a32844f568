"""Durable tasks of the house: accepted with a change, done after it, tried again, given up, fired by the clock."""

from __future__ import annotations

import asyncio

import pytest

from gonogo.jobs.desk import JobsDesk
from gonogo.jobs.schemas import JobFilter, JobView, State
from gonogo.kernel.config import Config
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.durable import NoTaskQueue
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.tasks import Attempt, GiveUp, Task, TryAgain
from tests.fake_clock import FakeClock
from tests.jobs.waiting import wait_for, wait_until


class Diary:
    """A handler that writes down what it is given, and fails as it is told."""

    def __init__(self, *failures: Exception | None) -> None:
        self.attempts: list[Attempt] = []
        self._failures = list(failures)

    async def __call__(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)
        failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            raise failure


async def accept(kernel: Kernel, *tasks: Task) -> list[str]:
    return await kernel.db.write(lambda tx: kernel.tasks.accept(tx, tasks))


async def list_tasks(kernel: Kernel, state: State | None = None) -> tuple[JobView, ...]:
    return await kernel.get_part(JobsDesk).house.queue.list(JobFilter(state=state))


async def has_none(kernel: Kernel) -> bool:
    return await list_tasks(kernel) == ()


async def test_a_task_is_done_after_its_change(kernel: Kernel) -> None:
    diary = Diary()
    kernel.tasks.define("note", diary)
    (task_id,) = await accept(kernel, Task(type="note", payload={"n": 1}))
    await wait_until(lambda: diary.attempts)
    assert diary.attempts == [Attempt(id=task_id, type="note", payload={"n": 1}, attempt=1, max_attempts=8)]
    await wait_for(lambda: has_none(kernel))


async def test_a_change_undone_takes_its_task_along(kernel: Kernel) -> None:
    def fail(tx: Tx) -> None:
        kernel.tasks.accept(tx, [Task(type="note", payload={})])
        raise LookupError("no")

    with pytest.raises(LookupError):
        await kernel.db.write(fail)
    assert await has_none(kernel)


async def test_a_task_says_when_to_be_tried_again(kernel: Kernel, clock: FakeClock) -> None:
    diary, moments = Diary(TryAgain(30, "not yet"), ValueError("odd")), []

    async def note(attempt: Attempt) -> None:
        moments.append(clock.monotonic())
        await diary(attempt)

    def pass_time() -> bool:
        clock.advance(0.5)
        return len(moments) == 3

    kernel.tasks.define("note", note)
    await accept(kernel, Task(type="note", payload={}, backoff=(5.0,)))
    await wait_for(lambda: list_tasks(kernel, "failed"))
    await wait_until(pass_time)
    first, second, third = moments
    assert second - first >= 30
    assert 5 <= third - second < 30
    assert [attempt.attempt for attempt in diary.attempts] == [1, 2, 3]


async def test_a_task_given_up_is_dead_and_told_of(kernel: Kernel) -> None:
    kernel.tasks.define("note", Diary(GiveUp("no such address")))
    (task_id,) = await accept(kernel, Task(type="note", payload={}))
    dead = await wait_for(lambda: list_tasks(kernel, "dead"))
    assert [(view.id, view.error) for view in dead] == [(task_id, "no such address")]
    await kernel.get_part(JobsDesk).keep_up()
    (event,) = await kernel.db.read(lambda tx: find_events(tx, names=["task.dead"]))
    assert (event.subject, event.data["error"]) == (task_id, "no such address")


async def test_a_unique_key_gives_the_id_of_its_holder(kernel: Kernel) -> None:
    task = Task(type="nobody does it", payload={}, unique_key="k")
    first = await accept(kernel, task)
    assert await accept(kernel, task) == first


async def test_concurrency_is_that_of_the_type(kernel: Kernel) -> None:
    gate, running = asyncio.Event(), []

    async def hold(attempt: Attempt) -> None:
        running.append(attempt.id)
        await gate.wait()

    kernel.tasks.define("slow", hold, concurrency=2)
    diary = Diary()
    kernel.tasks.define("note", diary)
    await accept(kernel, *[Task(type="slow", payload={}) for _ in range(5)], Task(type="note", payload={}))
    await wait_until(lambda: len(running) == 2 and diary.attempts)
    gate.set()
    await wait_until(lambda: len(running) == 5)


async def test_a_lane_is_kept_in_order(kernel: Kernel) -> None:
    diary = Diary(TryAgain(0, "once more"))
    kernel.tasks.define("note", diary)
    ids = await accept(kernel, *[Task(type="note", payload={}, lane="host") for _ in range(3)])
    await wait_until(lambda: len(diary.attempts) == 4)
    assert [attempt.id for attempt in diary.attempts] == [ids[0], *ids]


async def test_a_schedule_makes_a_task_a_moment(kernel: Kernel, clock: FakeClock) -> None:
    diary = Diary()
    kernel.tasks.define("tidy", diary)
    kernel.tasks.schedule("tidy", "*/5 * * * *", Task(type="tidy", payload={"deep": True}))
    desk = kernel.get_part(JobsDesk)
    await wait_for(desk.house.queue.schedules)
    for passed, count in ((300, 1), (5 * 300, 2)):
        clock.advance(passed)
        await desk.keep_up()
        await wait_until(lambda: len(diary.attempts) == count)  # noqa: B023 — awaited within the round
    assert diary.attempts[0].payload == {"deep": True}


async def test_a_schedule_nobody_asks_for_any_more_is_dropped(kernel: Kernel) -> None:
    house = kernel.get_part(JobsDesk).house
    kernel.tasks.schedule("kept", "0 * * * *", Task(type="tidy", payload={}))
    views = await wait_for(house.queue.schedules)
    stray = views[0].schedule
    await house.queue.put_schedule(type(stray)(name="stray", cron=stray.cron, job=stray.job))
    await house.drop_strays()
    assert [view.schedule.name for view in await house.queue.schedules()] == ["kept"]


async def test_tasks_left_by_the_last_process_are_done_by_the_next(config: Config, clock: FakeClock) -> None:
    from gonogo.app import ROOMS

    async with Kernel(config, ROOMS, clock) as first:
        (task_id,) = await accept(first, Task(type="note", payload={}))
    diary = Diary()
    async with Kernel(config, ROOMS, clock) as second:
        second.tasks.define("note", diary)
        await wait_until(lambda: diary.attempts)
    assert diary.attempts[0].id == task_id


async def test_a_house_without_the_jobs_room_says_so(config: Config, clock: FakeClock) -> None:
    async with Kernel(config, (), clock) as kernel:
        with pytest.raises(NoTaskQueue):
            await accept(kernel, Task(type="note", payload={}))
