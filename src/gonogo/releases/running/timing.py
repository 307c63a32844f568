"""How long a rollback took, against what was promised. Pure."""

from __future__ import annotations

from typing import Any

from gonogo.kernel.clock import parse_instant
from gonogo.kernel.signals import format_duration
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.state import RunState


def measure_rollback(course: Course, state: RunState) -> dict[str, Any]:
    """The data of ``rollback_finished``. Seconds run from its start to the end of its last command."""
    rollback = state.rollback
    assert rollback is not None
    ends = [seen.finished_at for seen in map(state.get_item, rollback.items) if seen.finished_at]
    began = parse_instant(rollback.started_at)
    seconds = round((parse_instant(max(ends)) - began).total_seconds(), 3) if ends else 0.0
    steps = (*rollback.items, *rollback.verification)
    failed = [course.items[key] for key in steps if state.get_item(key).status in ("failed", "unknown", "undecided")]
    outcome = "failed" if failed else "passed"
    why = f"Rolled back in {seconds:.1f} s{_compare(seconds, rollback.promise_s)}."
    if failed:
        told = "; ".join(f"line {item.line}: {item.text}" for item in failed)
        why = f"The rollback took {seconds:.1f} s and {len(failed)} of its steps failed: {told}."
    return {"outcome": outcome, "seconds": seconds, "why": why, "failed": [item.id for item in failed]}


def _compare(seconds: float, promise_s: float | None) -> str:
    if promise_s is None:
        return ""
    kept = "within" if seconds <= promise_s else "over"
    return f", {kept} the promised {format_duration(promise_s)}"
