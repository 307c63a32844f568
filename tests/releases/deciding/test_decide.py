"""What a run does next, for every kind of item and every ending."""

from __future__ import annotations

from typing import Any

import pytest

from gonogo.releases.deciding import moves
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.decide import decide
from gonogo.releases.deciding.state import Options
from tests.releases.plans import (
    START,
    Outcomes,
    Player,
    fail_on,
    make_check,
    make_gate,
    make_item,
    make_judged,
    make_phase,
    make_plan,
    make_rollback,
    make_run,
    pass_all,
)

UNATTENDED = Options(attended=False, on_no_go="rollback", started_by="u1", started_by_name="Ann")
ATTENDED = Options(attended=True, on_no_go="ask", started_by="u1", started_by_name="Ann")

PLAN = make_plan(
    make_phase("p1", make_run("r1"), make_check("c1", "r1"), make_item("h1", "human"), make_run("r2", "ls")),
    make_phase("p2", make_gate("g1", "http.errors < 1%"), make_item("w1", "wait", duration_s=60.0)),
    make_phase(
        "p3", make_item("s1", "sign", role="CTO"), make_item("d1", "gate", criteria=("all well",)), role="signoff"
    ),
    make_phase("p4", make_rollback("b1"), make_rollback("b2"), make_check("bc", "b2"), role="rollback"),
    make_phase("p5", make_item("f1", "human"), make_run("f2"), role="followup"),
)


def play(options: Options, act: Outcomes = pass_all, plan: Any = PLAN) -> Player:
    player = Player(Course(plan), options, act)
    player.play()
    return player


def test_unattended_holds_for_people() -> None:
    player = play(UNATTENDED)
    assert player.state.status == "held"
    assert player.names("item_started") == ["r1", "r2", "w1"]
    assert player.journal[-1].data["items"] == ("h1", "s1", "d1")


def accept(**more: Any) -> Options:
    return Options(attended=False, on_no_go="rollback", accept_humans="Bea", started_by_name="Ann", **more)


def test_accepting_name_covers_ticks_only() -> None:
    player = play(accept())
    assert player.names("item_ticked") == ["h1"]
    assert player.state.status == "held"
    assert "s1" in player.journal[-1].data["items"]


def test_who_is_alone_accepts_signatures_and_decisions_too() -> None:
    player = play(accept(accepted=("s1", "d1"), alone="one account"))
    assert player.state.verdict == "go"
    assert player.names("item_ticked") == ["h1", "s1", "d1"]


def test_ticks_of_a_role_that_is_somebody_elses_are_not_accepted() -> None:
    player = play(accept(not_accepted=("h1",), accepted=("s1", "d1")))
    assert player.state.status == "held"
    assert player.journal[-1].data["items"] == ("h1",)


def test_what_a_person_judges_by_its_evidence_is_never_accepted_in_advance() -> None:
    plan = make_plan(make_phase("p1", make_run("r1"), make_judged("j1", "r1")))
    player = play(accept(accepted=("j1",)), plan=plan)
    assert player.state.status == "held"
    assert player.journal[-1].data["items"] == ("j1",)


def test_attended_stops_at_each_person() -> None:
    player = play(ATTENDED)
    asked = []
    while player.state.asked:
        asked.append((player.state.asked.item, player.state.asked.reason))
        player.note("item_ticked", player.state.asked.item, {})
        player.play()
    assert asked == [("h1", "tick"), ("s1", "sign"), ("d1", "decide")]
    assert player.state.verdict == "go"


def test_ticked_ahead_is_not_asked() -> None:
    player = Player(Course(PLAN), ATTENDED, pass_all)
    player.note("item_ticked", "h1", {"name": "Bea"})
    player.play()
    assert player.state.asked is not None
    assert player.state.asked.item == "s1"


@pytest.mark.parametrize("broken", ["r1", "c1", "r2", "g1", "w1"])
def test_failure_rolls_back(broken: str) -> None:
    player = play(UNATTENDED, fail_on(broken))
    assert (player.state.status, player.state.verdict) == ("finished", "no_go")
    assert player.names("failed") == [broken]
    assert player.names("item_started")[-2:] == ["b1", "b2"]
    assert player.state.get_item("bc").status == "passed"


def test_rollback_goes_on_past_failure() -> None:
    player = play(UNATTENDED, fail_on("r2", "b1"))
    assert player.names("item_started")[-2:] == ["b1", "b2"]


def test_nothing_changed_means_no_rollback() -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "ls")), PLAN.phases[3])
    player = play(UNATTENDED, fail_on("r1"), plan)
    assert player.state.rollback is None
    assert "Nothing was changed" in player.state.why


