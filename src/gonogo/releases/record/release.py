"""A run as it is told to programs: everything in one answer."""

from __future__ import annotations

from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.people import describe_four_eyes
from gonogo.releases.deciding.rollback import list_levels, why_not_rollback
from gonogo.releases.deciding.state import RunState
from gonogo.releases.plan import Item, Phase
from gonogo.releases.record.ledger import Run
from gonogo.releases.schemas import ItemReport, PhaseReport, Release, Summary
from gonogo.releases.store import read_exit_code


def describe_release(run: Run) -> Release:
    """The run with the state of every item of its plan."""
    state, course = run.state, run.course
    told = {name: run.row[name] for name in Summary.__struct_fields__ if name != "exit_code"}
    return Release(
        **told,
        exit_code=read_exit_code(run.row),
        why=state.why,
        workdir=run.row["workdir"],
        checklist_id=run.row["checklist_id"],
        options=state.options,
        asked=state.asked,
        failure=state.failure,
        rollback=state.rollback,
        captured=state.captured,
        changed=state.changed,
        levels=tuple(list_levels(course)),
        rollback_refusal=why_not_rollback(course, state),
        head_seq=run.row["head_seq"],
        head_hash=run.row["head_hash"],
        alone=describe_four_eyes(course, state),
        phases=tuple(_describe_phase(phase, course, state) for phase in course.plan.phases),
    )


def _describe_phase(phase: Phase, course: Course, state: RunState) -> PhaseReport:
    return PhaseReport(
        id=phase.id,
        title=phase.title,
        line=phase.line,
        role=phase.role,
        path=phase.path,
        items=tuple(describe_item(item, course, state) for item in phase.items),
    )


def describe_item(item: Item, course: Course, state: RunState) -> ItemReport:
    """One item with where it stands."""
    names = [name for name in ItemReport.__struct_fields__ if name not in ("need", "why_not", "for_later", "state")]
    told = {name: getattr(item, name) for name in names}
    later, seen = course.is_for_later(item), state.get_item(item.id)
    return ItemReport(**told, need=course.need(item), why_not=item.why, for_later=later, state=seen)
