"""What to do next: ``decide(course, state, now)`` looks at the plan and at where the run stands. Pure."""

from __future__ import annotations

from datetime import datetime

from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.going_back import go_back
from gonogo.releases.deciding.moves import (
    DeclareNoGo,
    Finish,
    Move,
    Rest,
    StartRollback,
)
from gonogo.releases.deciding.rollback import why_not_rollback
from gonogo.releases.deciding.state import SETTLED, RunState
from gonogo.releases.deciding.steps import find_cut_off, move_item, settle_question
from gonogo.releases.deciding.verdicts import describe_failure, describe_go, join_sentences
from gonogo.releases.plan import Item


def decide(course: Course, state: RunState, now: datetime) -> Move:
    """The next move. Equal arguments give an equal move; nothing that is settled is ever done again.

    On the way the first open item is the only one that moves: whatever it waits for, nothing after it runs.
    """
    if state.status in ("new", "finished"):
        return Rest()
    if state.rollback is not None:
        return go_back(course, state, now)
    if state.failure is not None:
        return _answer_no_go(course, state)
    return _go_forward(course, state, now)


def find_current(course: Course, state: RunState) -> Item | None:
    """The first item on the way that is not settled."""
    left = (item for item in course.main if state.get_item(item.id).status not in SETTLED)
    return next(left, None)


def is_left_out(course: Course, state: RunState, item: Item) -> bool:
    """Whether a person left out the command that the item judges, and the item with it."""
    judged = course.items.get(item.judges or "")
    return judged is not None and state.get_item(judged.id).status == "skipped"


def _go_forward(course: Course, state: RunState, now: datetime) -> Move:
    item = find_current(course, state)
    if item is not None:
        move = move_item(course, state, item, now)
        if isinstance(move, DeclareNoGo):
            return DeclareNoGo(item.id, describe_failure(item, state.get_item(item.id)))
        return settle_question(state, item, move)
    if not course.main:
        return Finish("no_go", "There is nothing to run, judge or decide in this checklist, so nothing earns a GO.")
    return Finish("go", describe_go(course, state))


def _answer_no_go(course: Course, state: RunState) -> Move:
    assert state.failure is not None
    cut = find_cut_off(course, state)
    if cut is not None:
        return cut
    wanted = state.rollback_requested or (state.options.on_no_go == "rollback" and not state.stopped)
    if not wanted:
        return Finish("no_go", state.failure.why)
    refusal = why_not_rollback(course, state)
    if refusal is not None:
        return Finish("no_go", join_sentences(state.failure.why, refusal))
    phase = course.phases.get(state.failure.item or "")
    return StartRollback(phase.id if phase else None, state.requested_level)
