"""What a checklist leaves for after the release: its follow-up sections, and items that begin with a day. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gonogo.releases.periods import find_date, find_period
from gonogo.releases.plan import Item, Phase

_RELEASING = frozenset({"prepare", "deploy", "rollback"})


class Look(Protocol):
    """What is needed of a course."""

    phases: dict[str, Phase]
    children: dict[str, list[Item]]


def is_for_later(phase: Phase) -> bool:
    """Whether a section of follow-ups waits until after the release: it names its day, or holds only words.

    Commands under "Cleanup" belong to the release until somebody says otherwise: passed over, nobody would see them.
    """
    if phase.role != "followup":
        return False
    runs = any(item.command is not None and item.runs != "never" for item in phase.items)
    return not runs or find_period(phase.title, *reversed(phase.path)) is not None


def find_dated(look: Look, walked: Sequence[Item]) -> frozenset[str]:
    """Steps in words that begin with a day after the release ("Week 1: …"), and what stands below them.

    Where something is still released or decided after such a step, or in its own section ("Day 1: 5 % of the users"),
    the day is a part of the release and the step stays on the way.
    """
    found: set[str] = set()
    for item in reversed(walked):
        if look.phases[item.id].role in _RELEASING or item.kind == "gate" or item.command or item.action:
            break
        if item.kind == "human" and find_date(item.text) is not None:
            found.add(item.id)
    words = {item.id for item in walked if item.kind == "human"}
    below = {child.id for key in found for child in look.children.get(key, ())}
    return frozenset(found | (below & words))
