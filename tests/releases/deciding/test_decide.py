"""What a run does next, for every kind of item and every ending."""

from __future__ import annotations

from typing import Any

import msgspec
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
    make_words,
    pass_all,
)

UNATTENDED = Options(attended=False, on_no_go="rollback", started_by="u1", started_by_name="Ann")
ACCEPTED = msgspec.structs.replace(UNATTENDED, accept_humans="Bea", accepted=("s1", "d1"), alone="one account")
ATTENDED = Options(attended=True, on_no_go="ask", started_by="u1", started_by_name="Ann")

PLAN = make_plan(
    make_phase("p1", make_run("r1"), make_check("c1", "r1"), make_item("h1", "human"), make_run("r2", "ls")),
    make_phase("p2", make_gate("g1", "http.errors < 1%"), make_item("w1", "wait", duration_s=60.0)),
    make_phase(
        "p3", make_item("s1", "sign", role="CTO"), make_item("d1", "gate", criteria=("all well",)), role="signoff"
    ),
    make_phase("p4", make_rollback("b1"), make_rollback("b2"), make_check("bc", "b2"), role="rollback"),
    make_phase("p5", make_item("f1", "human"), make_run("f2"), role="followup", title="Day 1"),
)


def play(options: Options, act: Outcomes = pass_all, plan: Any = PLAN) -> Player:
    player = Player(Course(plan), options, act)
    player.play()
    return player


def test_unattended_holds_for_people() -> None:
    player = play(UNATTENDED)
    for item in ("h1", "s1", "d1"):
        assert player.state.status == "held"
        assert player.journal[-1].data["items"] == (item,)
        started = player.names("item_started")
        assert started == (["r1"] if item == "h1" else ["r1", "r2", "w1"])
        player.note("item_ticked", item, {"name": "Bea"})
        player.play()
    assert player.state.verdict == "go"


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
    player = play(ACCEPTED, fail_on(broken))
    assert (player.state.status, player.state.verdict) == ("finished", "no_go")
    assert player.names("failed") == [broken]
    assert player.names("item_started")[-2:] == ["b1", "b2"]
    assert player.state.get_item("bc").status == "passed"


@pytest.mark.parametrize(("options", "status"), [("unattended", "held"), ("attended", "waiting")])
def test_rollback_stops_at_a_step_that_fails(options: str, status: str) -> None:
    chosen = ACCEPTED if options == "unattended" else msgspec.structs.replace(ACCEPTED, attended=True)
    player = play(chosen, fail_on("r2", "b1"))
    assert (player.state.status, player.names("item_started")[-1]) == (status, "b1")
    player.note("item_taken_over", "b1", {"name": "Bea", "note": "by hand"})
    player.play()
    assert player.names("item_started")[-1] == "b2"
    assert (player.state.verdict, player.state.rollback and player.state.rollback.outcome) == ("no_go", "passed")


def test_rollback_can_be_stopped_where_it_failed() -> None:
    player = play(ACCEPTED, fail_on("r2", "b1"))
    player.note("stopped", data={"reason": "we fix it forward"})
    player.play()
    assert player.state.rollback is not None
    assert (player.state.status, player.state.rollback.outcome) == ("finished", "failed")
    assert "Ann stopped the rollback" in player.state.why
    assert player.names("item_started")[-1] == "b1"


def test_failing_verification_decides() -> None:
    after = make_phase("p9", make_rollback("v1", "curl -f x"), title="Rollback verification", role="rollback")
    plan = make_plan(make_phase("p1", make_run("r1")), make_phase("b", make_rollback("b1"), role="rollback"), after)
    player = play(UNATTENDED, fail_on("r1", "v1"), plan)
    assert player.state.rollback is not None
    assert (player.state.status, player.state.rollback.outcome) == ("finished", "failed")
    assert "its verification failed: line 1 `curl -f x`" in player.state.why


def test_doubt_in_a_rollback_asks() -> None:
    back = make_phase("b", make_rollback("b1"), make_rollback("b2", doubt="destroys"), role="rollback")
    player = play(UNATTENDED, fail_on("r1"), make_plan(make_phase("p1", make_run("r1")), back))
    assert (player.state.status, player.names("item_started")) == ("held", ["r1", "b1"])
    player.note("item_chosen", "b2")
    player.play()
    assert (player.state.status, player.names("item_started")) == ("finished", ["r1", "b1", "b2"])


