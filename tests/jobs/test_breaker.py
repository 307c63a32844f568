"""The breaker: callers of something that is gone hear of it at once, and one of them tries again now and then."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from gonogo.jobs.errors import QueueUnavailable
from gonogo.jobs.queues.breaker import FAILURES, FIRST_PAUSE_S, LONGEST_PAUSE_S, Breaker
from tests.fake_clock import FakeClock


@pytest.fixture
def breaker(clock: FakeClock) -> Breaker:
    return Breaker("Redis", clock)


def fail(breaker: Breaker, times: int = FAILURES) -> None:
    for _ in range(times):
        breaker.fail(ConnectionError("refused"))


def test_a_few_failures_are_no_outage(breaker: Breaker) -> None:
    fail(breaker, FAILURES - 1)
    breaker.succeed()
    fail(breaker, FAILURES - 1)
    breaker.check()
    assert not breaker.is_open


def test_open_it_says_when_to_come_back(breaker: Breaker) -> None:
    fail(breaker)
    with pytest.raises(QueueUnavailable) as refused:
        breaker.check()
    assert refused.value.headers == {"Retry-After": "1"}


def test_one_caller_at_a_time_tries_again(breaker: Breaker, clock: FakeClock) -> None:
    fail(breaker)
    clock.advance(FIRST_PAUSE_S)
    breaker.check()
    with pytest.raises(QueueUnavailable):
        breaker.check()
    breaker.succeed()
    breaker.check()


def test_the_pause_grows_to_a_bound(breaker: Breaker, clock: FakeClock) -> None:
    fail(breaker, 20)
    clock.advance(LONGEST_PAUSE_S - 0.01)
    with pytest.raises(QueueUnavailable):
        breaker.check()
    clock.advance(0.01)
    breaker.check()


def test_changes_are_logged_and_requests_are_not(breaker: Breaker) -> None:
    with capture_logs() as logs:
        fail(breaker, 50)
        breaker.succeed()
        breaker.succeed()
    assert [entry["event"] for entry in logs] == ["not available", "back again"]
