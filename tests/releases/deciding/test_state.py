"""Laws of the fold and of the next move, on plans and endings made up at random."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gonogo.releases.deciding import moves
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.decide import decide
from gonogo.releases.deciding.state import SETTLED, Options, RunState, fold
from gonogo.releases.plan import Item, Plan
from tests.releases.plans import (
    Player,
    make_check,
    make_gate,
    make_item,
    make_phase,
    make_plan,
    make_rollback,
    make_run,
)

KINDS = ("change", "read", "ask", "check", "gate", "decision", "wait", "human", "sign", "again")
OUTCOMES = ("passed", "passed", "passed", "failed", "undecided", "no_data")


def build_item(key: str, kind: str, last_run: str | None) -> Item:
    match kind:
        case "change" | "read":
            return make_run(key, "deploy" if kind == "change" else "ls", retries=len(key) % 2)
        case "ask":
            return make_run(key, runs="ask")
        case "again":
            return make_run(key, idempotent=True)
        case "check" if last_run:
            return make_check(key, last_run)
        case "gate":
            return make_gate(key, "http.errors < 1%")
        case "decision":
            return make_item(key, "gate", criteria=("fine",))
        case "wait":
            return make_item(key, "wait", duration_s=30.0)
        case "sign":
            return make_item(key, "sign", role="CTO")
    return make_item(key, "human")


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=10))
    items: list[Item] = []
    for number, kind in enumerate(kinds):
        runs = [item.id for item in items if item.kind == "run"]
        items.append(build_item(f"i{number}", kind, runs[-1] if runs else None))
    half = len(items) // 2
    back = make_phase(
        "back", make_rollback("b1"), make_rollback("b2", runs="never"), make_rollback("b3"), role="rollback"
    )
    return make_plan(make_phase("p1", *items[:half]), make_phase("p2", *items[half:]), back)


options = st.builds(
    Options,
    attended=st.booleans(),
    on_no_go=st.sampled_from(["rollback", "ask", "stop"]),
    accept_humans=st.sampled_from([None, "Bea"]),
    started_by_name=st.just("Ann"),
)


def play(plan: Plan, chosen: Options, outcomes: list[str], people: list[str]) -> Player:
    """A whole run: the n-th ending is ``outcomes[n]``, the n-th question to a person is answered by ``people[n]``."""
    endings, answers = iter(outcomes), iter(people)

    def act(item: str, attempt: int) -> dict[str, Any]:
        return {"outcome": next(endings, "passed"), "why": f"{item} {attempt}"}

    player = Player(Course(plan), chosen, act)
    player.play()
    while player.state.asked and (answer := next(answers, None)):
        item = player.course.items[player.state.asked.item]
        data = {"resets": player.course.reset_with(item)} if answer == "item_retried" else {}
        player.note(answer, item.id, data)
        player.play()
    return player


runs = st.builds(
    play,
    plans(),
    options,
    st.lists(st.sampled_from(OUTCOMES), max_size=15),
    st.lists(
        st.sampled_from(["item_ticked", "item_skipped", "item_retried", "item_taken_over", "stopped"]), max_size=12
    ),
)


@given(runs)
def test_every_prefix_folds(player: Player) -> None:
    states = [fold(player.journal[:length]) for length in range(len(player.journal) + 1)]
    assert states[0] == RunState()
    assert states[-1] == player.state
    for length in range(len(player.journal)):
        assert fold(player.journal[length:], states[length]) == player.state


@given(runs)
def test_decide_is_deterministic(player: Player) -> None:
    for length in range(len(player.journal) + 1):
        state = fold(player.journal[:length])
        assert decide(player.course, state, player.now) == decide(Course(player.course.plan), state, player.now)


@given(runs)
def test_crash_repeats_nothing_settled(player: Player) -> None:
    for length in range(1, len(player.journal) + 1):
        state = fold(player.journal[:length])
        again = Player(player.course, state.options, lambda _item, _attempt: {"outcome": "passed"})
        again.journal, again.state, again.now = list(player.journal[:length]), state, player.now
        again.play()
        settled = {key for key, seen in state.items.items() if seen.status in SETTLED}
        lost = {
            key for key, seen in state.items.items() if seen.status == "running" and not _is_idempotent(player, key)
        }
        started = {entry.item for entry in again.journal[length:] if entry.name == "item_started"}
        rerun = {check.judges for check in _failed_checks(player, state)}
        assert not started & (settled - rerun)
        assert not started & lost


@given(runs)
def test_unclear_never_becomes_go(player: Player) -> None:
    if player.state.verdict == "go":
        left = {seen.status for seen in player.state.items.values()}
        assert not left & {"failed", "undecided", "no_data", "unknown", "running"}


@given(runs)
def test_rollback_runs_once_and_no_placeholder(player: Player) -> None:
    started = player.names("item_started")
    assert started.count("b1") <= 1
    assert "b2" not in started
    assert len(player.names("rollback_started")) <= 1


@given(runs)
def test_ends_at_rest(player: Player) -> None:
    assert decide(player.course, player.state, player.now) == moves.Rest()


def _is_idempotent(player: Player, key: str) -> bool:
    return player.course.items[key].idempotent


def _failed_checks(player: Player, state: RunState) -> list[Item]:
    # An automatic retry of a failed check runs its command again: that is what retries are for.
    return [
        item
        for item in player.course.items.values()
        if item.kind == "check" and state.get_item(item.id).status == "failed"
    ]
