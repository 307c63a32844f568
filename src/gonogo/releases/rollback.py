"""Which commands a rollback consists of. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from gonogo.releases.course import Course
from gonogo.releases.plan import Item, Phase
from gonogo.releases.state import RunState


class RollbackPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What would run, in order, and the checks after it. ``promise_s`` is the promised time, if one was written."""

    level: int | None
    phase: str | None
    items: tuple[str, ...]
    verification: tuple[str, ...]
    promise_s: float | None


def plan_rollback(course: Course, failed: str | None, level: int | None = None) -> RollbackPlan:
    """The rollback for a run that failed in phase ``failed``: that phase's own, else the whole run's.

    Without a ``level`` the lowest one there is: it is the quickest. Placeholders never run, and of alternatives only
    the first.
    """
    candidates = [(phase, item) for phase, item in _walk(course) if item.kind == "rollback"]
    bound = [(phase, item) for phase, item in candidates if failed and _binding(phase, item) == failed]
    if not any(_is_runnable(item) for _, item in bound):
        bound = []
    scope = failed if bound else None
    group = bound or [(phase, item) for phase, item in candidates if _binding(phase, item) is None] or candidates
    chosen = level if level is not None else _find_lowest(group)
    group = [(phase, item) for phase, item in group if item.level in (chosen, None)]
    return RollbackPlan(
        level=chosen,
        phase=scope,
        items=tuple(item.id for _, item in group if _is_runnable(item)),
        verification=tuple(item.id for item in _find_verification(course, {phase.id for phase, _ in group})),
        promise_s=min((item.promise_s for _, item in group if item.promise_s is not None), default=None),
    )


def list_levels(course: Course) -> list[int]:
    """The levels a person can choose from."""
    levels = {item.level for _, item in _walk(course) if item.kind == "rollback" and item.level is not None}
    return sorted(levels)


def why_not_rollback(course: Course, state: RunState) -> str | None:
    """Why a rollback can't start now, as a sentence; None when it can."""
    if state.rollback is not None:
        return "This run was rolled back already."
    if not state.changed:
        return "Nothing was changed: only commands that read have run."
    if not plan_rollback(course, None).items:
        return "The checklist has no rollback command that can run by itself."
    return None


def _walk(course: Course) -> Iterator[tuple[Phase, Item]]:
    return ((course.phases[item.id], item) for item in course.items.values())


def _binding(phase: Phase, item: Item) -> str | None:
    return item.binds or phase.binds


def _find_lowest(group: list[tuple[Phase, Item]]) -> int | None:
    return min((item.level for _, item in group if item.level is not None), default=None)


def _is_runnable(item: Item) -> bool:
    return item.command is not None and item.runs != "never"


def _find_verification(course: Course, phases: set[str]) -> list[Item]:
    return [
        item
        for phase, item in _walk(course)
        if phase.role == "rollback" and item.kind in ("check", "run") and item.runs in (None, "auto")
        if phase.id in phases or "verif" in phase.title.lower()
    ]