def test_policy_stop() -> None:
    player = play(Options(attended=False, on_no_go="stop"), fail_on("c1"))
    assert (player.state.verdict, player.state.rollback) == ("no_go", None)


def test_failure_asks_when_attended() -> None:
    player = play(ATTENDED, fail_on("c1"))
    assert player.state.asked is not None
    assert (player.state.asked.item, player.state.asked.reason) == ("c1", "failed")
    player.act = pass_all
    player.note("item_retried", "c1", {"resets": player.course.reset_with(player.course.items["c1"])})
    player.play()
    assert player.names("item_started") == ["r1", "r1"]
    assert player.state.get_item("r1").attempt == 2


def test_retries_before_failing() -> None:
    plan = make_plan(make_phase("p1", make_run("r1", retries=2), make_check("c1", "r1")))
    attempts: list[int] = []

    def act(item: str, attempt: int) -> dict[str, Any]:
        if item == "r1":
            attempts.append(attempt)
        return {"outcome": "passed" if attempts[-1:] == [3] or item == "r1" else "failed"}

    player = play(Options(attended=False, on_no_go="stop"), act, plan)
    assert attempts == [1, 2, 3]
    assert player.state.verdict == "go"


@pytest.mark.parametrize("outcome", ["no_data", "undecided"])
def test_unclear_gate_never_passes(outcome: str) -> None:
    player = play(UNATTENDED, fail_on("g1", outcome=outcome))
    assert player.state.status == "held"
    assert "w1" not in player.names("item_started")


def test_no_data_is_looked_at_again() -> None:
    looks: list[str] = []

    def act(item: str, attempt: int) -> dict[str, Any]:
        if item != "g1":
            return pass_all(item, attempt)
        looks.append(item)
        again = {"outcome": "no_data", "retry_at": "2026-01-31T12:00:05.000Z"}
        return again if len(looks) < 2 else pass_all(item, attempt)

    player = play(UNATTENDED, act)
    assert len(looks) == 2
    assert player.state.get_item("g1").status == "passed"


def test_choice_runs_only_when_chosen() -> None:
    plan = make_plan(make_phase("p1", make_run("r1", runs="ask"), make_check("c1", "r1"), make_run("r2", runs="never")))
    player = play(UNATTENDED, plan=plan)
    assert player.state.verdict == "go"
    assert player.names("item_started") == []
    player = Player(Course(plan), UNATTENDED, pass_all)
    player.note("item_chosen", "r1")
    player.play()
    assert player.names("item_started") == ["r1"]
    assert player.state.get_item("c1").status == "passed"


def test_follow_up_does_not_block() -> None:
    plan = make_plan(make_phase("p1", make_run("r1")), PLAN.phases[4])
    player = play(UNATTENDED, plan=plan)
    assert player.state.verdict == "go"
    player.note("item_ticked", "f1", {"name": "Bea"})
    assert player.state.status == "finished"


def test_lost_command_asks() -> None:
    player = Player(Course(PLAN), ATTENDED, pass_all)
    player.note("captured")
    player.note("item_started", "r1", {"attempt": 1})
    player.play()
    assert player.state.asked is not None
    assert (player.state.asked.item, player.state.asked.reason) == ("r1", "unknown")


@pytest.mark.parametrize(("orphan", "again"), [("lost", ["r1", "r1"]), ("running", ["r1"])])
def test_idempotent_runs_again_unless_still_running(orphan: str, again: list[str]) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", idempotent=True)))
    player = Player(Course(plan), ATTENDED, pass_all)
    player.note("captured")
    player.note("item_started", "r1", {"attempt": 1})
    player.note("item_lost", "r1", {"orphan": orphan})
    player.play()
    assert player.names("item_started") == again


def test_human_judgement_of_output() -> None:
    plan = make_plan(make_phase("p1", make_run("r1"), make_judged("c1", "r1")))
    player = play(ATTENDED, plan=plan)
    assert player.state.asked is not None
    assert player.state.asked.reason == "judge"


def test_stop_ends_without_rollback() -> None:
    player = play(ATTENDED)
    player.note("stopped")
    player.play()
    assert (player.state.verdict, player.state.rollback) == ("no_go", None)


def test_asked_for_rollback_after_go() -> None:
    plan = make_plan(make_phase("p1", make_run("r1")), PLAN.phases[3])
    player = play(UNATTENDED, plan=plan)
    assert player.state.verdict == "go"
    player.note("rollback_requested", data={"level": None})
    player.play()
    assert player.state.verdict == "no_go"
    assert player.names("item_started") == ["r1", "b1", "b2"]


def test_new_and_finished_rest() -> None:
    player = play(Options(attended=False, on_no_go="stop"), fail_on("r1"))
    assert decide(player.course, player.state, START) == moves.Rest()
