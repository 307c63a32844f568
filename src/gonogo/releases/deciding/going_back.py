"""The way back: its steps in their order, each followed by the checks on it, then its verification. Pure.

A step that fails stops it there, and so does a step with a doubt or in words, until a person says what happens.
Verification stops nothing: what fails of it decides what the rollback came to.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.moves import AskPerson, Finish, FinishRollback, Move
from gonogo.releases.deciding.state import SETTLED, Rollback, RunState
from gonogo.releases.deciding.steps import find_cut_off, move_item, retry_command, settle_question
from gonogo.releases.deciding.verdicts import join_sentences
from gonogo.releases.deciding.ways import find_doubt
from gonogo.releases.plan import Item


def go_back(course: Course, state: RunState, now: datetime) -> Move:
    """The next move of a rollback that has begun."""
    rollback = state.rollback
    assert rollback is not None
    if rollback.finished_at is not None:
        why = state.failure.why if state.failure else ""
        return Finish("no_go", join_sentences(why, rollback.why))
    if rollback.stopped_by is not None:
        return find_cut_off(course, state) or FinishRollback()
    for item, is_step in list_steps(course, rollback):
        move = _move_back(course, state, item, is_step, now)
        if move is not None:
            return settle_question(state, item, move)
    return FinishRollback()


def list_steps(course: Course, rollback: Rollback) -> Iterator[tuple[Item, bool]]:
    """Every item of a rollback in its order, and whether its failure stops it."""
    after = [course.items[key] for key in rollback.verification]
    steps = frozenset(rollback.items)
    for key in rollback.items:
        yield course.items[key], True
        yield from ((check, True) for check in after if check.judges == key)
    yield from ((item, False) for item in after if item.judges not in steps)


def _move_back(course: Course, state: RunState, item: Item, is_step: bool, now: datetime) -> Move | None:
    seen = state.get_item(item.id)
    if seen.status in SETTLED:
        return None
    if seen.status == "failed":
        again = retry_command(course, state, item)
        return again or (AskPerson(item.id, "failed", seen.attempt) if is_step else None)
    if seen.status in ("open", "chosen") and find_doubt(course, item) and not seen.chosen:
        return AskPerson(item.id, "doubt", seen.attempt)
    return move_item(course, state, item, now)
