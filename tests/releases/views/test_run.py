"""What the page of a run says at each stage of it."""

from __future__ import annotations

from typing import Any

from gonogo.kernel.auth.actor import Actor, Role
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.people import Team
from gonogo.releases.deciding.state import Options
from gonogo.releases.views.lines import draw_line
from gonogo.releases.views.run import RunView, Viewer
from tests.releases.plans import (
    Player,
    fail_on,
    make_check,
    make_gate,
    make_item,
    make_phase,
    make_plan,
    make_rollback,
    make_run,
    pass_all,
)

ASK = Options(attended=True, on_no_go="ask", started_by="u1", started_by_name="Ann")
COURSE = Course(
    make_plan(
        make_phase("p1", make_run("r1"), make_check("c1", "r1"), make_item("h1", "human")),
        make_phase("p2", make_gate("g1", "http.errors < 1%"), make_item("d1", "gate", criteria=("all well",))),
        make_phase("p3", make_item("s1", "sign", role="CTO"), role="signoff"),
        make_phase("p4", make_rollback("b1", promise_s=120.0), role="rollback"),
        make_phase("p5", make_item("i1", "info"), role="info"),
    )
)


TEAM = Team(accounts=frozenset({"Ann", "Ben"}))


def make_actor(role: Role, id: str = "u2", name: str = "Ben") -> Actor:
    return Actor(id, name, "user", role)


def view(player: Player, actor: Actor | None = None, **kwargs: Any) -> RunView:
    return Viewer(COURSE, player.state, actor or make_actor("approver"), TEAM).view_run(**kwargs)


def choices(page: RunView) -> list[str]:
    assert page.current is not None
    return [choice.name for choice in page.current.choices]


def play_to(item: str, act: Any = pass_all) -> Player:
    """A run that waits at ``item``, everything before it settled."""
    player = Player(COURSE, ASK, act)
    acts = {"h1": "item_ticked", "d1": "item_decided", "s1": "item_signed"}
    player.play()
    while player.state.asked and player.state.asked.item != item:
        asked = player.state.asked.item
        player.note(acts[asked], asked, {"name": "Cleo", "decision": "go"})
        player.play()
    return player


def test_a_new_run_shows_its_first_item() -> None:
    page = view(Player(COURSE, ASK, pass_all))
    assert page.current is not None
    assert (page.current.item.id, page.settled, page.total, page.shown.id) == ("r1", 0, 6, "p1")


def test_a_tick_is_asked_of_operators_only() -> None:
    player = play_to("h1")
    assert choices(view(player, make_actor("operator"))) == ["tick", "skip"]
    page = view(player, make_actor("viewer"))
    assert page.current is not None
    assert (choices(page), page.current.waits_for, page.look) == ([], "Waits for an operator.", "needs_person")


def test_go_and_no_go_are_for_approvers() -> None:
    player = play_to("d1")
    assert choices(view(player)) == ["go", "no_go", "hold"]
    assert choices(view(player, make_actor("operator"))) == []


def test_who_started_the_run_can_not_sign_it() -> None:
    player = play_to("s1")
    assert choices(view(player)) == ["sign"]
    page = view(player, make_actor("admin", "u1", "Ann"))
    assert page.current is not None
    assert choices(page) == []
    assert "Ann started this run" in page.current.waits_for


def test_a_failure_offers_the_ways_on() -> None:
    page = view(play_to("c1", fail_on("c1")))
    assert choices(page) == ["retry", "take_over", "skip"]
    assert page.current is not None
    assert (page.current.line, page.phases[0].look) == ("c1 broke", "failed")


def test_a_gate_without_data_can_be_decided() -> None:
    player = Player(COURSE, ASK, fail_on("g1", outcome="no_data"))
    player.play()
    player.note("item_ticked", "h1", {"name": "Cleo"})
    player.play()
    page = view(player)
    assert choices(page) == ["go", "no_go", "hold", "retry", "skip"]
    assert page.gates[0].look == "no_data"


def test_progress_counts_what_is_on_the_way() -> None:
    page = view(play_to("d1"))
    assert [(phase.settled, phase.total) for phase in page.phases] == [(3, 3), (1, 2), (0, 1)]
    assert [phase.id for phase in page.aside] == ["p4"]
    assert round(sum(segment.width for segment in page.segments)) in range(97, 101)


def test_a_finished_phase_shows_what_it_took_and_no_running_clock() -> None:
    page = view(play_to("d1"))
    assert (page.phases[0].look, page.phases[0].running_since) == ("passed", None)
    assert page.phases[0].took_s is not None


def test_rollback_shows_its_promise_and_its_commands() -> None:
    page = view(play_to("d1"))
    assert (page.back.refusal, page.back.promise_s, page.back.commands) == (None, 120.0, ("undo",))


def test_rollback_is_refused_while_nothing_was_changed() -> None:
    assert "Nothing to roll back" in (view(Player(COURSE, ASK, pass_all)).back.refusal or "")


def test_the_chosen_phase_is_shown() -> None:
    assert view(play_to("d1"), chosen_phase="p3").shown.id == "p3"
    assert view(play_to("d1"), chosen_phase="nothing").shown.id == "p1"


def test_a_finished_run_offers_nothing() -> None:
    player = play_to("s1")
    player.note("item_signed", "s1", {"name": "Cleo"})
    player.play()
    page = view(player)
    assert (page.look, page.current, page.is_live, page.settled) == ("go", None, False, 6)


def test_a_run_in_one_line() -> None:
    row = {"id": "r", "title": "T", "path": "p", "environment": None, "started_at": "x", "started_by_name": "Ann"}
    line = draw_line(row, COURSE, play_to("d1").state)
    assert (line.look, line.tone, line.settled, line.total, line.now) == ("needs_person", "hold", 4, 6, "d1")


def test_people_may_act_ahead_in_the_phase_under_way_only() -> None:
    player = Player(COURSE, ASK, pass_all)
    ahead = Viewer(COURSE, player.state, make_actor("approver"), {})
    assert [choice.name for choice in ahead.view_item(COURSE.items["h1"]).choices] == ["tick", "skip"]
    assert ahead.view_item(COURSE.items["d1"]).choices == ()
