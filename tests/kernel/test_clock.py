"""Sleeping till an instant of the time of day, which does not run as the monotonic clock does."""

from __future__ import annotations

import asyncio

import pytest

from gonogo.kernel.clock import sleep_until
from tests.fake_clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def test_a_sleep_that_ends_a_moment_early_goes_on(clock: FakeClock) -> None:
    due = clock.now().timestamp() + 10
    sleeping = asyncio.create_task(sleep_until(clock, due))
    await asyncio.sleep(0)
    clock.jump(-0.01)
    clock.advance(10)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not sleeping.done(), "it is ten milliseconds early"
    clock.advance(0.02)
    await asyncio.wait_for(sleeping, 1)
    assert clock.now().timestamp() >= due


async def test_a_clock_set_back_is_not_waited_for(clock: FakeClock) -> None:
    sleeping = asyncio.create_task(sleep_until(clock, clock.now().timestamp() + 10))
    await asyncio.sleep(0)
    clock.jump(-3600)
    clock.advance(10)
    await asyncio.wait_for(sleeping, 1)


async def test_an_instant_that_is_over_is_not_slept_for(clock: FakeClock) -> None:
    await asyncio.wait_for(sleep_until(clock, clock.now().timestamp() - 1), 1)