def test_words_of_a_rollback_are_offered() -> None:
    back = make_phase("b", make_words("b1"), make_rollback("b2"), role="rollback")
    plan = make_plan(make_phase("p1", make_run("r1")), back)
    player = play(msgspec.structs.replace(ATTENDED, on_no_go="rollback"), fail_on("r1"), plan)
    assert player.state.asked is not None
    assert (player.state.asked.item, player.state.asked.reason) == ("b1", "tick")
    player.note("item_ticked", "b1", {"name": "Bea"})
    player.play()
    assert (player.state.verdict, player.names("item_started")) == ("no_go", ["r1", "b2"])


def test_accepted_in_advance_never_covers_a_rollback() -> None:
    back = make_phase("b", make_words("b1"), role="rollback")
    player = play(ACCEPTED, fail_on("r1"), make_plan(make_phase("p1", make_run("r1")), back))
    assert (player.state.status, player.names("item_ticked")) == ("held", [])


def test_verdict_names_what_broke() -> None:
    player = play(UNATTENDED, fail_on("r1"))
    assert player.state.why.startswith("Line 1 `deploy`: r1 broke")
    assert "Rolled back" in player.state.why


def test_nothing_changed_means_no_rollback() -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "ls")), PLAN.phases[3])
    player = play(UNATTENDED, fail_on("r1"), plan)
    assert player.state.rollback is None
    assert "Nothing to roll back" in player.state.why


@pytest.mark.parametrize("command", ["make test", "git commit -m x"])
def test_failed_preflight_has_changed_nothing(command: str) -> None:
    before = make_phase("p0", make_run("r0", command), role="prepare")
    plan = make_plan(before, make_phase("p1", make_run("r1")), PLAN.phases[3])
    player = play(UNATTENDED, fail_on("r0"), plan)
    assert (player.state.verdict, player.state.rollback) == ("no_go", None)
    assert play(UNATTENDED, fail_on("r1"), plan).state.rollback is not None


def test_what_was_done_by_hand_can_be_rolled_back() -> None:
    plan = make_plan(make_phase("p1", make_item("h1", "human"), make_run("r1", "ls")), PLAN.phases[3])
    player = Player(Course(plan), UNATTENDED, fail_on("r1"))
    player.note("item_ticked", "h1", {"changes": player.course.deploys(plan.phases[0].items[0])})
    player.play()
    assert player.names("item_started") == ["r1", "b1", "b2"]


def test_nothing_to_do_earns_no_go() -> None:
    player = play(UNATTENDED, plan=make_plan(make_phase("p1", make_item("i1", "info"))))
    assert player.state.verdict == "no_go"
    assert "nothing earns a GO" in player.state.why


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
    player = play(ACCEPTED, fail_on("g1", outcome=outcome))
    assert player.state.status == "held"
    assert player.journal[-1].data["items"] == ("g1",)
    assert "w1" not in player.names("item_started")


def test_no_data_is_looked_at_again() -> None:
    looks: list[str] = []

    def act(item: str, attempt: int) -> dict[str, Any]:
        if item != "g1":
            return pass_all(item, attempt)
        looks.append(item)
        again = {"outcome": "no_data", "retry_at": "2026-01-31T12:00:05.000Z"}
        return again if len(looks) < 2 else pass_all(item, attempt)

    player = play(ACCEPTED, act)
    assert len(looks) == 2
    assert player.state.get_item("g1").status == "passed"


DOUBTED = make_plan(
    make_phase("p1", make_run("r1", runs="ask"), make_check("c1", "r1"), make_run("r2", runs="never"), make_run("r3"))
)


def test_doubt_holds_everything_after_it() -> None:
    player = play(UNATTENDED, plan=DOUBTED)
    assert (player.state.status, player.names("item_started")) == ("held", [])
    player.note("item_chosen", "r1")
    player.play()
    assert (player.state.verdict, player.names("item_started")) == ("go", ["r1", "r3"])
    assert player.state.get_item("c1").status == "passed"


