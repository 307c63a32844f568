"""The pace of wrong tries: growing, forgiven with time, bounded in memory."""

from __future__ import annotations

from gonogo.kernel.auth.throttle import PER_NAME, REMEMBERED, Throttle
from tests.fake_clock import FakeClock


def fail(throttle: Throttle, clock: FakeClock, times: int, key: str = "ann") -> list[int]:
    """Fail ``times`` times, each as soon as it is allowed; the pause after each."""
    pauses = []
    for _ in range(times):
        clock.advance(throttle.find_wait(key))
        throttle.count_failure(key)
        pauses.append(throttle.find_wait(key))
    return pauses


def test_the_pause_grows_up_to_an_hour(clock: FakeClock) -> None:
    pauses = fail(Throttle(clock, PER_NAME), clock, 13)
    assert pauses == [0, 0, 0, 0, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_after_the_pause_one_may_try_again(clock: FakeClock) -> None:
    throttle = Throttle(clock, PER_NAME)
    fail(throttle, clock, PER_NAME.tries)
    clock.advance(59)
    assert throttle.find_wait("ann") == 1
    clock.advance(1)
    assert throttle.find_wait("ann") == 0
    assert throttle.find_wait("bob") == 0


def test_the_right_password_starts_afresh(clock: FakeClock) -> None:
    throttle = Throttle(clock, PER_NAME)
    fail(throttle, clock, PER_NAME.tries - 1)
    throttle.forget("ann")
    assert fail(throttle, clock, PER_NAME.tries - 1) == [0] * (PER_NAME.tries - 1)


def test_time_forgives_one_failure_after_the_other(clock: FakeClock) -> None:
    throttle = Throttle(clock, PER_NAME)
    assert fail(throttle, clock, PER_NAME.tries + 2)[-1] == 240
    clock.advance(240 + 2 * PER_NAME.forgiven_s)
    assert fail(throttle, clock, 1) == [120]
    clock.advance(120 + 99 * PER_NAME.forgiven_s)
    assert fail(throttle, clock, 1) == [0]


def test_memory_is_bounded(clock: FakeClock) -> None:
    throttle = Throttle(clock, PER_NAME)
    for number in range(REMEMBERED + 1):
        throttle.count_failure(f"name {number}")
    assert len(throttle._records) == REMEMBERED


def test_huge_counts_do_not_overflow(clock: FakeClock) -> None:
    throttle = Throttle(clock, PER_NAME)
    for _ in range(2000):
        throttle.count_failure("ann")
    assert throttle.find_wait("ann") == PER_NAME.longest_s
