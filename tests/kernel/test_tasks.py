"""Background work: watched while it runs, ended when the kernel closes."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from gonogo.kernel.tasks import Tasks
from tests.fake_clock import FakeClock


@pytest.fixture
def tasks(clock: FakeClock) -> Tasks:
    return Tasks(clock)


async def settle() -> None:
    """Let everything that can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_failing_task_is_logged_by_name(tasks: Tasks) -> None:
    async def fail() -> None:
        raise LookupError("gone")

    with capture_logs() as logged:
        await asyncio.wait([tasks.spawn("look up", fail())])
        await settle()
    assert [(entry["task"], type(entry["exc_info"])) for entry in logged] == [("look up", LookupError)]


async def test_a_periodic_task_goes_on_after_a_failing_round(tasks: Tasks, clock: FakeClock) -> None:
    rounds: list[float] = []

    async def work() -> None:
        rounds.append(clock.monotonic())
        if len(rounds) == 2:
            raise LookupError

    with capture_logs() as logged:
        tasks.repeat("work", 10, work)
        for _ in range(3):
            await settle()
            clock.advance(10)
        await settle()
    assert [moment - rounds[0] for moment in rounds] == [0, 10, 20, 30]
    assert [entry["event"] for entry in logged] == ["periodic task failed"]
    await tasks.close()


async def test_closing_ends_what_runs_and_waits_for_it(tasks: Tasks) -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("tidied up")

    task = tasks.spawn("work", work())
    await settle()
    await tasks.close()
    assert task.cancelled()
    assert ended == ["tidied up"]


async def test_a_task_that_was_ended_uses_nothing_any_more(clock: FakeClock) -> None:
    tasks, rounds = Tasks(clock), []

    async def work() -> None:
        rounds.append(1)

    task = tasks.repeat("work", 1.0, work)
    await asyncio.sleep(0)
    await tasks.end(task)
    clock.advance(5)
    await asyncio.sleep(0)
    assert (task.done(), len(rounds)) == (True, 1)
