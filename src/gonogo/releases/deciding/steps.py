"""The next move for one item that is not settled, and what becomes of a question to a person. Pure."""

from __future__ import annotations

from datetime import datetime

from gonogo.kernel.clock import parse_instant
from gonogo.releases.deciding.course import PEOPLE, Course, Need
from gonogo.releases.deciding.moves import (
    AcceptFor,
    AskPerson,
    AwaitOrphan,
    BeginWait,
    Capture,
    DeclareNoGo,
    EndOrphan,
    EndWait,
    EvaluateGate,
    FindOrphan,
    Hold,
    JudgeCheck,
    Move,
    Rest,
    RunCommand,
    WaitUntil,
)
from gonogo.releases.deciding.state import ItemState, RunState
from gonogo.releases.plan import Item


def move_item(course: Course, state: RunState, item: Item, now: datetime) -> Move:
    """What the item needs next. It must be open in the widest sense: neither passed, done nor left out."""
    seen = state.get_item(item.id)
    if seen.decision == "hold":
        why = f"{seen.by} decided HOLD at line {item.line}: {item.text}"
        return Hold((item.id,), why, course.need(item), seen.attempt)
    match seen.status:
        case "running":
            return FindOrphan(item.id, seen.attempt)
        case "unknown":
            return _follow_unknown(item, seen)
        case "waiting":
            return _go_on_waiting(item, seen, now)
        case "failed":
            return _retry_failed(course, state, item, seen)
        case "no_data":
            return _look_again(item, seen, now)
        case "undecided":
            return AskPerson(item.id, "undecided", seen.attempt)
    return _begin(course, state, item, seen)


def find_need(course: Course, state: RunState, item: Item) -> Need:
    """What settles the item as the run stands: what a person did by hand has no output for a rule to judge."""
    need = course.need(item)
    if need != "check":
        return need
    judged = course.items[item.judges or ""]
    fence = course.fences.get(judged.fence or "", []) if item.scope == "fence" else []
    upto = fence[: fence.index(judged) + 1] if judged in fence else [judged]
    return "judge" if any(state.get_item(each.id).status == "done" for each in upto) else "check"


def find_cut_off(course: Course, state: RunState) -> Move | None:
    """A command that a killed server left behind: it has to be found, and ended, before the run turns back or ends."""
    for key, seen in state.items.items():
        if seen.status == "running" and key in course.items:
            return FindOrphan(key, seen.attempt)
        if seen.status == "unknown" and seen.orphan == "running":
            return EndOrphan(key, seen.attempt)
    return None


def retry_command(course: Course, state: RunState, item: Item) -> Move | None:
    """Another attempt at a command that failed, or whose check did, while its retries last."""
    run = course.items.get(item.judges or "", item)
    tried = state.get_item(run.id)
    machine = course.need(run) in ("command", "action")
    if machine and tried.attempt - tried.retries_from < course.most_attempts(run):
        return RunCommand(run.id, tried.attempt + 1)
    return None


def settle_question(state: RunState, item: Item, move: Move) -> Move:
    """A question as this run can ask it: once, while somebody attends; else the run is held here."""
    if isinstance(move, AskPerson) and not state.options.attended:
        doubt = f" ({item.why})" if move.reason == "doubt" and item.why else ""
        why = f"Line {item.line} needs a decision: {item.text}{doubt}"
        move = Hold((item.id,), why, move.reason, move.attempt)
    if isinstance(move, Hold):
        return Rest() if state.status == "held" and state.why == move.why else move
    if not isinstance(move, AskPerson):
        return move
    asked = state.asked
    if asked is not None and (asked.item, asked.reason, asked.attempt) == (move.item, move.reason, move.attempt):
        return Rest()
    return move


def _begin(course: Course, state: RunState, item: Item, seen: ItemState) -> Move:
    need = find_need(course, state, item)
    if item.runs == "ask" and not seen.chosen:
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
    # What is judged by its evidence can't be accepted before there is any, and a way back is never taken for granted;
    # signatures need a list of their own.
    if need == "tick":
        return state.rollback is None and item.id not in state.options.not_accepted
    return need in ("sign", "decide") and item.id in state.options.accepted


def _follow_unknown(item: Item, seen: ItemState) -> Move:
    if seen.orphan == "running":
        return AwaitOrphan(item.id, seen.attempt)
    if item.idempotent:
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
    again = retry_command(course, state, item)
    if again is not None:
        return again
    if state.options.on_no_go == "ask":
        return AskPerson(item.id, "failed", seen.attempt)
    return DeclareNoGo(item.id, seen.why)
