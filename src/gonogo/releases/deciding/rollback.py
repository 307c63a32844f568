"""Which steps a rollback consists of. Pure.

Bound to phases or steps, it undoes those that were reached, last first; else it is what stands there for the whole run.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec

from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.state import RunState
from gonogo.releases.plan import Item, Phase


class RollbackPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What would run, in order, and the checks after it. ``promise_s`` is the promised time, if one was written."""

    level: int | None
    phase: str | None
    items: tuple[str, ...]
    verification: tuple[str, ...]
    promise_s: float | None


def plan_rollback(
    course: Course, failed: str | None, level: int | None = None, changed: frozenset[str] | None = None
) -> RollbackPlan:
    """The rollback for a run that failed at the item or in the phase ``failed``.

    ``changed`` are the items that may have changed something (None: any may have). Without a ``level`` the lowest one
    there is: it is the quickest.
    """
    steps = [item for item in course.items.values() if item.kind == "rollback" and _is_step(course, item)]
    targets: dict[str, list[Item]] = defaultdict(list)
    for item in steps:
        targets[course.binding(item) or ""].append(item)
    whole = targets.pop("", [])
    reached = [target for target in targets if _is_reached(course, target, changed)]
    own = [target for target in reached if failed and failed in _list_covered(course, target)]
    groups = [whole]
    if own or not whole:
        reached.sort(key=lambda target: _place(course, target), reverse=True)
        groups = [targets[target] for target in reached]
    group = [item for each in groups for item in _pick_level(each, level)]
    return RollbackPlan(
        level=level if level is not None else _find_lowest(group),
        phase=_find_phase(course, own[0]) if own else None,
        items=tuple(item.id for item in group),
        verification=tuple(item.id for item in _find_verification(course, group, frozenset(reached))),
        promise_s=_sum_promises(groups, level),
    )


def find_rollback(course: Course, state: RunState, level: int | None = None) -> RollbackPlan:
    """The rollback for a run as it stands."""
    changed = frozenset(key for key, seen in state.items.items() if seen.changed)
    return plan_rollback(course, state.failure.item if state.failure else None, level, changed)


def list_levels(course: Course) -> list[int]:
    """The levels a person can choose from."""
    levels = {item.level for item in course.items.values() if item.kind == "rollback" and item.level is not None}
    return sorted(levels)


def why_not_rollback(course: Course, state: RunState) -> str | None:
    """Why a rollback can't start now, as a sentence; None when it can."""
    if state.rollback is not None and state.rollback.finished_at is None:
        return "This run is being rolled back."
    if state.rollback is not None:
        return "This run was rolled back already."
    if not state.changed:
        return "Nothing to roll back: nothing that changes the deployment has run."
    planned = find_rollback(course, state)
    if not planned.items:
        return "The checklist has no rollback for the steps that were reached."
    if not any(undoes(course, course.items[key]) for key in planned.items):
        return "The checklist has no rollback: what it says there only checks."
    return None


def is_of_way_back(course: Course, item: Item) -> bool:
    """Whether a rollback would come to it, as a step or to verify what it did."""
    return item.adopted != "out" and (_verifies(course, item) or _is_step(course, item))


def undoes(course: Course, item: Item) -> bool:
    """Whether a step of a rollback changes anything: a command that does, or words for a person to follow."""
    return not course.is_machine(item) or course.changes(item)


def _is_step(course: Course, item: Item) -> bool:
    if _verifies(course, item) or item.adopted == "out":
        return False
    # Words above commands are what those commands do.
    below = course.children.get(item.id, ())
    return course.is_machine(item) or not any(child.kind == "rollback" for child in below)


def _is_reached(course: Course, target: str, changed: frozenset[str] | None) -> bool:
    return changed is None or any(key in changed for key in _list_covered(course, target))


def _list_covered(course: Course, target: str) -> frozenset[str]:
    """The items of a phase and of those below it, or a step with the items below that; and the target itself."""
    phase = next((each for each in course.plan.phases if each.id == target), None)
    if phase is None:
        return frozenset([target, *(child.id for child in course.children.get(target, ()))])
    inside = course.section(phase)
    return inside | {key for key, of in course.phases.items() if of.id in inside}


def _place(course: Course, target: str) -> tuple[int, int]:
    items = course.plan.phases[course.place(target)].items
    return course.place(target), next((at for at, item in enumerate(items) if item.id == target), -1)


def _find_phase(course: Course, target: str) -> str:
    return course.phases[target].id if target in course.phases else target


def _pick_level(group: list[Item], level: int | None) -> list[Item]:
    chosen = level if level is not None else _find_lowest(group)
    return [item for item in group if item.level in (chosen, None)]


def _find_lowest(group: list[Item]) -> int | None:
    return min((item.level for item in group if item.level is not None), default=None)


def _sum_promises(groups: list[list[Item]], level: int | None) -> float | None:
    """The time promised for all of it: one promise a group, and none for all unless each group has one."""
    promised = [
        min((item.promise_s for item in _pick_level(group, level) if item.promise_s is not None), default=None)
        for group in groups
    ]
    known = [seconds for seconds in promised if seconds is not None]
    return sum(known) if known and len(known) == len(promised) else None


def _find_verification(course: Course, group: list[Item], targets: frozenset[str]) -> list[Item]:
    phases, steps = {course.phases[item.id].id for item in group}, frozenset(item.id for item in group)

    def verifies(item: Item) -> bool:
        if item.kind == "check" and item.judges:
            return item.judges in steps or (_verifies(course, item) and _concerns(course, item, targets))
        if item.kind == "check" and course.phases[item.id].id in phases:
            return True
        of_verification = item.kind in ("rollback", "check", "human", "gate") and _verifies(course, item)
        return of_verification and _concerns(course, item, targets)

    return [item for item in course.items.values() if verifies(item)]


def _concerns(course: Course, item: Item, targets: frozenset[str]) -> bool:
    bound = course.binding(item)
    return bound is None or bound in targets


def _verifies(course: Course, item: Item) -> bool:
    phase: Phase = course.phases[item.id]
    return phase.role == "rollback" and "verif" in phase.title.lower()
