"""What to do next: ``decide(course, state, now)`` looks at the plan and at where the run stands. Pure."""

from __future__ import annotations

from datetime import datetime

from gonogo.kernel.clock import parse_instant
from gonogo.releases.deciding.course import PEOPLE, Course, Need
from gonogo.releases.deciding.moves import (
    AcceptFor,
    AskPerson,
    BeginWait,
    Capture,
    DeclareNoGo,
    EndWait,
    EvaluateGate,
    FindOrphan,
    Finish,
    FinishRollback,
    Hold,
    JudgeCheck,
    Move,
    Rest,
    RunCommand,
    StartRollback,
    WaitUntil,
)
from gonogo.releases.deciding.rollback import why_not_rollback
from gonogo.releases.deciding.state import SETTLED, ItemState, RunState
from gonogo.releases.plan import Item

_NEVER_STARTED = frozenset({"open", "chosen"})


def decide(course: Course, state: RunState, now: datetime) -> Move:
    """The next move. Equal arguments give an equal move; nothing that is settled is ever done again."""
    if state.status in ("new", "finished"):
        return Rest()
    if state.rollback is not None:
        return _go_back(course, state, now)
    if state.failure is not None:
        return _answer_no_go(course, state)
    return _go_forward(course, state, now)


def find_current(course: Course, state: RunState) -> Item | None:
    """The first item on the way that is neither settled nor left out."""
    left = (item for item in course.main if state.get_item(item.id).status not in SETTLED)
    return next((item for item in left if not is_left_out(course, state, item)), None)


def _go_forward(course: Course, state: RunState, now: datetime) -> Move:
    for item in course.main:
        move = _move_item(course, state, item, now)
        if move is None:
            continue
        if isinstance(move, AskPerson) and not state.options.attended:
            return _hold(state, (item.id,), f"Line {item.line} needs a decision: {item.text}")
        return _ask_once(state, move)
    return Finish("go", "Every item is settled.")


def _move_item(course: Course, state: RunState, item: Item, now: datetime) -> Move | None:
    seen = state.get_item(item.id)
    if seen.status in SETTLED or is_left_out(course, state, item):
        return None
    match seen.status:
        case "running":
            return FindOrphan(item.id, seen.attempt)
        case "unknown":
            return _retry_unknown(item, seen)
        case "waiting":
            return _go_on_waiting(item, seen, now)
        case "failed":
            return _retry_failed(course, state, item, seen)
        case "no_data":
            return _look_again(item, seen, now)
        case "undecided":
            return AskPerson(item.id, "undecided", seen.attempt)
    return _begin(course, state, item, seen)


def _begin(course: Course, state: RunState, item: Item, seen: ItemState) -> Move:
    need = course.need(item)
    if item.runs == "ask" and seen.status != "chosen":
        return AskPerson(item.id, "doubt", seen.attempt)
    if need in PEOPLE:
        accepting = state.options.accept_humans
        if accepting and _may_accept(state, item, need):
            return AcceptFor(item.id, accepting)
        return AskPerson(item.id, need, seen.attempt)
    if need in ("command", "action"):
        if state.captured is None and course.changes(item):
            return Capture()
        return RunCommand(item.id, seen.attempt + 1)
    if need == "check":
        return JudgeCheck(item.id)
    return EvaluateGate(item.id) if need == "gate" else BeginWait(item.id)


def _may_accept(state: RunState, item: Item, need: Need) -> bool:
    # What is judged by its evidence can't be accepted before there is any; signatures need a list of their own.
    if need == "tick":
        return item.id not in state.options.not_accepted
    return need in ("sign", "decide") and item.id in state.options.accepted


def is_left_out(course: Course, state: RunState, item: Item) -> bool:
    """Whether a person left out the command that the item judges, and the item with it."""
    judged = course.items.get(item.judges or "")
    return judged is not None and state.get_item(judged.id).status == "skipped"


def _retry_unknown(item: Item, seen: ItemState) -> Move:
    if item.idempotent and seen.orphan != "running":
        return RunCommand(item.id, seen.attempt + 1)
    return AskPerson(item.id, "unknown", seen.attempt)


def _go_on_waiting(item: Item, seen: ItemState, now: datetime) -> Move:
    until = parse_instant(seen.until) if seen.until else now
    return EndWait(item.id) if now >= until else WaitUntil(item.id, until)


def _look_again(item: Item, seen: ItemState, now: datetime) -> Move:
    if seen.retry_at is None:
        return AskPerson(item.id, "no_data", seen.attempt)
    retry_at = parse_instant(seen.retry_at)
    return EvaluateGate(item.id) if now >= retry_at else WaitUntil(item.id, retry_at)


def _retry_failed(course: Course, state: RunState, item: Item, seen: ItemState) -> Move:
    run = course.items.get(item.judges or "", item)
    tried = state.get_item(run.id)
    machine = course.need(run) in ("command", "action")
    if machine and tried.attempt - tried.retries_from < course.most_attempts(run):
        return RunCommand(run.id, tried.attempt + 1)
    if state.options.on_no_go == "ask":
        return AskPerson(item.id, "failed", seen.attempt)
    return DeclareNoGo(item.id, seen.why)


def _answer_no_go(course: Course, state: RunState) -> Move:
    assert state.failure is not None
    wanted = state.rollback_requested or (state.options.on_no_go == "rollback" and not state.stopped)
    if not wanted:
        return Finish("no_go", state.failure.why)
    refusal = why_not_rollback(course, state)
    if refusal is not None:
        return Finish("no_go", f"{state.failure.why} {refusal}")
    phase = course.phases.get(state.failure.item or "")
    return StartRollback(phase.id if phase else None, state.requested_level)


def _go_back(course: Course, state: RunState, now: datetime) -> Move:
    rollback = state.rollback
    assert rollback is not None
    if rollback.finished_at is not None:
        why = state.failure.why if state.failure else ""
        return Finish("no_go", f"{why} {rollback.why}".strip())
    for key in (*rollback.items, *rollback.verification):
        move = _move_back(course, state, course.items[key], now)
        if move is not None:
            return _ask_once(state, move) if state.options.attended else _hold_asked(state, move)
    return FinishRollback()


def _move_back(course: Course, state: RunState, item: Item, now: datetime) -> Move | None:
    seen = state.get_item(item.id)
    if seen.status in _NEVER_STARTED and course.need(item) in ("command", "action"):
        return RunCommand(item.id, seen.attempt + 1)
    # A rollback goes on past a command that fails; what failed is told at its end.
    if seen.status in ("failed", "undecided", "no_data") or not course.is_machine(item):
        return None
    return _move_item(course, state, item, now)


def _ask_once(state: RunState, move: Move) -> Move:
    if not isinstance(move, AskPerson):
        return move
    asked = state.asked
    if asked is not None and (asked.item, asked.reason, asked.attempt) == (move.item, move.reason, move.attempt):
        return Rest()
    return move


def _hold_asked(state: RunState, move: Move) -> Move:
    if isinstance(move, AskPerson):
        return _hold(state, (move.item,), "A person has to look at a rollback command.")
    return move


def _hold(state: RunState, items: tuple[str, ...], why: str) -> Move:
    return Rest() if state.status == "held" and state.why == why else Hold(items, why)