def test_left_out_with_its_checks() -> None:
    player = play(ATTENDED, plan=DOUBTED)
    assert player.state.asked is not None
    assert (player.state.asked.item, player.state.asked.reason) == ("r1", "doubt")
    player.note("item_skipped", "r1", {"reason": "not today", "checks": ["c1"]})
    player.play()
    assert (player.state.verdict, player.names("item_started")) == ("go", ["r3"])
    check = player.state.get_item("c1")
    assert (check.status, check.by, check.note) == ("skipped", "Ann", "not today")
    assert "2 left out by people" in player.state.why


def test_by_hand_leaves_its_checks_to_a_person() -> None:
    player = play(ATTENDED, plan=DOUBTED)
    player.note("item_taken_over", "r1", {"name": "Bea", "note": "in the console"})
    player.play()
    assert player.state.asked is not None
    assert (player.state.asked.item, player.state.asked.reason) == ("c1", "judge")


def test_chosen_stays_chosen_when_tried_again() -> None:
    player = Player(Course(DOUBTED), ATTENDED, fail_on("r1"))
    player.note("item_chosen", "r1")
    player.play()
    player.act = pass_all
    player.note("item_retried", "r1", {"resets": ["c1"]})
    player.play()
    assert (player.state.verdict, player.names("item_started")) == ("go", ["r1", "r1", "r3"])


@pytest.mark.parametrize("options", [UNATTENDED, ATTENDED])
def test_decided_hold_holds_until_resumed(options: Options) -> None:
    plan = make_plan(make_phase("p1", make_item("d1", "gate"), make_run("r1")))
    player = play(options, plan=plan)
    player.note("item_decided", "d1", {"name": "Bea", "decision": "hold"})
    player.play()
    assert player.state.status == "held"
    assert "Bea decided HOLD" in player.state.why
    player.note("resumed")
    player.play()
    assert player.state.status == ("waiting" if options.attended else "held")
    player.note("item_decided", "d1", {"name": "Bea", "decision": "go"})
    player.play()
    assert player.state.verdict == "go"


def test_box_is_asked_after_what_settles_it() -> None:
    box = make_item("h1", "human")
    plan = make_plan(
        make_phase("p1", box, make_run("r1", parent="h1"), make_check("c1", "r1", parent="h1"), make_run("r2"))
    )
    player = play(ATTENDED, plan=plan)
    assert player.names("item_started") == ["r1"]
    assert player.state.get_item("c1").status == "passed"
    assert player.state.asked is not None
    assert player.state.asked.item == "h1"


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


@pytest.mark.parametrize("idempotent", [True, False])
def test_what_still_runs_is_waited_for(idempotent: bool) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", idempotent=idempotent)))
    player = Player(Course(plan), ATTENDED, pass_all)
    player.note("item_started", "r1", {"attempt": 1})
    player.note("item_lost", "r1", {"orphan": "running"})
    assert decide(player.course, player.state, START) == moves.AwaitOrphan("r1", 1)
    player.note("stopped")
    assert decide(player.course, player.state, START) == moves.EndOrphan("r1", 1)


def test_idempotent_runs_again_when_lost() -> None:
    plan = make_plan(make_phase("p1", make_run("r1", idempotent=True)))
    player = Player(Course(plan), ATTENDED, pass_all)
    player.note("captured")
    player.note("item_started", "r1", {"attempt": 1})
    player.note("item_lost", "r1", {"orphan": "lost"})
    player.play()
    assert player.names("item_started") == ["r1", "r1"]


def test_no_clock_goes_on_after_the_end() -> None:
    plan = make_plan(make_phase("p1", make_item("w1", "wait", duration_s=60.0)))
    player = Player(Course(plan), ATTENDED, pass_all)
    player.note("item_started", "w1", {"until": "2026-01-31T12:01:00.000Z"})
    player.note("stopped", data={"reason": "wrong day"})
    player.play()
    seen = player.state.get_item("w1")
    assert (seen.status, seen.until, seen.finished_at) == ("failed", None, "2026-01-31T12:00:00.000Z")
    assert player.state.why == "Ann stopped the run: wrong day"


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


def test_commands_of_a_section_that_names_no_day_are_on_the_way() -> None:
    undated = make_phase("p2", make_run("r1", "./cleanup --all"), role="followup", title="Cleanup")
    words = make_phase("p3", make_item("h1", "human"), role="followup", title="Next steps")
    dated = make_phase("p4", make_run("r2"), role="followup", title="Week 2")
    assert [item.id for item in Course(make_plan(undated, words, dated)).main] == ["r1"]
