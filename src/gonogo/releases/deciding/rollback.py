"""Which commands a rollback consists of. Pure."""

from __future__ import annotations

import msgspec

from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.state import RunState
from gonogo.releases.plan import Item, Phase
from gonogo.releases.reading.alternatives import is_later_option


class RollbackPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What would run, in order, and the checks after it. ``promise_s`` is the promised time, if one was written."""

    level: int | None
    phase: str | None
    items: tuple[str, ...]
    verification: tuple[str, ...]
    promise_s: float | None


def plan_rollback(
    course: Course, failed: str | None, level: int | None = None, begun: frozenset[str] | None = None
) -> RollbackPlan:
    """The rollback for a run that failed in phase ``failed``: that phase's own, else the whole run's.

    Where nothing is written for the whole run, that of every phase in ``begun`` (None: all). Without a ``level`` the
    lowest one there is: it is the quickest.
    """
    steps = [item for item in course.items.values() if item.kind == "rollback" and not _verifies(course, item)]
    bound = [item for item in steps if failed and course.binding(item) == failed]
    bound = bound if any(_is_runnable(course, item) for item in bound) else []
    whole = [item for item in steps if course.binding(item) is None]
    others = [item for item in steps if begun is None or course.binding(item) in begun]
    group = bound or whole or others
    chosen = level if level is not None else _find_lowest(group)
    group = [item for item in group if item.level in (chosen, None)]
    scope = failed if bound else None
    return RollbackPlan(
        level=chosen,
        phase=scope,
        items=tuple(item.id for item in group if _is_runnable(course, item)),
        verification=tuple(item.id for item in _find_verification(course, group, scope)),
        promise_s=min((item.promise_s for item in group if item.promise_s is not None), default=None),
    )


def find_rollback(course: Course, state: RunState, level: int | None = None) -> RollbackPlan:
    """The rollback for a run as it stands."""
    failed = course.phases.get((state.failure.item if state.failure else None) or "")
    begun = frozenset(
        course.phases[key].id for key, seen in state.items.items() if seen.attempt and key in course.phases
    )
    return plan_rollback(course, failed.id if failed else None, level, begun)


def list_levels(course: Course) -> list[int]:
    """The levels a person can choose from."""
    levels = {item.level for item in course.items.values() if item.kind == "rollback" and item.level is not None}
    return sorted(levels)


def why_not_rollback(course: Course, state: RunState) -> str | None:
    """Why a rollback can't start now, as a sentence; None when it can."""
    if state.rollback is not None:
        return "This run was rolled back already."
    if not state.changed:
        return "Nothing was changed: only commands that read have run."
    if not find_rollback(course, state).items:
        return "The checklist has no rollback command that can run by itself."
    return None


def _find_lowest(group: list[Item]) -> int | None:
    return min((item.level for item in group if item.level is not None), default=None)


def _is_runnable(course: Course, item: Item) -> bool:
    if item.command is None and item.action is None:
        return False
    phase = course.phases[item.id]
    if any(is_later_option(title) for title in (*phase.path, phase.title)):
        return False
    return item.doubt is None


def _find_verification(course: Course, group: list[Item], scope: str | None) -> list[Item]:
    phases = {course.phases[item.id].id for item in group}
    return [
        item
        for item in course.items.values()
        if (item.kind == "check" and course.phases[item.id].id in phases)
        or (_verifies(course, item) and course.binding(item) in (None, scope) and _is_check_or_runs(course, item))
    ]


def _is_check_or_runs(course: Course, item: Item) -> bool:
    return item.kind == "check" or _is_runnable(course, item)


def _verifies(course: Course, item: Item) -> bool:
    phase: Phase = course.phases[item.id]
    return phase.role == "rollback" and "verif" in phase.title.lower()
