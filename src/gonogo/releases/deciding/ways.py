"""The doubts of a rollback's steps, and its several ways ("Option 1", "Option 2"): a person picks one. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from gonogo.releases.deciding.course import Course
from gonogo.releases.options import are_rivals, contains, list_options
from gonogo.releases.plan import Doubt, Item, Phase
from gonogo.releases.reading.alternatives import find_option, is_later_option, shorten


def find_doubt(course: Course, item: Item) -> Doubt | None:
    """Why a rollback asks before this step; None when it runs by itself."""
    if item.kind != "rollback" or not course.is_machine(item):
        return None
    if item.doubt is not None or item.adopted is not None:
        # An adopted step runs as it was answered; one that is done by hand has nothing to run.
        return item.doubt or ("comment" if item.adopted == "hand" else None)
    return "alternative" if is_one_of_several(course, item) else None


def is_one_of_several(course: Course, item: Item) -> bool:
    """Whether the step stands under one option, and others of the same heading hold steps as well."""
    phase = course.phases[item.id]
    if any(is_later_option(title) for title in (*phase.path, phase.title)):
        return True
    mine = list_options(phase)
    return bool(mine) and any(are_rivals(mine, list_options(each)) for each in _list_way_phases(course))


def explain_option(phase: Phase) -> str:
    """Why a step of one of several ways asks, with the heading that says so."""
    title = next(title for title in (*phase.path, phase.title) if find_option(title) is not None)
    return f'"{shorten(title)}" is one of several ways: choose one'


def split_ways(course: Course, keys: Iterable[str], picked: Item) -> tuple[list[str], list[str]]:
    """Of a rollback's steps, the others of the way that was picked, and those of the ways that were not."""
    mine = list_options(course.phases[picked.id])
    same, instead = [], []
    for key in keys:
        item, theirs = course.items[key], list_options(course.phases[key])
        if key == picked.id or not theirs:
            continue
        if are_rivals(mine, theirs):
            instead.append(key)
        elif contains(mine, theirs) and item.doubt in (None, "alternative") and course.is_machine(item):
            same.append(key)
    return same, instead


def _list_way_phases(course: Course) -> list[Phase]:
    phases = [phase for phase in course.plan.phases if phase.role == "rollback"]
    return [phase for phase in phases if any(item.kind == "rollback" for item in phase.items)]
