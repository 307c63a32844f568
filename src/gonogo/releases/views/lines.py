"""A run in one line, for lists and for the front page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.decide import is_left_out
from gonogo.releases.deciding.state import SETTLED, RunState
from gonogo.releases.views.run import find_focus, look_of_run, span_seconds

_TONES = {"go": "go", "no_go": "nogo", "hold": "hold", "needs_person": "hold", "rolling_back": "hold"}


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """One run: its state, how far it is, and what it does now. ``took_s`` is None while it goes on."""

    id: str
    title: str
    path: str
    where: str
    look: str
    tone: str
    settled: int
    total: int
    now: str
    now_icon: str
    started_at: str
    started_by: str
    took_s: float | None


def draw_line(row: Mapping[str, Any], course: Course, state: RunState) -> RunLine:
    """The line of one run."""
    counted = [item for item in course.main if not is_left_out(course, state, item)]
    current = course.items.get(find_focus(course, state) or "")
    look = look_of_run(state)
    return RunLine(
        id=row["id"],
        title=row["title"],
        path=row["path"],
        where=row["environment"] or "",
        look=look,
        tone=_TONES.get(look, "run"),
        settled=sum(state.get_item(item.id).status in SETTLED for item in counted),
        total=len(counted),
        now=(current.command or current.text) if current else state.why,
        now_icon="person" if look == "needs_person" else "play",
        started_at=row["started_at"],
        started_by=row["started_by_name"],
        took_s=span_seconds(state.started_at, state.finished_at),
    )
