"""What a rollback came to: how long it took against what was promised, and whether it counts as one. Pure."""

from __future__ import annotations

from typing import Any

from gonogo.kernel.clock import parse_instant
from gonogo.kernel.signals import format_duration
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.going_back import list_steps
from gonogo.releases.deciding.rollback import undoes
from gonogo.releases.deciding.state import Rollback, RunState
from gonogo.releases.deciding.verdicts import name_item
from gonogo.releases.plan import Item

_DONE = frozenset({"passed", "done"})


def measure_rollback(course: Course, state: RunState) -> dict[str, Any]:
    """The data of ``rollback_finished``. Seconds run from its start to the end of its last step.

    It passed only when something was undone and every step and every check was settled well: its verification decides.
    """
    rollback = state.rollback
    assert rollback is not None
    ends = [seen.finished_at for seen in map(state.get_item, rollback.items) if seen.finished_at]
    began = parse_instant(rollback.started_at)
    seconds = round((parse_instant(max(ends)) - began).total_seconds(), 3) if ends else 0.0
    steps = [course.items[key] for key in rollback.items]
    failed = [item for item, _ in list_steps(course, rollback) if not _is_settled(state, item)]
    undone = [item for item in steps if state.get_item(item.id).status in _DONE and undoes(course, item)]
    outcome = "passed" if undone and not failed and rollback.stopped_by is None else "failed"
    why = _describe(course, state, rollback, seconds, failed=failed, undone=bool(undone))
    return {"outcome": outcome, "seconds": seconds, "why": why, "failed": [item.id for item in failed]}


def _describe(
    course: Course, state: RunState, rollback: Rollback, seconds: float, *, failed: list[Item], undone: bool
) -> str:
    took = f"{seconds:.1f} s{_compare(seconds, rollback.promise_s)}"
    left_out = [item for item, _ in list_steps(course, rollback) if state.get_item(item.id).status == "skipped"]
    also = f" Left out: {_list_names(left_out)}." if left_out else ""
    if rollback.stopped_by is not None:
        return f"Not rolled back: {rollback.stopped_by} stopped the rollback after {took}.{also}"
    steps = frozenset(rollback.items)
    broken = [item for item in failed if item.id in steps or item.judges in steps]
    if broken:
        return f"Not rolled back: after {took}, these steps had failed: {_list_names(broken)}.{also}"
    if not undone:
        return f"Not rolled back: nothing that undoes the change has run.{also}"
    if failed:
        return f"Not rolled back: its steps ran in {took}, but its verification failed: {_list_names(failed)}.{also}"
    verified = " and verified" if any(state.get_item(key).status in _DONE for key in rollback.verification) else ""
    unverified = "" if verified else " The checklist has no verification of it."
    return f"Rolled back{verified} in {took}.{unverified}{also}"


def _is_settled(state: RunState, item: Item) -> bool:
    return state.get_item(item.id).status in {*_DONE, "skipped"}


def _list_names(items: list[Item]) -> str:
    return "; ".join(map(name_item, items))


def _compare(seconds: float, promise_s: float | None) -> str:
    if promise_s is None:
        return ""
    kept = "within" if seconds <= promise_s else "over"
    return f", {kept} the promised {format_duration(promise_s)}"
