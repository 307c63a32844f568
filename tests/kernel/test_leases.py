"""Leases: one holder at a time, and a fence that only grows."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.leases import Lease, LeaseHeld, acquire_lease, find_lease, release_lease
from tests.fake_clock import FakeClock

TTL = timedelta(seconds=30)


async def take(kernel: Kernel, holder: str) -> Lease:
    return await kernel.db.write(partial(acquire_lease, name="seal", holder=holder, ttl=TTL))


async def test_a_held_lease_is_refused_with_its_holder(kernel: Kernel) -> None:
    await take(kernel, "one")
    with pytest.raises(LeaseHeld) as refused:
        await take(kernel, "two")
    assert refused.value.status == 409
    assert refused.value.extra == {"holder": "one", "expires_at": "2026-03-02T12:00:30.000Z"}


async def test_the_same_holder_prolongs_without_a_new_fence(kernel: Kernel, clock: FakeClock) -> None:
    first = await take(kernel, "one")
    clock.advance(20)
    assert await take(kernel, "one") == Lease("seal", "one", first.fence, "2026-03-02T12:00:50.000Z")


async def test_an_expired_lease_goes_to_the_next_with_a_higher_fence(kernel: Kernel, clock: FakeClock) -> None:
    first = await take(kernel, "one")
    clock.advance(30)
    second = await take(kernel, "two")
    assert second.holder == "two"
    assert second.fence > first.fence
    with pytest.raises(LeaseHeld):
        await take(kernel, "one")


async def test_the_fence_grows_across_a_release_too(kernel: Kernel) -> None:
    first = await take(kernel, "one")
    await kernel.db.write(partial(release_lease, name="seal", holder="one"))
    second = await take(kernel, "two")
    assert second.fence > first.fence


async def test_only_the_holder_can_release(kernel: Kernel) -> None:
    held = await take(kernel, "one")
    await kernel.db.write(partial(release_lease, name="seal", holder="two"))
    assert await kernel.db.read(partial(find_lease, name="seal")) == held


async def test_of_two_that_race_one_wins(kernel: Kernel) -> None:
    holders = [f"server-{n}" for n in range(20)]
    outcomes = await asyncio.gather(*(take(kernel, holder) for holder in holders), return_exceptions=True)
    won = [outcome for outcome in outcomes if isinstance(outcome, Lease)]
    assert len(won) == 1
    assert sum(isinstance(outcome, LeaseHeld) for outcome in outcomes) == 19
    assert await kernel.db.read(partial(find_lease, name="seal")) == won[0]


async def test_a_clock_that_jumps_back_gives_the_lease_to_nobody_else(kernel: Kernel, clock: FakeClock) -> None:
    await take(kernel, "one")
    clock.jump(-3600)
    with pytest.raises(LeaseHeld):
        await take(kernel, "two")


async def test_no_lease_is_none(kernel: Kernel) -> None:
    assert await kernel.db.read(partial(find_lease, name="nothing")) is None
