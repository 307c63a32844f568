"""Laws of the fold and of the next move, on plans and endings made up at random."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gonogo.releases.deciding import moves
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.decide import decide
from gonogo.releases.deciding.folding import fold
from gonogo.releases.deciding.state import SETTLED, Options, RunState
from gonogo.releases.plan import Item, PhaseRole, Plan
from gonogo.releases.reading.read import read_checklist
from tests.releases.plans import (
    Player,
    make_check,
    make_gate,
    make_item,
    make_phase,
    make_plan,
    make_rollback,
    make_run,
    make_words,
)

KINDS = ("change", "read", "ask", "check", "gate", "decision", "wait", "human", "sign", "again")
ROLES: tuple[PhaseRole, ...] = ("prepare", "deploy", "deploy", "verify", "monitor")
OUTCOMES = ("passed", "passed", "passed", "failed", "failed", "undecided", "no_data")


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
    roles: list[PhaseRole] = [draw(st.sampled_from(ROLES)), draw(st.sampled_from(ROLES))]
    bound = draw(st.sampled_from(["run", "p1", "p2"]))
    own = make_phase("own", make_rollback("o1"), role="rollback", binds=bound)
    back = make_phase(
        "back", make_rollback("b1"), make_rollback("b2", doubt="placeholder"), make_words("b3"), role="rollback"
    )
    first, second = make_phase("p1", *items[:half], role=roles[0]), make_phase("p2", *items[half:], role=roles[1])
    return make_plan(first, second, own, back)


BLOCKS = (
    "```bash\n./release.sh web\ncurl -f http://localhost:8080/ready\n```",
    "```bash\nrm -rf /srv/web/releases/old\n```",
    "```bash\ndocker pull registry.example/web:<TAG>\n```",
    "```sql\nUPDATE plans SET active = 1;\n-- Expected: 12 rows\n```",
    "```bash\npytest -q\n# Expected: 40/40 tests passing\n```",
    "- [ ] The queue is drained\n- [ ] `systemctl reload web`",
    "- [ ] Copy the assets\n  ```bash\n  ./copy-assets\n  ```",
    "**Wait 10 minutes before going on.**",
    "**Option 1: compose**\n```bash\ndocker compose up -d\n```\n**Option 2: cluster**\n```bash\n./cluster\n```",
    "Only if the cache is cold:\n```bash\n./warm-cache\n```",
    "**GO / NO-GO:** does the canary look well?",
    "| Role | Name | Date |\n| --- | --- | --- |\n| CTO | | |",
    "Error rate < 1%",
)
HEADINGS = (
    "Pre-flight (STOP IF ANY FAILS)",
    "Deploy the canary",
    "GO/NO-GO decision",
    "Deploy everywhere",
    "Soak (30 minutes)",
    "Verification",
    "Rollback",
    "Rollback verification",
    "Sign-off",
    "Troubleshooting",
    "Post-deployment tasks",
)


@st.composite
def documents(draw: st.DrawFn) -> Plan:
    """A checklist as people write them, read as it is."""
    lines = ["# Ship web"]
    for heading in draw(st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=5)):
        lines.append(draw(st.sampled_from(["##", "##", "###"])) + " " + heading)
        lines += draw(st.lists(st.sampled_from(BLOCKS), max_size=3))
    return read_checklist("\n\n".join(lines).encode(), "ship.md")


options = st.builds(
    Options,
    attended=st.booleans(),
    on_no_go=st.sampled_from(["rollback", "ask", "stop"]),
    accept_humans=st.sampled_from([None, "Bea"]),
    accepted=st.sampled_from([(), tuple(f"i{number}" for number in range(10))]),
    started_by_name=st.just("Ann"),
)


def play(plan: Plan, chosen: Options, outcomes: list[str], people: list[str]) -> Player:
    """A whole run: the n-th ending is ``outcomes[n]``, the n-th question to a person is answered by ``people[n]``."""
    endings, answers = iter(outcomes), iter(people)

    def act(item: str, attempt: int) -> dict[str, Any]:
        return {"outcome": next(endings, "passed"), "why": f"{item} {attempt}"}

    player = Player(Course(plan), chosen, act)
    player.play()
    while (item := find_awaited(player)) and (answer := next(answers, None)):
        player.note(answer, item.id, describe_answer(player, answer, item))
        player.play()
    return player


def find_awaited(player: Player) -> Item | None:
    """What the run waits for a person to do, whether it asks or is held."""
    return player.course.items[player.state.asked.item] if player.state.asked is not None else None


def describe_answer(player: Player, answer: str, item: Item) -> dict[str, Any]:
    """What goes into the journal with an answer."""
    match answer:
        case "item_retried":
            return {"resets": player.course.reset_with(item)}
        case "item_skipped":
            return {"reason": "not today", "checks": [check.id for check in player.course.checks.get(item.id, ())]}
        case "item_ticked" | "item_taken_over":
            return {"name": "Bea", "changes": player.course.deploys(item)}
    return {}


runs = st.builds(
    play,
    plans() | documents(),
    options,
    st.lists(st.sampled_from(OUTCOMES), max_size=15),
    st.lists(
        st.sampled_from(["item_ticked", "item_skipped", "item_retried", "item_taken_over", "item_chosen", "stopped"]),
        max_size=12,
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
def test_go_only_with_everything_settled(player: Player) -> None:
    for length in range(1, len(player.journal) + 1):
        state = fold(player.journal[:length])
        if state.verdict == "go":
            assert player.course.main
            assert all(state.get_item(item.id).status in SETTLED for item in player.course.main)
            evidenced = [item for item in player.course.main if state.get_item(item.id).status != "passed"]
            assert all(state.get_item(item.id).by for item in evidenced), "neither evidence nor a named person"


@given(runs)
def test_nothing_starts_past_an_open_item(player: Player) -> None:
    """A command, a check, a gate or a wait begins only once everything before it on the way is settled."""
    way = [item.id for item in player.course.main]
    for length, entry in enumerate(player.journal):
        if entry.name not in ("item_started", "item_finished", "person_asked") or entry.item not in way:
            continue
        state = fold(player.journal[:length])
        before = way[: way.index(entry.item)]
        judged = player.course.items[entry.item]
        again = {check.id for check in player.course.checks.get(judged.id, ())}
        assert all(state.get_item(key).status in SETTLED for key in before if key not in again)


@given(runs)
def test_doubts_run_only_when_chosen(player: Player) -> None:
    chosen: set[str | None] = set()
    for entry in player.journal:
        if entry.name == "item_chosen":
            chosen.add(entry.item)
        if entry.name == "item_started" and entry.item is not None:
            item = player.course.items[entry.item]
            assert entry.item in chosen or (item.runs != "ask" and item.doubt is None)


@given(runs)
def test_rollback_undoes_what_was_reached_once(player: Player) -> None:
    assert len(player.names("rollback_started")) <= 1
    for length, entry in enumerate(player.journal):
        if entry.name != "rollback_started":
            continue
        state = fold(player.journal[:length])
        changed = {key for key, seen in state.items.items() if seen.changed}
        assert changed
        assert not any(player.course.items[key].kind == "rollback" for key in changed)
        bound = {key: player.course.binding(player.course.items[key]) for key in entry.data["items"]}
        touched = {player.course.phases[key].id for key in changed}
        sections = {phase.id: player.course.section(phase) for phase in player.course.plan.phases}
        assert all(target is None or (sections[target] & touched) or target in changed for target in bound.values())


@given(runs)
def test_rollback_goes_no_further_than_a_step_that_failed(player: Player) -> None:
    for length, entry in enumerate(player.journal):
        state = fold(player.journal[:length])
        if entry.name != "item_started" or state.rollback is None or entry.item not in state.rollback.items:
            continue
        before = state.rollback.items[: state.rollback.items.index(entry.item)]
        assert all(state.get_item(key).status in SETTLED for key in before)


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
