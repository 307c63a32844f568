"""Values as readers see them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.web.format import ago, at, clock, duration, exact, initials, iso, look, utc

NOW = datetime(2026, 3, 2, 14, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(seconds=42), "42 s ago"),
        (timedelta(minutes=4, seconds=50), "4 min ago"),
        (timedelta(hours=26), "1 d ago"),
        (timedelta(hours=-3), "in 3 h"),
    ],
)
def test_ago_names_one_unit(before: timedelta, words: str) -> None:
    assert ago(NOW - before, NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "00:00"), (-5, "00:00"), (271, "04:31"), (3871, "1:04:31"), (2 * 86400 + 3871, "2d 01:04:31")],
)
def test_clock_grows_with_its_span(seconds: float, words: str) -> None:
    assert clock(seconds) == words
    assert clock(timedelta(seconds=seconds)) == words


def test_clock_of_nothing_is_a_dash() -> None:
    assert clock(None) == "–"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0842, "84 ms"), (2.4, "2.4 s"), (60, "1 min"), (190, "3 min 10 s"), (5400, "1 h 30 min"), (None, "–")],
)
def test_duration_suits_its_size(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words


def test_moments_are_read_from_text_and_shown_in_utc() -> None:
    assert at("2026-03-02T14:05:09.000Z") == NOW
    assert iso(NOW) == "2026-03-02T14:05:09.000Z"
    assert exact("2026-03-02T14:05:09.000Z") == "2026-03-02 14:05:09 UTC"
    assert utc(NOW) == "14:05:09 UTC"


def test_every_verdict_differs_in_word_and_in_shape() -> None:
    looks = [look(state) for state in ("go", "no_go", "hold", "running", "no_data", "stale")]
    assert len({one.word for one in looks}) == len({one.icon for one in looks}) == len(looks)


def test_an_unknown_state_keeps_its_word() -> None:
    assert look("half_open").word == "HALF OPEN"


@pytest.mark.parametrize(("name", "letters"), [("ada@example.com", "AD"), ("Ada Lovelace", "AL"), ("key deploy", "KD")])
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters
