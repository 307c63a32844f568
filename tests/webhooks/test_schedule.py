"""When is it tried again, and when is an endpoint given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.kernel.clock import format_instant
from gonogo.webhooks.health import Health, Tried, judge_endpoint
from gonogo.webhooks.schedule import LONGEST_WAIT_S, MOST_ATTEMPTS, read_retry_after, wait_after

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WAITS = [5, 300, 1800, 7200, 18000, 36000, 50400]


def at(**since: float) -> str:
    return format_instant(NOON + timedelta(**since))


def failed(**since: float) -> Tried:
    return Tried(False, 500, at(**since))


def test_the_waits_of_the_schedule() -> None:
    assert [wait_after(attempts, None, 0) for attempts in range(1, MOST_ATTEMPTS)] == WAITS
    assert wait_after(MOST_ATTEMPTS, None, 0) is None


def test_chance_spreads_them_and_never_shortens() -> None:
    assert wait_after(2, None, 1.0) == pytest.approx(330)
    assert all(300 <= (wait_after(2, None, chance / 10) or 0) <= 330 for chance in range(11))


def test_retry_after_can_only_lengthen() -> None:
    assert wait_after(1, 60, 0) == 60
    assert wait_after(2, 60, 0) == 300
    assert wait_after(1, 10 * LONGEST_WAIT_S, 0) == LONGEST_WAIT_S
    assert wait_after(MOST_ATTEMPTS, 60, 0) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 7 ", 7),
        ("Mon, 02 Mar 2026 12:01:30 GMT", 90),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_reading_retry_after(header: str | None, seconds: float | None) -> None:
    assert read_retry_after(header, NOON) == seconds


def fail_for(health: Health, hours: range) -> list[tuple[int, int | None, str]]:
    told = []
    for hour in hours:
        verdict = judge_endpoint(health, [failed(hours=hour)])
        health = verdict.health
        told.append((hour, verdict.warning, verdict.disabled))
        if verdict.disabled:
            break
    return [one for one in told if one[1] or one[2]]


def test_warnings_at_50_70_90_percent_then_disabled_after_five_days() -> None:
    told = fail_for(Health(), range(0, 240, 2))
    assert [(hour, warning) for hour, warning, _ in told] == [(60, 50), (84, 70), (108, 90), (120, None)]
    assert "5 days" in told[-1][2]


def test_one_success_forgets_it_all() -> None:
    health = Health(at(), at(hours=100), 70)
    verdict = judge_endpoint(health, [failed(hours=101), Tried(True, 200, at(hours=102))])
    assert verdict.health == Health()
    assert verdict.recovered


def test_a_failure_after_a_success_begins_anew() -> None:
    verdict = judge_endpoint(Health(at(), at(hours=119), 90), [Tried(True, 200, at(hours=119)), failed(hours=121)])
    assert verdict.health == Health(at(hours=121), at(hours=121), 0)
    assert not verdict.recovered
    assert not verdict.disabled


def test_failures_far_apart_do_not_add_up() -> None:
    verdict = judge_endpoint(Health(at(), at(hours=1), 0), [failed(hours=140)])
    assert verdict.health.failing_since == at(hours=140)
    assert not verdict.disabled


def test_gone_disables_at_once() -> None:
    verdict = judge_endpoint(Health(), [Tried(False, 410, at())])
    assert "410" in verdict.disabled


def test_nothing_failing_and_nothing_tried_says_nothing() -> None:
    verdict = judge_endpoint(Health(), [Tried(True, 200, at())])
    assert (verdict.warning, verdict.disabled, verdict.recovered) == (None, "", False)
