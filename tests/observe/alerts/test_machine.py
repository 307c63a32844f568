"""The states of one alert."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gonogo.kernel.signals.judgement import Outcome
from gonogo.observe.alerts.machine import Move, Reading, Track, advance

outcomes: st.SearchStrategy[list[Outcome]] = st.lists(st.sampled_from(["true", "false", "no_data"]), max_size=60)


def play(*outcomes: Outcome, hold_s: float = 30, every_s: float = 10, blind: bool = False) -> tuple[Track, list[Move]]:
    """The track and its moves after readings ten seconds apart."""
    track, moves = Track(), []
    for place, outcome in enumerate(outcomes):
        track, move = advance(track, Reading(outcome, 1.0), 1000 + place * every_s, hold_s, fire_blind=blind)
        moves += [move] if move is not None else []
    return track, moves


def test_a_condition_has_to_hold_before_it_fires() -> None:
    assert play("true", "true", "true")[1] == ["pending"]
    track, moves = play("true", "true", "true", "true")
    assert (track.state, track.fired_at, moves) == ("firing", 1030, ["pending", "fired"])


def test_without_a_time_it_fires_at_once() -> None:
    assert play("true", hold_s=0)[1] == ["fired"]


def test_one_good_reading_begins_the_time_anew() -> None:
    assert play("true", "true", "false", "true", "true", "true")[1] == ["pending", "cleared", "pending"]


def test_a_firing_alert_resolves() -> None:
    track, moves = play("true", "false", hold_s=0)
    assert (track.state, track.is_firing, moves) == ("ok", False, ["fired", "resolved"])


def test_losing_its_data_resolves_nothing() -> None:
    track, moves = play("true", "no_data", "no_data", hold_s=0)
    assert (track.state, track.is_firing, moves) == ("no_data", True, ["fired", "lost"])
    assert play("true", "no_data", "true", hold_s=0)[1] == ["fired", "lost", "returned"]
    assert play("true", "no_data", "false", hold_s=0)[1] == ["fired", "lost", "resolved"]


def test_no_data_is_no_part_of_the_time_it_held() -> None:
    assert play("true", "true", "no_data", "true", "true")[1] == ["pending", "lost", "pending"]


def test_a_new_alert_does_not_inherit_that_an_old_one_fired() -> None:
    track, _ = play("true", "true", "true", "true", "false", "true")
    assert (track.state, track.is_firing) == ("pending", False)
    track, _ = play("true", "true", "true", "true", "false", "no_data")
    assert (track.state, track.is_firing) == ("no_data", False)


def test_a_blind_series_fires_when_the_rule_says_so() -> None:
    assert play("no_data", "no_data", "no_data", "no_data", blind=True)[1] == ["lost", "fired"]
    assert play("no_data", "no_data", "no_data", "no_data", "false", blind=True)[1] == ["lost", "fired", "resolved"]
    assert play("no_data", hold_s=0, blind=True)[1] == ["fired"]


@given(outcomes, st.sampled_from([0.0, 20.0, 45.0]))
def test_it_fires_exactly_when_the_condition_held_for_its_time(found: list[Outcome], hold_s: float) -> None:
    track = Track()
    run: float | None = None
    firing = False
    for place, outcome in enumerate(found):
        now = place * 10.0
        track, _ = advance(track, Reading(outcome), now, hold_s, fire_blind=False)
        if outcome == "true":
            run = now if run is None else run
            firing = firing or now - run >= hold_s
        else:
            run = None
            firing = firing and outcome == "no_data"
        assert track.is_firing == firing
        assert (track.state == "no_data") == (outcome == "no_data")


@given(outcomes, st.sampled_from([0.0, 20.0]))
def test_every_alert_that_resolves_has_fired_once(found: list[Outcome], hold_s: float) -> None:
    _, moves = play(*found, hold_s=hold_s)
    told = [move for move in moves if move in ("fired", "resolved")]
    assert told == (["fired", "resolved"] * len(told))[: len(told)]
