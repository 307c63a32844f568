"""The sentence of a verdict: what broke, with its line, or what a GO rests on. Pure."""

from __future__ import annotations

from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.state import ItemState, RunState
from gonogo.releases.plan import Item

_LONGEST = 120


def name_item(item: Item) -> str:
    """``line 42 `curl -f …` ``: an item as a verdict names it."""
    if item.command:
        first, more, _ = item.command.partition("\n")
        return f"line {item.line} `{_shorten(first + ' …' * bool(more))}`"
    return f"line {item.line} “{_shorten(item.text)}”"


def describe_failure(item: Item, seen: ItemState) -> str:
    """Why the run is NO-GO: which line, and what was seen there."""
    named = name_item(item)
    return f"{named[0].upper()}{named[1:]}: {seen.why or 'it failed.'}"


def join_sentences(first: str, second: str) -> str:
    """Two sentences as one text; what a person typed may end without its full stop."""
    first = first.rstrip()
    if first and first[-1] not in ".!?…":
        first += "."
    return f"{first} {second}".strip()


def describe_go(course: Course, state: RunState) -> str:
    """What a GO rests on: evidence, people, and what people left out."""
    seen = [state.get_item(item.id) for item in course.main]
    settled = [each.status for each in seen]
    by_exit = sum(each.status == "skipped" and each.by is None for each in seen)
    counted = [
        (settled.count("passed"), "by evidence"),
        (settled.count("done"), "by people"),
        (settled.count("skipped") - by_exit, "left out by people"),
        (by_exit, "not reached because the checklist left its fence by `exit`"),
    ]
    told = ", ".join(f"{number} {how}" for number, how in counted if number)
    return f"Every item is settled: {told}."


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
