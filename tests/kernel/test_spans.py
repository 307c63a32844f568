"""Lengths of time and deadlines in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gonogo.kernel.spans import describe_deadline, describe_span, describe_wait

NOW = datetime(2026, 11, 30, 14, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0 ms"),
        (0.0402, "40 ms"),
        (2.4, "2.4 s"),
        (30, "30 s"),
        (190, "3 min 10 s"),
        (900, "15 min"),
        (3900, "1 h 5 min"),
        (86_400, "24 h"),
        (97_800, "27 h 10 min"),
        (172_800, "2 d"),
        (270_022, "3 d 3 h"),
        (604_800, "7 d"),
    ],
)
def test_a_span_has_at_most_two_units(seconds: float, words: str) -> None:
    assert describe_span(seconds) == words


def test_a_deadline_on_another_day_has_its_date() -> None:
    assert describe_deadline(NOW + timedelta(minutes=3), NOW) == "14:20 UTC"
    assert describe_deadline(NOW + timedelta(hours=24), NOW) == "Tue 1 Dec 14:17 UTC"
    assert describe_deadline(NOW + timedelta(hours=10), NOW) == "Tue 1 Dec 00:17 UTC"


def test_the_day_is_that_of_the_deadlines_own_zone() -> None:
    east = timezone(timedelta(hours=11), "EAST")
    assert describe_deadline((NOW + timedelta(hours=1)).astimezone(east), NOW) == "02:17 EAST"


def test_a_wait_says_what_is_left() -> None:
    assert describe_wait(NOW + timedelta(hours=24, seconds=-5), NOW) == "until Tue 1 Dec 14:17 UTC (23 h 59 min left)"
    assert describe_wait(NOW - timedelta(hours=1), NOW).endswith("(over)")
